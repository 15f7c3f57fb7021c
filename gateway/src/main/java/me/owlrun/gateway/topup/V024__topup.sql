-- Money that comes into accounts by Lightning or ecash.

-- Purposes of all parts; each has its own table that says what an operation is for.
ALTER TABLE mint_operation DROP CONSTRAINT mint_operation_purpose_check;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_purpose_check CHECK (purpose IN
    ('claim', 'kits', 'float', 'withdraw', 'consolidate', 'payout', 'recall', 'topup'));

-- unpaid -> running -> credited, or back to unpaid when the mint would not sign yet;
-- unpaid -> expired, and back when somebody asks; running -> refused (ecash: nothing was taken).
CREATE TABLE topup (
    id              text        PRIMARY KEY,
    account_id      bigint      NOT NULL REFERENCES user_account,
    method          text        NOT NULL CHECK (method IN ('lightning', 'ecash')),
    state           text        NOT NULL
        CHECK (state IN ('unpaid', 'running', 'credited', 'expired', 'refused')),
    owner_boot      text        NOT NULL,
    unit            text        NOT NULL CHECK (unit IN ('sat', 'msat')),
    -- what the account gets, and what the mint keeps of a token on top
    amount_msat     bigint      NOT NULL CHECK (amount_msat > 0),
    fee_msat        bigint      NOT NULL CHECK (fee_msat >= 0),
    idempotency_key text,
    quote_id        text        UNIQUE,
    invoice         text,
    expires_at      timestamptz,
    token_key       text,
    operation_id    uuid        REFERENCES mint_operation,
    refusal_code    int,
    created_at      timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    closed_at       timestamptz,
    CHECK ((method = 'lightning') = (quote_id IS NOT NULL AND invoice IS NOT NULL)),
    CHECK ((method = 'ecash') = (token_key IS NOT NULL)),
    CHECK (state <> 'running' OR operation_id IS NOT NULL),
    CHECK (state <> 'credited' OR (operation_id IS NOT NULL AND closed_at IS NOT NULL))
);

CREATE UNIQUE INDEX topup_token_key ON topup (token_key) WHERE state <> 'refused';
CREATE UNIQUE INDEX topup_idempotency_key ON topup (account_id, idempotency_key)
    WHERE state <> 'refused';
CREATE INDEX topup_open ON topup (next_attempt_at) WHERE state IN ('unpaid', 'running');
CREATE INDEX topup_account ON topup (account_id, created_at DESC);
