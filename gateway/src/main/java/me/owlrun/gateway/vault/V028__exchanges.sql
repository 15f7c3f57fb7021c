-- Exchanges of our own coins of one unit for coins of the other, at our mint.

-- The code knows the purposes; a list here has to be changed by every part that adds one.
ALTER TABLE mint_operation DROP CONSTRAINT mint_operation_purpose_check;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_purpose_check CHECK (purpose <> '');

-- paying -> taking -> done; paying -> recalling -> failed, or back to paying. Until it is done the
-- coins it pays with count as ours: what they paid for is a quote of ours.
CREATE TABLE exchange (
    id          uuid        PRIMARY KEY,
    state       text        NOT NULL
        CHECK (state IN ('paying', 'taking', 'recalling', 'done', 'failed')),
    version     int         NOT NULL DEFAULT 0,
    from_unit   text        NOT NULL CHECK (from_unit IN ('sat', 'msat')),
    to_unit     text        NOT NULL CHECK (to_unit IN ('sat', 'msat')),
    amount_msat bigint      NOT NULL CHECK (amount_msat > 0),
    fee_msat    bigint      CHECK (fee_msat >= 0),
    mint_quote  text        NOT NULL UNIQUE,
    pay_id      uuid        NOT NULL UNIQUE REFERENCES mint_operation,
    take_id     uuid        UNIQUE REFERENCES mint_operation,
    recall_id   uuid        REFERENCES mint_operation,
    owner_boot  text        NOT NULL,
    created_at  timestamptz NOT NULL,
    closed_at   timestamptz,
    CHECK (from_unit <> to_unit),
    CHECK ((state IN ('done', 'failed')) = (closed_at IS NOT NULL)),
    CHECK ((state IN ('taking', 'done')) = (take_id IS NOT NULL)),
    CHECK (state NOT IN ('recalling', 'failed') OR recall_id IS NOT NULL),
    CHECK ((state = 'done') = (fee_msat IS NOT NULL))
);

-- One at a time, at all gateways: whoever comes second finds the coins of the first.
CREATE UNIQUE INDEX exchange_one_open ON exchange ((true))
    WHERE state IN ('paying', 'taking', 'recalling');
