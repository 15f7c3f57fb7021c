-- Jobs paid by a key: money held out of an account's pots until the job is over.
-- held -> settled | refunded
CREATE TABLE charge (
    id               text        PRIMARY KEY,
    account_id       bigint      NOT NULL,
    key_sha256       bytea       NOT NULL,
    idempotency_key  text,
    state            text        NOT NULL CHECK (state IN ('held', 'settled', 'refunded')),
    owner_boot       text        NOT NULL,
    model            text        NOT NULL,
    held_sats_msat   bigint      NOT NULL CHECK (held_sats_msat >= 0),
    held_credit_msat bigint      NOT NULL CHECK (held_credit_msat >= 0),
    cost_sats_msat   bigint      CHECK (cost_sats_msat BETWEEN 0 AND held_sats_msat),
    cost_credit_msat bigint      CHECK (cost_credit_msat BETWEEN 0 AND held_credit_msat),
    created_at       timestamptz NOT NULL,
    closed_at        timestamptz,
    CHECK (held_sats_msat + held_credit_msat > 0),
    CHECK (state = 'held' OR (cost_sats_msat IS NOT NULL AND cost_credit_msat IS NOT NULL
        AND closed_at IS NOT NULL))
);

CREATE UNIQUE INDEX charge_idempotency_key ON charge (account_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX charge_open ON charge (created_at) WHERE state = 'held';
CREATE INDEX charge_account ON charge (account_id, created_at);

-- A bill is of a payment or of a charge.
ALTER TABLE bill DROP CONSTRAINT bill_payment_id_fkey;
