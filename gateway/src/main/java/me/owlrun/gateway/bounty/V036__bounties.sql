-- Bounties: extra pay for models, out of a pool that is fed by the gateway's own cut. A worker goes
-- over settled jobs in the order of the ledger's seals; nothing here is touched when a job settles.

-- The last seal whose jobs were looked at. Whoever works holds this row.
CREATE TABLE bounty_cursor (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    seal     bigint  NOT NULL
);

INSERT INTO bounty_cursor (seal) SELECT n FROM ledger_seal_head;

-- What the operator set, the newest last; never changed.
CREATE TABLE bounty_model (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model       text        NOT NULL,
    permille    int         NOT NULL CHECK (permille >= 1000),
    budget_msat bigint      NOT NULL CHECK (budget_msat >= 0),
    reason      text        NOT NULL,
    since       timestamptz NOT NULL
);

CREATE INDEX bounty_model_since ON bounty_model (model, since, id);

-- What one step of the worker fed to the pools.
CREATE TABLE bounty_batch (
    seal            bigint      PRIMARY KEY,
    fed_sats_msat   bigint      NOT NULL CHECK (fed_sats_msat >= 0),
    fed_credit_msat bigint      NOT NULL CHECK (fed_credit_msat >= 0),
    at              timestamptz NOT NULL
);

-- The extra pay of one job, with everything it was made from. cut: what the gateway kept of the
-- job, less the most a referrer may get of it; the extra stays below it, so that no job gives back
-- what it cost.
CREATE TABLE bounty_accrual (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seal                bigint      NOT NULL REFERENCES bounty_batch,
    payment_id          text        NOT NULL UNIQUE,
    job_id              text        NOT NULL,
    provider_id         bigint      NOT NULL,
    node_id             text        NOT NULL,
    model               text        NOT NULL,
    payer               text        NOT NULL,
    multiplier_permille int         NOT NULL,
    trust               text        NOT NULL CHECK (trust IN ('t0', 't1', 't2', 't3')),
    max_permille        int         NOT NULL,
    flap_permille       int         NOT NULL CHECK (flap_permille BETWEEN 0 AND 1000),
    keep_percent        int         NOT NULL CHECK (keep_percent BETWEEN 1 AND 100),
    base_sats_msat      bigint      NOT NULL CHECK (base_sats_msat >= 0),
    base_credit_msat    bigint      NOT NULL CHECK (base_credit_msat >= 0),
    cut_sats_msat       bigint      NOT NULL CHECK (cut_sats_msat >= 0),
    cut_credit_msat     bigint      NOT NULL CHECK (cut_credit_msat >= 0),
    sats_msat           bigint      NOT NULL CHECK (sats_msat >= 0),
    credit_msat         bigint      NOT NULL CHECK (credit_msat >= 0),
    settled_at          timestamptz NOT NULL,
    vest_at             timestamptz NOT NULL,
    state               text        NOT NULL
        CHECK (state IN ('open', 'vested', 'returned', 'forfeited')),
    closed_by           text,
    closed_at           timestamptz,
    CHECK (sats_msat + credit_msat > 0),
    CHECK (sats_msat = 0 OR sats_msat < cut_sats_msat),
    CHECK (credit_msat = 0 OR credit_msat < cut_credit_msat),
    CHECK ((state = 'open') = (closed_by IS NULL AND closed_at IS NULL))
);

CREATE INDEX bounty_accrual_open ON bounty_accrual (vest_at, id) WHERE state = 'open';
CREATE INDEX bounty_accrual_node ON bounty_accrual (provider_id, node_id, settled_at);
CREATE INDEX bounty_accrual_closed ON bounty_accrual (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX bounty_accrual_seal ON bounty_accrual (seal);

-- How much of a model's budget is gone.
CREATE TABLE bounty_day (
    model       text   NOT NULL,
    day         date   NOT NULL,
    sats_msat   bigint NOT NULL CHECK (sats_msat >= 0),
    credit_msat bigint NOT NULL CHECK (credit_msat >= 0),
    PRIMARY KEY (model, day)
);

-- Nodes that were found cheating.
CREATE TABLE bounty_forfeit (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint      NOT NULL,
    node_id     text        NOT NULL,
    reason      text        NOT NULL,
    at          timestamptz NOT NULL
);

CREATE INDEX bounty_forfeit_node ON bounty_forfeit (provider_id, node_id, at);

-- What the operator put into the pools, once per name.
CREATE TABLE bounty_fund (
    name        text        PRIMARY KEY,
    sats_msat   bigint      NOT NULL CHECK (sats_msat >= 0),
    credit_msat bigint      NOT NULL CHECK (credit_msat >= 0),
    at          timestamptz NOT NULL,
    CHECK (sats_msat + credit_msat > 0)
);
