-- Payouts: money that leaves an account outwards, as ecash or over Lightning, exactly once.

ALTER TABLE mint_operation DROP CONSTRAINT mint_operation_kind_check;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_kind_check
    CHECK (kind IN ('swap', 'mint', 'melt'));
ALTER TABLE mint_operation DROP CONSTRAINT mint_operation_purpose_check;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_purpose_check
    CHECK (purpose IN ('claim', 'kits', 'float', 'topup', 'withdraw', 'consolidate', 'payout',
        'recall'));
ALTER TABLE vault_proof DROP CONSTRAINT vault_proof_state_check;
ALTER TABLE vault_proof ADD CONSTRAINT vault_proof_state_check
    CHECK (state IN ('blinded', 'held', 'spending', 'spent', 'given', 'withdrawn', 'void'));

-- sent -> paid | unknown | recalling; unknown -> paid | recalling; recalling -> failed | unknown.
-- A swap may also go from sent or unknown to failed. While a payout is open, amount and reserve
-- are in payout_hold. Before it is sent there is no row.
CREATE TABLE payout (
    id               text        PRIMARY KEY,
    account_id       bigint      NOT NULL REFERENCES user_account,
    method           text        NOT NULL CHECK (method IN ('ecash', 'lightning')),
    automatic        boolean     NOT NULL,
    idempotency_key  text,
    request_sha256   text        NOT NULL,
    state            text        NOT NULL
        CHECK (state IN ('sent', 'unknown', 'recalling', 'paid', 'failed')),
    version          int         NOT NULL DEFAULT 0,
    amount_msat      bigint      NOT NULL CHECK (amount_msat > 0),
    reserve_msat     bigint      NOT NULL CHECK (reserve_msat >= 0),
    fee_msat         bigint      CHECK (fee_msat BETWEEN 0 AND reserve_msat),
    unit             text        NOT NULL CHECK (unit IN ('sat', 'msat')),
    encoding         text        NOT NULL DEFAULT 'A' CHECK (encoding IN ('A', 'B')),
    address          text        NOT NULL DEFAULT '',
    bolt11           text,
    payment_hash     text        UNIQUE,
    quote_expires_at timestamptz,
    operation_id     uuid        NOT NULL UNIQUE REFERENCES mint_operation,
    recall_id        uuid        REFERENCES mint_operation,
    given_count      int         NOT NULL DEFAULT 0,
    preimage         text,
    token            text,
    token_checked_at timestamptz,
    token_spent_at   timestamptz,
    failure          text,
    evidence         text        NOT NULL DEFAULT '',
    sends            int         NOT NULL DEFAULT 1,
    looks            int         NOT NULL DEFAULT 0,
    next_look_at     timestamptz NOT NULL,
    owner_boot       text        NOT NULL,
    created_at       timestamptz NOT NULL,
    closed_at        timestamptz,
    CHECK ((state IN ('paid', 'failed')) = (closed_at IS NOT NULL)),
    CHECK (state <> 'paid' OR fee_msat IS NOT NULL),
    CHECK (state <> 'recalling' OR recall_id IS NOT NULL),
    CHECK ((method = 'lightning') = (payment_hash IS NOT NULL AND bolt11 IS NOT NULL)),
    CHECK (state <> 'paid' OR method <> 'ecash' OR token IS NOT NULL),
    CHECK (state <> 'failed' OR failure IS NOT NULL)
);

CREATE UNIQUE INDEX payout_one_open ON payout (account_id)
    WHERE method = 'lightning' AND state IN ('sent', 'unknown', 'recalling');
CREATE UNIQUE INDEX payout_idempotency ON payout (account_id, idempotency_key)
    WHERE state <> 'failed';
CREATE INDEX payout_open ON payout (next_look_at)
    WHERE state IN ('sent', 'unknown', 'recalling');
CREATE INDEX payout_account ON payout (account_id, created_at DESC);
CREATE INDEX payout_sent ON payout (created_at) WHERE method = 'lightning' AND state <> 'failed';
CREATE INDEX payout_token ON payout (token_checked_at NULLS FIRST)
    WHERE token IS NOT NULL AND token_spent_at IS NULL;

-- The Lightning address of each node and since when it is this one.
CREATE TABLE payee_address (
    account_id bigint      NOT NULL REFERENCES user_account,
    node_id    text        NOT NULL,
    address    text        NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (account_id, node_id)
);

-- Where an account is paid, and what became of the last tries.
CREATE TABLE payee (
    account_id     bigint      PRIMARY KEY REFERENCES user_account,
    address        text        NOT NULL,
    address_since  timestamptz NOT NULL,
    threshold_msat bigint      NOT NULL CHECK (threshold_msat > 0),
    first_paid     boolean     NOT NULL DEFAULT false,
    failures       int         NOT NULL DEFAULT 0,
    strikes        int         NOT NULL DEFAULT 0,
    fee_percent    int         NOT NULL DEFAULT 1 CHECK (fee_percent BETWEEN 1 AND 3),
    notice         text        NOT NULL DEFAULT '',
    next_try_at    timestamptz NOT NULL
);

CREATE INDEX payee_due ON payee (next_try_at);
CREATE INDEX node_registered ON node (registered_at);

-- Why no new payouts are sent; none of these rows means that they are.
CREATE TABLE payout_pause (
    kind     text        PRIMARY KEY CHECK (kind IN ('operator', 'audit', 'breaker')),
    reason   text        NOT NULL,
    since    timestamptz NOT NULL,
    ends_at  timestamptz
);

-- Who brought whom: a share of the gateway's cut on what the referred account serves.
CREATE TABLE referral_code (
    code       text        PRIMARY KEY,
    account_id bigint      NOT NULL UNIQUE REFERENCES user_account,
    created_at timestamptz NOT NULL
);

CREATE TABLE referral (
    referred_id bigint      PRIMARY KEY REFERENCES user_account,
    referrer_id bigint      NOT NULL REFERENCES user_account,
    since       timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    CHECK (referred_id <> referrer_id)
);

CREATE INDEX referral_referrer ON referral (referrer_id);

-- One row per referred account and UTC day that is over; it is written with its transfer.
CREATE TABLE referral_day (
    referred_id bigint NOT NULL REFERENCES referral,
    day         date   NOT NULL,
    fee_msat    bigint NOT NULL CHECK (fee_msat >= 0),
    share_msat  bigint NOT NULL CHECK (share_msat >= 0),
    PRIMARY KEY (referred_id, day),
    CHECK (share_msat * 100 <= fee_msat * 20)
);
