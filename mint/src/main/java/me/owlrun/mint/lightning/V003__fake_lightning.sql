-- The memory of the play-money backend, so that a restart changes nothing.
CREATE TABLE fake_invoice (
    payment_hash text PRIMARY KEY,
    amount_msat bigint NOT NULL CHECK (amount_msat > 0),
    -- It counts as paid from then on; null: nobody pays it.
    pays_at timestamptz
);

CREATE TABLE fake_payment (
    attempt_id uuid PRIMARY KEY,
    payment_hash text NOT NULL,
    pay_state text NOT NULL,
    check_state text NOT NULL,
    check_throws boolean NOT NULL,
    -- Until then a look-up says that it is under way.
    settles_at timestamptz NOT NULL,
    fee_msat bigint NOT NULL
);

CREATE INDEX fake_payment_by_hash ON fake_payment (payment_hash);
