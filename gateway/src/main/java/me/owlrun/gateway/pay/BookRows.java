package me.owlrun.gateway.pay;

import me.owlrun.db.Columns;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Moves many payments on at once. Each statement names the states and owners it starts from, so
/// that of two gateways that try only one succeeds; rows are locked in the order of their names.
final class BookRows {

    private static final String CLAIMED =
            """
            UPDATE payment p SET state = 'claimed'
            FROM unnest(?::text[], ?::text[]) AS t (id, owner_boot)
            WHERE p.id = t.id AND p.state = 'intent' AND p.owner_boot = t.owner_boot
            RETURNING p.id
            """;

    private static final String LOCK_CLAIMED =
            """
            SELECT p.id
            FROM payment p JOIN unnest(?::text[], ?::text[]) AS t (id, owner_boot)
                ON p.id = t.id AND p.owner_boot = t.owner_boot
            WHERE p.state = 'claimed'
            ORDER BY p.id
            FOR NO KEY UPDATE OF p
            """;

    private static final String CLOSE =
            """
            UPDATE payment p SET state = t.state, cost_msat = t.cost_msat,
                change_msat = t.change_msat, change_token = t.change_token,
                change_token_msat = nullif(t.change_token_msat, ''),
                change_open = t.change_open, change_fee_msat = t.change_fee_msat, closed_at = ?
            FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[],
                        ?::bigint[], ?::bigint[])
                AS t (id, state, cost_msat, change_msat, change_token, change_token_msat,
                      change_open, change_fee_msat)
            WHERE p.id = t.id
            """;

    private BookRows() {}

    /// A payment with how it ended.
    record Closed(Payment payment, boolean settled, ChangePlan plan) {

        private Change change() {
            return plan.change();
        }

        private long feeMsat() {
            return change().blind().map(BlindChange::fee).orElse(Msat.ZERO).value();
        }
    }

    /// Marks payments as claimed.
    ///
    /// @return those that were ours to mark
    static Set<String> claimed(Connection connection, List<Payment> payments) throws SQLException {
        return ids(connection, CLAIMED, payments);
    }

    /// Locks claimed payments.
    ///
    /// @return those that are ours to close
    static Set<String> lockClaimed(Connection connection, List<Payment> payments)
            throws SQLException {
        return ids(connection, LOCK_CLAIMED, payments);
    }

    private static Set<String> ids(Connection connection, String sql, List<Payment> payments)
            throws SQLException {
        List<Payment> sorted = payments.stream().sorted(Comparator.comparing(Payment::id)).toList();
        Set<String> ids = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, Columns.texts(connection, sorted, Payment::id));
            statement.setArray(2, Columns.texts(connection, sorted, Payment::ownerBoot));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    /// Closes payments that are locked.
    static void close(Connection c, List<Closed> rows, Instant now) throws SQLException {
        try (PreparedStatement update = c.prepareStatement(CLOSE)) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setArray(2, Columns.texts(c, rows, r -> r.payment().id()));
            update.setArray(3, Columns.texts(c, rows, r -> r.settled() ? "settled" : "refunded"));
            update.setArray(4, Columns.numbers(c, rows, r -> r.change().cost().value()));
            update.setArray(5, Columns.numbers(c, rows, r -> r.change().change().value()));
            update.setArray(6, Columns.texts(c, rows, r -> r.change().token()));
            update.setArray(7, Columns.texts(c, rows, r -> r.change().tokenMsat().orElse("")));
            update.setArray(8, Columns.numbers(c, rows, r -> (long) r.plan().swaps().size()));
            update.setArray(9, Columns.numbers(c, rows, Closed::feeMsat));
            if (update.executeUpdate() != rows.size()) {
                throw new IllegalStateException("locked payments are gone");
            }
        }
    }
}
