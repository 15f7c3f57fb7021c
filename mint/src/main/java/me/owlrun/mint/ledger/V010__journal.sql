-- What every keyset issued and redeemed, kept by the transactions that write proofs and promises.
-- The database itself refuses that more is redeemed than was issued: whoever steals a key can not
-- take out more than others put in.
CREATE TABLE keyset_total (
    keyset_id text PRIMARY KEY,
    issued bigint NOT NULL DEFAULT 0 CHECK (issued >= 0),
    redeemed bigint NOT NULL DEFAULT 0 CHECK (redeemed >= 0),
    -- Inputs of payments under way.
    pending bigint NOT NULL DEFAULT 0 CHECK (pending >= 0),
    -- Part of redeemed; an operation's fee counts for the first keyset, as text, of its inputs.
    fee bigint NOT NULL DEFAULT 0 CHECK (fee >= 0),
    CONSTRAINT keyset_total_covered CHECK (redeemed + pending <= issued)
) WITH (fillfactor = 20);

INSERT INTO keyset_total (keyset_id, issued, redeemed, pending, fee)
SELECT k.id, coalesce(r.issued, 0), coalesce(p.redeemed, 0), coalesce(p.pending, 0),
       coalesce(f.fee, 0)
FROM keyset k
LEFT JOIN (SELECT keyset_id, sum(amount) AS issued FROM promise
           WHERE c IS NOT NULL GROUP BY keyset_id) r ON r.keyset_id = k.id
LEFT JOIN (SELECT keyset_id, sum(amount) FILTER (WHERE state = 'SPENT') AS redeemed,
                  sum(amount) FILTER (WHERE state = 'PENDING') AS pending
           FROM proof GROUP BY keyset_id) p ON p.keyset_id = k.id
LEFT JOIN (SELECT i.keyset_id, sum(o.fee_amount) AS fee
           FROM operation o
           JOIN (SELECT operation_id, min(keyset_id COLLATE "C") AS keyset_id
                 FROM proof GROUP BY operation_id) i ON i.operation_id = o.id
           GROUP BY i.keyset_id) f ON f.keyset_id = k.id;

-- The chain over all operations: every seal covers those that were committed with it and the seal
-- before. docs/decisions/0008-ledger-journal.md gives the bytes that are hashed.
CREATE TABLE seal (
    n bigint PRIMARY KEY CHECK (n > 0),
    -- That of its first operation.
    id uuid NOT NULL UNIQUE,
    operations integer NOT NULL CHECK (operations > 0),
    operations_sha256 bytea NOT NULL CHECK (octet_length(operations_sha256) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    sealed_at timestamptz NOT NULL
);

CREATE TABLE seal_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    n bigint NOT NULL CHECK (n >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 20);

INSERT INTO seal_head (n, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

ALTER TABLE operation ADD COLUMN seal_id uuid;

-- The first seal covers all that happened before there were seals.
WITH inputs AS (
    SELECT operation_id, sha256(string_agg(
        y || int4send(octet_length(keyset_id)) || convert_to(keyset_id, 'UTF8')
          || int8send(amount) || c || int4send(octet_length(secret)) || secret
          || int4send(coalesce(octet_length(witness), -1)) || coalesce(witness, ''::bytea),
        ''::bytea ORDER BY y)) AS sha256
    FROM proof WHERE state = 'SPENT' GROUP BY operation_id
), outputs AS (
    SELECT operation_id, sha256(string_agg(
        b || int4send(octet_length(keyset_id)) || convert_to(keyset_id, 'UTF8')
          || int8send(amount) || c,
        ''::bytea ORDER BY output_index)) AS sha256
    FROM promise WHERE c IS NOT NULL GROUP BY operation_id
), digest AS (
    SELECT o.id, o.created_at,
        sha256('Owlrun_operation_v1'::bytea || uuid_send(o.id)
          || int4send(octet_length(o.kind)) || convert_to(o.kind, 'UTF8')
          || int4send(octet_length(o.unit)) || convert_to(o.unit, 'UTF8')
          || o.request_sha256
          || uuid_send(coalesce(o.quote_id, '00000000-0000-0000-0000-000000000000'))
          || int8send(o.input_amount) || int8send(o.output_amount) || int8send(o.fee_amount)
          || int8send((extract(epoch FROM o.created_at) * 1000000)::bigint)
          || coalesce(i.sha256, sha256(''::bytea)) || coalesce(r.sha256, sha256(''::bytea)))
        AS sha256
    FROM operation o
    LEFT JOIN inputs i ON i.operation_id = o.id
    LEFT JOIN outputs r ON r.operation_id = o.id
), first AS (
    SELECT count(*)::integer AS operations, max(created_at) AS sealed_at,
           sha256(string_agg(sha256, ''::bytea ORDER BY id)) AS operations_sha256
    FROM digest HAVING count(*) > 0
)
INSERT INTO seal (n, id, operations, operations_sha256, hash, sealed_at)
SELECT 1, (SELECT id FROM operation ORDER BY id LIMIT 1), operations, operations_sha256,
       sha256('Owlrun_seal_v1'::bytea || decode(repeat('00', 32), 'hex') || int8send(1)
              || int8send((extract(epoch FROM sealed_at) * 1000000)::bigint)
              || int4send(operations) || operations_sha256),
       sealed_at
FROM first;

UPDATE seal_head h SET n = s.n, hash = s.hash FROM seal s;

UPDATE operation SET seal_id = s.id FROM seal s;

CREATE INDEX operation_unsealed ON operation (id) WHERE seal_id IS NULL;

-- Only payments under way look for their proofs; swaps need not keep an index for them.
DROP INDEX proof_by_operation;

CREATE INDEX proof_pending ON proof (operation_id) WHERE state = 'PENDING';
