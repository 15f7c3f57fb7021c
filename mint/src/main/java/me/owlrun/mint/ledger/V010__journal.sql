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

CREATE INDEX operation_unsealed ON operation (id) WHERE seal_id IS NULL;

-- Only payments under way look for their proofs; swaps need not keep an index for them.
DROP INDEX proof_by_operation;

CREATE INDEX proof_pending ON proof (operation_id) WHERE state = 'PENDING';
