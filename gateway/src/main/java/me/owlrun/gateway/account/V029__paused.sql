-- Paused accounts are few and looked for every two seconds.

CREATE INDEX user_account_paused ON user_account (id) WHERE paused_at IS NOT NULL;
