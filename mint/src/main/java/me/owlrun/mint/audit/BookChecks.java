package me.owlrun.mint.audit;

import java.util.List;

/// The checks of sums: every step of money is where the books say.
final class BookChecks {

    private static final String SPENT_OF_OPERATION =
            """
            SELECT o.id FROM operation o FULL JOIN (
                SELECT operation_id, sum(amount) AS amount FROM proof
                WHERE state = 'SPENT' GROUP BY operation_id) p ON p.operation_id = o.id
            WHERE o.id IS NULL OR o.input_amount <> coalesce(p.amount, 0)
            """;

    private static final String SIGNED_OF_OPERATION =
            """
            SELECT o.id FROM operation o FULL JOIN (
                SELECT operation_id, sum(amount) AS amount FROM promise
                WHERE c IS NOT NULL GROUP BY operation_id) p ON p.operation_id = o.id
            WHERE o.id IS NULL OR o.output_amount <> coalesce(p.amount, 0)
            """;

    private static final String PAID_OF_QUOTE =
            """
            SELECT q.id FROM mint_quote q LEFT JOIN (
                SELECT quote_id, sum(amount) AS amount FROM incoming_payment
                GROUP BY quote_id) i ON i.quote_id = q.id
            WHERE q.amount_paid <> coalesce(i.amount, 0)
            """;

    /// The operation of a batch names no quote, so that a quote may have issued more than its own.
    private static final String ISSUED_OF_QUOTE =
            """
            SELECT q.id::text FROM mint_quote q JOIN (
                SELECT quote_id, sum(output_amount) AS amount FROM operation
                WHERE kind = 'mint' GROUP BY quote_id) o ON o.quote_id = q.id
            WHERE q.amount_issued < o.amount
            UNION ALL
            SELECT k.unit FROM (SELECT DISTINCT unit FROM keyset) k
            WHERE (SELECT coalesce(sum(amount_issued), 0) FROM mint_quote q WHERE q.unit = k.unit)
               <> (SELECT coalesce(sum(output_amount), 0) FROM operation o
                   WHERE o.kind = 'mint' AND o.unit = k.unit)
            """;

    private static final String MELT_COVERED =
            """
            SELECT q.id FROM melt_quote q JOIN operation o ON o.quote_id = q.id
            WHERE q.state = 'PAID'
              AND o.input_amount < o.output_amount + o.fee_amount + q.amount + q.fee_paid
            """;

    private static final String MELT_IN_LEDGER =
            """
            SELECT q.id FROM melt_quote q LEFT JOIN operation o ON o.quote_id = q.id
            WHERE (q.state = 'PAID') <> (o.id IS NOT NULL)
            """;

    private static final String PENDING_HAS_ATTEMPT =
            """
            SELECT p.y FROM proof p LEFT JOIN melt_attempt a ON a.id = p.operation_id
            WHERE p.state = 'PENDING' AND a.state IS DISTINCT FROM 'PENDING'
            """;

    private static final String BLANK_HAS_ATTEMPT =
            """
            SELECT p.b FROM promise p LEFT JOIN melt_attempt a ON a.id = p.operation_id
            WHERE p.c IS NULL AND a.state IS DISTINCT FROM 'PENDING'
            """;

    private static final String COVERED =
            """
            SELECT keyset_id FROM keyset_total
            WHERE redeemed + pending > issued OR redeemed < 0 OR pending < 0 OR fee > redeemed
            """;

    private static final String PENDING_TOTAL =
            """
            SELECT t.keyset_id FROM keyset_total t FULL JOIN (
                SELECT keyset_id, sum(amount) AS pending FROM proof
                WHERE state = 'PENDING' GROUP BY keyset_id) p ON p.keyset_id = t.keyset_id
            WHERE coalesce(t.pending, 0) <> coalesce(p.pending, 0)
            """;

    private static final String TOTALS =
            """
            SELECT t.keyset_id
            FROM keyset_total t
            FULL JOIN (SELECT keyset_id, sum(amount) AS issued FROM promise
                       WHERE c IS NOT NULL GROUP BY keyset_id) r ON r.keyset_id = t.keyset_id
            FULL JOIN (SELECT keyset_id, sum(amount) AS redeemed FROM proof
                       WHERE state = 'SPENT' GROUP BY keyset_id) p
                      ON p.keyset_id = coalesce(t.keyset_id, r.keyset_id)
            FULL JOIN (SELECT i.keyset_id, sum(o.fee_amount) AS fee
                       FROM operation o
                       JOIN (SELECT operation_id, min(keyset_id COLLATE "C") AS keyset_id
                             FROM proof GROUP BY operation_id) i ON i.operation_id = o.id
                       GROUP BY i.keyset_id) f
                      ON f.keyset_id = coalesce(t.keyset_id, r.keyset_id, p.keyset_id)
            WHERE coalesce(t.issued, 0) <> coalesce(r.issued, 0)
               OR coalesce(t.redeemed, 0) <> coalesce(p.redeemed, 0)
               OR coalesce(t.fee, 0) <> coalesce(f.fee, 0)
            """;

    private static final String OUTSTANDING =
            """
            SELECT k.unit
            FROM keyset_total t RIGHT JOIN keyset k ON k.id = t.keyset_id
            GROUP BY k.unit
            HAVING coalesce(sum(t.issued - t.redeemed), 0)
                   <> (SELECT coalesce(sum(output_amount - input_amount), 0)
                       FROM operation o WHERE o.unit = k.unit)
            """;

    private static final String KEYSETS_KNOWN =
            """
            SELECT t.keyset_id FROM keyset_total t LEFT JOIN keyset k ON k.id = t.keyset_id
            WHERE k.id IS NULL
            """;

    static final List<Check> ALL =
            List.of(
                    Check.quick("redeemed_is_covered", COVERED),
                    Check.quick("keysets_are_known", KEYSETS_KNOWN),
                    Check.quick("pending_proofs_have_a_payment", PENDING_HAS_ATTEMPT),
                    Check.quick("pending_total_is_its_proofs", PENDING_TOTAL),
                    Check.whole("totals_are_proofs_and_promises", TOTALS),
                    Check.whole("outstanding_is_the_operations", OUTSTANDING),
                    Check.whole("operation_inputs_are_its_proofs", SPENT_OF_OPERATION),
                    Check.whole("operation_outputs_are_its_promises", SIGNED_OF_OPERATION),
                    Check.whole("blank_outputs_have_a_payment", BLANK_HAS_ATTEMPT),
                    Check.whole("quotes_paid_are_their_payments", PAID_OF_QUOTE),
                    Check.whole("quotes_issued_are_their_operations", ISSUED_OF_QUOTE),
                    Check.whole("melts_cover_what_was_paid", MELT_COVERED),
                    Check.whole("paid_melts_are_operations", MELT_IN_LEDGER));

    private BookChecks() {}
}
