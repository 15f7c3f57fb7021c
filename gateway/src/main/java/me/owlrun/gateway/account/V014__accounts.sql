-- One account for a person who earns, spends, or both. A provider key opens its account at the
-- first use; buyer keys are made by signing up. The two pots are accounts of the ledger:
-- sats/ID and credit/ID.

ALTER TABLE provider RENAME TO user_account;

CREATE TABLE api_key (
    key_sha256 bytea       PRIMARY KEY CHECK (octet_length(key_sha256) = 32),
    account_id bigint      NOT NULL REFERENCES user_account,
    kind       text        NOT NULL CHECK (kind IN ('provider', 'buyer')),
    -- the owner's words and the first characters, to tell keys apart; neither opens anything
    name       text        NOT NULL DEFAULT '',
    prefix     text        NOT NULL DEFAULT '',
    -- what may be spent with it in a period; held money counts as spent until it comes back
    spend_limit_msat  bigint CHECK (spend_limit_msat > 0),
    limit_period      text        NOT NULL DEFAULT 'total'
        CHECK (limit_period IN ('total', 'day', 'month')),
    period_started_at timestamptz,
    spent_msat        bigint      NOT NULL DEFAULT 0 CHECK (spent_msat >= 0),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE INDEX api_key_account ON api_key (account_id);

INSERT INTO api_key (key_sha256, account_id, kind, created_at)
SELECT key_sha256, id, 'provider', created_at FROM user_account;

ALTER TABLE user_account DROP COLUMN key_sha256;

UPDATE account SET kind = 'sats' WHERE kind = 'provider';
