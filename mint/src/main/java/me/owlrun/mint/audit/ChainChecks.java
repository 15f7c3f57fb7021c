package me.owlrun.mint.audit;

import java.util.List;

/// The checks of the chain of seals. They make every hash again in SQL, from the bytes that
/// docs/decisions/0008-ledger-journal.md describes.
final class ChainChecks {

    /// Seals that the quick check looks at, counted from the head.
    private static final int QUICK_SEALS = 1000;

    private static final String SEALS =
            """
            SELECT n FROM (
                SELECT n, operations, operations_sha256, hash, sealed_at,
                       lag(n, 1, 0::bigint) OVER w AS n_before,
                       lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS hash_before
                FROM seal WHERE n >= (SELECT n FROM seal_head) - %1$d
                WINDOW w AS (ORDER BY n)) s
            WHERE (n <> n_before + 1
                   OR hash <> sha256('Owlrun_seal_v1'::bytea || hash_before || int8send(n)
                         || int8send((extract(epoch FROM sealed_at) * 1000000)::bigint)
                         || int4send(operations) || operations_sha256))
              AND n > greatest((SELECT n FROM seal_head) - %1$d, 0)
            """;

    private static final String HEAD =
            """
            SELECT h.n FROM seal_head h
            WHERE h.n <> (SELECT coalesce(max(n), 0) FROM seal)
               OR (h.n > 0 AND NOT EXISTS (SELECT FROM seal s WHERE s.n = h.n AND s.hash = h.hash))
            """;

    private static final String UNSEALED =
            """
            SELECT id FROM operation WHERE seal_id IS NULL
            """;

    private static final String SEALED =
            """
            WITH inputs AS (
                SELECT operation_id, sha256(string_agg(
                    y || int4send(octet_length(keyset_id)) || convert_to(keyset_id, 'UTF8')
                      || int8send(amount) || c || int4send(octet_length(secret)) || secret
                      || int4send(coalesce(octet_length(witness), -1))
                      || coalesce(witness, ''::bytea),
                    ''::bytea ORDER BY y)) AS sha256
                FROM proof WHERE state = 'SPENT' GROUP BY operation_id
            ), outputs AS (
                SELECT operation_id, sha256(string_agg(
                    b || int4send(octet_length(keyset_id)) || convert_to(keyset_id, 'UTF8')
                      || int8send(amount) || c,
                    ''::bytea ORDER BY output_index)) AS sha256
                FROM promise WHERE c IS NOT NULL GROUP BY operation_id
            ), covered AS (
                SELECT o.seal_id, count(*) AS operations, sha256(string_agg(
                    sha256('Owlrun_operation_v1'::bytea || uuid_send(o.id)
                      || int4send(octet_length(o.kind)) || convert_to(o.kind, 'UTF8')
                      || int4send(octet_length(o.unit)) || convert_to(o.unit, 'UTF8')
                      || o.request_sha256
                      || uuid_send(coalesce(o.quote_id, '00000000-0000-0000-0000-000000000000'))
                      || int8send(o.input_amount) || int8send(o.output_amount)
                      || int8send(o.fee_amount)
                      || int8send((extract(epoch FROM o.created_at) * 1000000)::bigint)
                      || coalesce(i.sha256, sha256(''::bytea))
                      || coalesce(r.sha256, sha256(''::bytea))),
                    ''::bytea ORDER BY o.id)) AS sha256
                FROM operation o
                LEFT JOIN inputs i ON i.operation_id = o.id
                LEFT JOIN outputs r ON r.operation_id = o.id
                GROUP BY o.seal_id
            )
            SELECT s.id FROM seal s FULL JOIN covered c ON c.seal_id = s.id
            WHERE s.operations IS DISTINCT FROM c.operations
               OR s.operations_sha256 IS DISTINCT FROM c.sha256
            """;

    static final List<Check> ALL =
            List.of(
                    Check.quick("seals_chained_lately", SEALS.formatted(QUICK_SEALS)),
                    Check.whole("seals_chained", SEALS.formatted(Long.MAX_VALUE / 2)),
                    Check.quick("seals_head", HEAD),
                    Check.quick("operations_sealed", UNSEALED),
                    Check.whole("seals_cover_operations", SEALED));

    private ChainChecks() {}
}
