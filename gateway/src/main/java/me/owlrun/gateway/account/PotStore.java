package me.owlrun.gateway.account;

import me.owlrun.db.Database;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// What is in the pots of an account, and what is out of them for a while, all of one moment: what
/// came in is balance, held, on its way out, spent or taken out.
public final class PotStore {

    /// Few charges are held at a time, so they are read first, along their own small index.
    private static final String POTS =
            """
            WITH held AS MATERIALIZED (
                SELECT account_id, held_sats_msat, held_credit_msat
                FROM charge WHERE state = 'held'
            )
            SELECT
                coalesce((SELECT balance_msat FROM account
                    WHERE kind = 'sats' AND owner = ?), 0) AS sats,
                coalesce((SELECT balance_msat FROM account
                    WHERE kind = 'credit' AND owner = ?), 0) AS credit,
                coalesce((SELECT sum(held_sats_msat) FROM held
                    WHERE account_id = ?), 0) AS held_sats,
                coalesce((SELECT sum(held_credit_msat) FROM held
                    WHERE account_id = ?), 0) AS held_credit,
                coalesce((SELECT sum(amount_msat + reserve_msat) FROM payout
                    WHERE account_id = ? AND closed_at IS NULL), 0) AS withdrawing
            """;

    private final Database database;

    PotStore(Database database) {
        this.database = database;
    }

    /// A pot of an account.
    ///
    /// @param balance what can be spent now
    /// @param held what jobs under way may cost; the rest of it comes back
    /// @param withdrawing amount and fee reserve of withdrawals and payouts under way
    public record Pot(Msat balance, Msat held, Msat withdrawing) {}

    /// What is in an account.
    ///
    /// @param sats may be spent and taken out
    /// @param credit may be spent
    public record Pots(Pot sats, Pot credit) {}

    /// What is in an account.
    public Pots read(long accountId) {
        String owner = Long.toString(accountId);
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(POTS)) {
                query.setString(1, owner);
                query.setString(2, owner);
                query.setLong(3, accountId);
                query.setLong(4, accountId);
                query.setLong(5, accountId);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return new Pots(
                            new Pot(
                                    msat(row, "sats"),
                                    msat(row, "held_sats"),
                                    msat(row, "withdrawing")),
                            new Pot(msat(row, "credit"), msat(row, "held_credit"), Msat.of(0)));
                }
            }
        });
    }

    private static Msat msat(ResultSet row, String column) throws SQLException {
        return Msat.of(row.getLong(column));
    }
}
