-- What a node can do, and the accounts that the operator has paused.

ALTER TABLE node ADD COLUMN tasks text[] NOT NULL DEFAULT '{chat}';

-- What registered before: the first client in the field only chats.
UPDATE node SET tasks = CASE
    WHEN protocol >= 2 THEN '{chat,completion,embedding}'::text[]
    WHEN go_client THEN '{chat}'::text[]
    ELSE '{chat,completion}'::text[] END;

CREATE INDEX user_account_paused ON user_account (id) WHERE paused_at IS NOT NULL;
