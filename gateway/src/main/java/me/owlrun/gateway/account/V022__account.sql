-- Accounts that people open by signing up, keys with names and limits, and top-ups.

ALTER TABLE user_account
    ADD COLUMN name          text NOT NULL DEFAULT '',
    -- the code it signed up with; who gets something for it is the payouts' business
    ADD COLUMN referral_code text NOT NULL DEFAULT '',
    ADD COLUMN paused_at     timestamptz,
    ADD COLUMN paused_reason text NOT NULL DEFAULT '';

-- A public name for each key, so that its hash stays inside, and what it may do.
ALTER TABLE api_key
    ADD COLUMN id         uuid    NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN spend_only boolean NOT NULL DEFAULT false;

CREATE INDEX api_key_prefix ON api_key (prefix text_pattern_ops);
