-- One row per thing that changed who owns ecash; append-only. Per unit:
-- issued (sum of signed promises) - redeemed (sum of spent proofs) = outstanding.
CREATE TABLE operation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('swap', 'mint', 'melt')),
    unit text NOT NULL CHECK (unit IN ('sat', 'msat')),
    -- The same request again finds its answer by this, for ever.
    request_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(request_sha256) = 32),
    quote_id uuid,
    input_amount bigint NOT NULL CHECK (input_amount >= 0),
    output_amount bigint NOT NULL CHECK (output_amount >= 0),
    fee_amount bigint NOT NULL CHECK (fee_amount >= 0),
    created_at timestamptz NOT NULL,
    CHECK (kind <> 'swap' OR input_amount = output_amount + fee_amount),
    CHECK (kind <> 'mint' OR input_amount = 0),
    CHECK (kind <> 'melt' OR input_amount >= output_amount + fee_amount)
);

-- Keyset and operation are no foreign keys here: their locks would make every insert of every
-- process touch the same few rows. The mint knows its keysets, and writes the operation in the
-- same transaction; proofs of a payment under way name its attempt, which becomes the operation.
CREATE TABLE proof (
    y bytea PRIMARY KEY CHECK (octet_length(y) = 33),
    keyset_id text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    secret bytea NOT NULL,
    c bytea NOT NULL CHECK (octet_length(c) = 33),
    witness bytea,
    state text NOT NULL CHECK (state IN ('PENDING', 'SPENT')),
    operation_id uuid NOT NULL
);

CREATE INDEX proof_by_operation ON proof (operation_id);

-- A promise without signature is a blank output (NUT-08) reserved for the change of a payment
-- under way; its amount is not known yet.
CREATE TABLE promise (
    b bytea PRIMARY KEY CHECK (octet_length(b) = 33),
    keyset_id text NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    c bytea CHECK (octet_length(c) = 33),
    operation_id uuid NOT NULL,
    output_index integer NOT NULL CHECK (output_index >= 0),
    CHECK ((c IS NULL) = (amount = 0))
);

CREATE UNIQUE INDEX promise_by_operation ON promise (operation_id, output_index);
