-- Many transfers in one commit, and a chain of hashes over all of them. docs/decisions/0012 tells
-- the bytes.

CREATE TABLE ledger_seal (
    n                bigint      PRIMARY KEY,
    batch            uuid        NOT NULL UNIQUE,
    transfers        int         NOT NULL CHECK (transfers > 0),
    transfers_sha256 bytea       NOT NULL,
    hash             bytea       NOT NULL,
    sealed_at        timestamptz NOT NULL
);

CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The end of the chain: every transaction that seals locks this row before it touches balances.
CREATE TABLE ledger_seal_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    n        bigint  NOT NULL,
    hash     bytea   NOT NULL
) WITH (fillfactor = 10);

INSERT INTO ledger_seal_head (n, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Null for transfers from before the chain began.
ALTER TABLE transfer ADD COLUMN batch uuid;
CREATE INDEX transfer_batch ON transfer (batch) WHERE batch IS NOT NULL;

-- Entries are written by one statement that finds transfer and account by their keys, so a check of
-- each row by itself would only cost time; nobody can delete what they name, and the audit looks.
ALTER TABLE entry DROP CONSTRAINT entry_transfer_id_fkey;
ALTER TABLE entry DROP CONSTRAINT entry_account_id_fkey;
CREATE TRIGGER account_is_kept BEFORE DELETE OR TRUNCATE ON account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rule as before, in sats and credit apart, once per statement instead of once per row.
DROP TRIGGER entry_sum_zero ON entry;

CREATE OR REPLACE FUNCTION require_sum_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added e JOIN account a ON a.id = e.account_id
        GROUP BY e.transfer_id, a.kind LIKE 'credit%' HAVING sum(e.amount_msat) <> 0) THEN
        RAISE EXCEPTION 'a transfer does not add up to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_sum_zero AFTER INSERT ON entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION require_sum_zero();
