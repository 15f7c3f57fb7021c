package me.owlrun.gateway.account;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What happened to an account's pots, read from the ledger: every entry is in it exactly once, so
/// it adds up to the balance.
final class HistoryStore {

    /// Each pot is read along its index, so that a page of a long history costs no more.
    private static final String PAGE =
            """
            WITH pot AS (
                SELECT id, kind FROM account WHERE kind IN ('sats', 'credit') AND owner = ?
            ), part AS (
                (SELECT transfer_id, amount_msat AS sats, 0::bigint AS credit
                FROM entry WHERE account_id = (SELECT id FROM pot WHERE kind = 'sats')
                    AND transfer_id < ?
                ORDER BY transfer_id DESC LIMIT ?)
                UNION ALL
                (SELECT transfer_id, 0::bigint, amount_msat
                FROM entry WHERE account_id = (SELECT id FROM pot WHERE kind = 'credit')
                    AND transfer_id < ?
                ORDER BY transfer_id DESC LIMIT ?)
            ), page AS (
                SELECT transfer_id, sum(sats) AS sats, sum(credit) AS credit
                FROM part GROUP BY transfer_id ORDER BY transfer_id DESC LIMIT ?
            )
            SELECT t.id, t.kind, t.reference, t.posted_at, page.sats, page.credit,
                b.job_id, b.model, b.prompt_tokens, b.completion_tokens, b.cost_msat
            FROM page JOIN transfer t ON t.id = page.transfer_id
            LEFT JOIN bill b ON b.payment_id = t.reference AND t.kind IN ('hold', 'settle')
            ORDER BY t.id DESC
            """;

    private final Database database;

    HistoryStore(Database database) {
        this.database = database;
    }

    /// A page, the newest first.
    ///
    /// @param before only what happened before this event
    List<HistoryEntry> page(long accountId, long before, int countMax) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PAGE)) {
                query.setString(1, Long.toString(accountId));
                query.setLong(2, before);
                query.setInt(3, countMax);
                query.setLong(4, before);
                query.setInt(5, countMax);
                query.setInt(6, countMax);
                try (ResultSet rows = query.executeQuery()) {
                    List<HistoryEntry> page = new ArrayList<>();
                    while (rows.next()) {
                        page.add(entry(rows));
                    }
                    return page;
                }
            }
        });
    }

    private static HistoryEntry entry(ResultSet rows) throws SQLException {
        return new HistoryEntry(
                rows.getLong(1),
                rows.getString(2),
                rows.getString(3),
                rows.getObject(4, OffsetDateTime.class).toInstant(),
                rows.getLong(5),
                rows.getLong(6),
                job(rows));
    }

    private static Optional<HistoryEntry.Job> job(ResultSet rows) throws SQLException {
        Optional<String> id = Optional.ofNullable(rows.getString(7));
        if (id.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new HistoryEntry.Job(
                        id.get(),
                        rows.getString(8),
                        rows.getLong(9),
                        rows.getLong(10),
                        rows.getLong(11)));
    }
}
