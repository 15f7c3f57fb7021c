package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Comparator;
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
    /// @param ours takes those that were ours to mark
    static void claimed(Bundle bundle, List<Payment> payments, Set<String> ours) {
        ids(bundle, CLAIMED, payments, ours);
    }

    /// Locks claimed payments.
    ///
    /// @param ours takes those that are ours to close
    static void lockClaimed(Bundle bundle, List<Payment> payments, Set<String> ours) {
        ids(bundle, LOCK_CLAIMED, payments, ours);
    }

    private static void ids(Bundle bundle, String sql, List<Payment> payments, Set<String> ours) {
        if (payments.isEmpty()) {
            return;
        }
        List<Payment> sorted = payments.stream().sorted(Comparator.comparing(Payment::id)).toList();
        bundle.query(
                sql,
                params -> params.texts(sorted, Payment::id).texts(sorted, Payment::ownerBoot),
                rows -> {
                    while (rows.next()) {
                        ours.add(rows.getString(1));
                    }
                });
    }

    /// Closes payments that are locked.
    static void close(Bundle bundle, List<Closed> rows, Instant now) {
        if (rows.isEmpty()) {
            return;
        }
        bundle.update(
                CLOSE,
                params ->
                        params.time(now)
                                .texts(rows, r -> r.payment().id())
                                .texts(rows, r -> r.settled() ? "settled" : "refunded")
                                .numbers(rows, r -> r.change().cost().value())
                                .numbers(rows, r -> r.change().change().value())
                                .texts(rows, r -> r.change().token())
                                .texts(rows, r -> r.change().tokenMsat().orElse(""))
                                .numbers(rows, r -> (long) r.plan().swaps().size())
                                .numbers(rows, Closed::feeMsat),
                rows.size(),
                "locked payments were closed");
    }
}
