package me.owlrun.gateway.bounty;

import me.owlrun.db.Database;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;

/// Reads stored bounties.
public final class BountyLookStore {

    private static final String FIND =
            """
            SELECT multiplier_permille, trust, max_permille, flap_permille, keep_percent,
                base_sats_msat, base_credit_msat, cut_sats_msat, cut_credit_msat, sats_msat,
                credit_msat, state, vest_at
            FROM bounty_accrual WHERE payment_id = ?
            """;

    private final Database database;

    /// @param database where the bounties lie
    public BountyLookStore(Database database) {
        this.database = database;
    }

    /// The bounty of a job, if it got one.
    ///
    /// @param paymentId the payment or charge
    public Optional<StoredBounty> find(String paymentId) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND)) {
                query.setString(1, paymentId);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(bounty(row)) : Optional.empty();
                }
            }
        });
    }

    private static StoredBounty bounty(ResultSet row) throws SQLException {
        return new StoredBounty(
                row.getInt("multiplier_permille"),
                row.getString("trust"),
                row.getInt("max_permille"),
                row.getInt("flap_permille"),
                row.getInt("keep_percent"),
                pair(row, "base_sats_msat", "base_credit_msat"),
                pair(row, "cut_sats_msat", "cut_credit_msat"),
                pair(row, "sats_msat", "credit_msat"),
                row.getString("state"),
                row.getObject("vest_at", OffsetDateTime.class).toInstant());
    }

    private static Pair pair(ResultSet row, String sats, String credit) throws SQLException {
        return new Pair(Msat.of(row.getLong(sats)), Msat.of(row.getLong(credit)));
    }
}
