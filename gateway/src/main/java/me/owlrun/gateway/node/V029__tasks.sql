-- What a node can do.

ALTER TABLE node ADD COLUMN tasks text[] NOT NULL DEFAULT '{chat}';

-- What registered before: the first client in the field only chats.
UPDATE node SET tasks = CASE
    WHEN protocol >= 2 THEN '{chat,completion,embedding}'::text[]
    WHEN go_client THEN '{chat}'::text[]
    ELSE '{chat,completion}'::text[] END;
