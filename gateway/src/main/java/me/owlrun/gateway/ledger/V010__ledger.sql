-- The double-entry ledger in millisats. Liabilities and equity are positive, assets negative, so
-- that every transfer adds up to zero. docs/ledger.md tells which event moves what.

CREATE TABLE account (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text   NOT NULL,
    owner        text   NOT NULL DEFAULT '',
    floor_msat   bigint,
    balance_msat bigint NOT NULL DEFAULT 0,
    UNIQUE (kind, owner)
) WITH (fillfactor = 50);

CREATE TABLE transfer (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    idempotency_key text        NOT NULL UNIQUE,
    request_sha256  bytea       NOT NULL,
    kind            text        NOT NULL,
    reference       text        NOT NULL,
    posted_at       timestamptz NOT NULL
);

CREATE INDEX transfer_reference ON transfer (reference);

CREATE TABLE entry (
    transfer_id bigint NOT NULL REFERENCES transfer,
    account_id  bigint NOT NULL REFERENCES account,
    amount_msat bigint NOT NULL CHECK (amount_msat <> 0),
    PRIMARY KEY (transfer_id, account_id)
);

CREATE INDEX entry_account ON entry (account_id, transfer_id);

-- A floor holds at commit whatever wrote the row.
ALTER TABLE account ADD CONSTRAINT account_floor
    CHECK (floor_msat IS NULL OR balance_msat >= floor_msat);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on %', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION require_sum_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_msat) FROM entry WHERE transfer_id = NEW.transfer_id) <> 0 THEN
        RAISE EXCEPTION 'transfer % does not add up to zero', NEW.transfer_id;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_sum_zero AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION require_sum_zero();
