-- Payments by ecash, the vault of our own proofs, and the float of small coins for exact change.

-- One row per name of a gateway; a newer start under the same name replaces the boot id, so that
-- rows of the boot before are known to be abandoned.
CREATE TABLE gateway_instance (
    name        text        PRIMARY KEY,
    boot_id     text        NOT NULL UNIQUE,
    lease_until timestamptz NOT NULL
);

-- intent -> claimed -> settled | refunded; intent -> refused (nothing was claimed).
CREATE TABLE payment (
    id                 text        PRIMARY KEY,
    token_key          text        NOT NULL,
    idempotency_key    text,
    state              text        NOT NULL
        CHECK (state IN ('intent', 'claimed', 'settled', 'refunded', 'refused')),
    owner_boot         text        NOT NULL,
    model              text        NOT NULL,
    unit               text        NOT NULL CHECK (unit IN ('sat', 'msat')),
    encoding           text        NOT NULL CHECK (encoding IN ('A', 'B')),
    paid_msat          bigint      NOT NULL CHECK (paid_msat > 0),
    refusal            text,
    cost_msat          bigint      CHECK (cost_msat >= 0),
    change_msat        bigint      CHECK (change_msat >= 0),
    change_token       text,
    change_token_msat  text,
    created_at         timestamptz NOT NULL,
    next_attempt_at    timestamptz NOT NULL,
    closed_at          timestamptz,
    CHECK (state NOT IN ('settled', 'refunded')
        OR (cost_msat + change_msat = paid_msat AND change_token IS NOT NULL
            AND closed_at IS NOT NULL))
);

CREATE UNIQUE INDEX payment_token_key ON payment (token_key) WHERE state <> 'refused';
CREATE UNIQUE INDEX payment_idempotency_key ON payment (idempotency_key)
    WHERE state <> 'refused';
CREATE INDEX payment_open ON payment (created_at) WHERE state IN ('intent', 'claimed');

-- What a settled payment paid for, with everything needed to make the bill again.
CREATE TABLE bill (
    payment_id        text        PRIMARY KEY REFERENCES payment,
    job_id            text        NOT NULL UNIQUE,
    provider_id       bigint      NOT NULL,
    node_id           text        NOT NULL,
    model             text        NOT NULL,
    prompt_tokens     bigint      NOT NULL CHECK (prompt_tokens >= 0),
    completion_tokens bigint      NOT NULL CHECK (completion_tokens >= 0),
    input_pico_usd    bigint      NOT NULL,
    output_pico_usd   bigint      NOT NULL,
    usd_cents_per_btc bigint      NOT NULL,
    tier              text        NOT NULL,
    cost_msat         bigint      NOT NULL,
    provider_msat     bigint      NOT NULL,
    fee_msat          bigint      NOT NULL,
    fx_msat           bigint      NOT NULL,
    settled_at        timestamptz NOT NULL,
    CHECK (cost_msat = provider_msat + fee_msat + fx_msat)
);

CREATE INDEX bill_provider ON bill (provider_id, settled_at);

-- A swap or a mint, written down whole before the mint is asked, so that it can be asked again.
CREATE TABLE mint_operation (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('swap', 'mint')),
    purpose      text        NOT NULL CHECK (purpose IN ('claim', 'kits', 'float')),
    payment_id   text        REFERENCES payment,
    quote_id     text,
    inputs       text        NOT NULL,
    keyset_id    text        NOT NULL,
    unit         text        NOT NULL CHECK (unit IN ('sat', 'msat')),
    fee_steps    bigint      NOT NULL CHECK (fee_steps >= 0),
    state        text        NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    refusal_code int,
    owner_boot   text        NOT NULL,
    created_at   timestamptz NOT NULL,
    closed_at    timestamptz
);

CREATE INDEX mint_operation_pending ON mint_operation (created_at) WHERE state = 'pending';
CREATE UNIQUE INDEX mint_operation_payment ON mint_operation (payment_id);

-- Ten msat proofs of 1, 2, 4 ... 512: whoever holds them can give any change below a sat.
CREATE TABLE kit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state      text   NOT NULL CHECK (state IN ('making', 'free', 'reserved', 'used', 'failed')),
    payment_id text   REFERENCES payment
);

CREATE INDEX kit_free ON kit (id) WHERE state = 'free';
CREATE UNIQUE INDEX kit_payment ON kit (payment_id) WHERE state = 'reserved';

-- Our own outputs: blinded until the mint has signed, then held, until given to a buyer or spent.
CREATE TABLE vault_proof (
    id           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation_id uuid    NOT NULL REFERENCES mint_operation,
    position     int     NOT NULL,
    unit         text    NOT NULL CHECK (unit IN ('sat', 'msat')),
    keyset_id    text    NOT NULL,
    amount       bigint  NOT NULL CHECK (amount > 0),
    secret       text    NOT NULL UNIQUE,
    r            text    NOT NULL,
    c            text,
    state        text    NOT NULL
        CHECK (state IN ('blinded', 'held', 'spending', 'spent', 'given', 'void')),
    kit_id       bigint  REFERENCES kit,
    given_to     text    REFERENCES payment,
    spent_by     uuid    REFERENCES mint_operation,
    UNIQUE (operation_id, position),
    CHECK (state IN ('blinded', 'void') OR c IS NOT NULL),
    CHECK ((state = 'given') = (given_to IS NOT NULL))
);

CREATE INDEX vault_proof_loose ON vault_proof (unit, amount DESC)
    WHERE state = 'held' AND kit_id IS NULL;
CREATE INDEX vault_proof_kit ON vault_proof (kit_id) WHERE kit_id IS NOT NULL;
CREATE INDEX vault_proof_spent_by ON vault_proof (spent_by) WHERE spent_by IS NOT NULL;

-- Invoices by which the operator funds the float.
CREATE TABLE float_quote (
    quote_id   text        PRIMARY KEY,
    amount     bigint      NOT NULL CHECK (amount > 0),
    invoice    text        NOT NULL,
    state      text        NOT NULL CHECK (state IN ('unpaid', 'minting', 'issued', 'expired')),
    created_at timestamptz NOT NULL
);
