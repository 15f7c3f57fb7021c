-- All amounts are steps of the quote's unit.
CREATE TABLE mint_quote (
    id uuid PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('sat', 'msat')),
    amount bigint NOT NULL CHECK (amount > 0),
    request text NOT NULL,
    payment_hash text NOT NULL UNIQUE,
    -- Kept so that another quote of this mint can pay the invoice without Lightning.
    preimage bytea NOT NULL CHECK (octet_length(preimage) = 32),
    amount_paid bigint NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    amount_issued bigint NOT NULL DEFAULT 0 CHECK (amount_issued >= 0),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (amount_issued <= amount_paid)
);

-- Every payment is credited once, whoever reports it and however often.
CREATE TABLE incoming_payment (
    payment_id text PRIMARY KEY,
    quote_id uuid NOT NULL REFERENCES mint_quote,
    amount bigint NOT NULL CHECK (amount > 0),
    received_at timestamptz NOT NULL
);

CREATE INDEX incoming_payment_by_quote ON incoming_payment (quote_id);

CREATE TABLE melt_quote (
    id uuid PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('sat', 'msat')),
    amount bigint NOT NULL CHECK (amount > 0),
    fee_reserve bigint NOT NULL CHECK (fee_reserve >= 0),
    request text NOT NULL,
    payment_hash text NOT NULL,
    state text NOT NULL CHECK (state IN ('UNPAID', 'PENDING', 'PAID')),
    preimage text,
    fee_paid bigint CHECK (fee_paid >= 0),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((state = 'PAID') = (preimage IS NOT NULL)),
    CHECK ((state = 'PAID') = (fee_paid IS NOT NULL))
);

-- One try to pay a quote. It is written before Lightning is asked, holds the inputs as pending
-- proofs under its id, and ends as PAID or FAILED only by the process that holds its lease.
CREATE TABLE melt_attempt (
    id uuid PRIMARY KEY,
    quote_id uuid NOT NULL REFERENCES melt_quote,
    payment_hash text NOT NULL,
    request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
    input_amount bigint NOT NULL CHECK (input_amount > 0),
    fee_amount bigint NOT NULL CHECK (fee_amount >= 0),
    state text NOT NULL CHECK (state IN ('PENDING', 'PAID', 'FAILED')),
    lease_owner uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    checks integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((state = 'PENDING') = (ended_at IS NULL))
);

-- Two quotes cannot pay one invoice, and one quote cannot be paid twice.
CREATE UNIQUE INDEX melt_attempt_one_per_invoice
    ON melt_attempt (payment_hash) WHERE state IN ('PENDING', 'PAID');
CREATE UNIQUE INDEX melt_attempt_one_per_quote
    ON melt_attempt (quote_id) WHERE state IN ('PENDING', 'PAID');
CREATE INDEX melt_attempt_due ON melt_attempt (lease_until) WHERE state = 'PENDING';
