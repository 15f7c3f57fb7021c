-- What nodes say beyond the first version, when a payout address changed, and when that was.

ALTER TABLE node
    ADD COLUMN wallet         text    NOT NULL DEFAULT '',
    ADD COLUMN vram_exact     boolean NOT NULL DEFAULT false,
    ADD COLUMN engine         text    NOT NULL DEFAULT '',
    -- Per entry of models; 0 is unknown.
    ADD COLUMN model_context  int[]   NOT NULL DEFAULT '{}',
    ADD COLUMN model_tokens_s int[]   NOT NULL DEFAULT '{}',
    -- The first client in the field, which reads every amount as millisats.
    ADD COLUMN go_client      boolean NOT NULL DEFAULT false,
    ADD COLUMN lightning_address_changed_at timestamptz;

UPDATE node SET lightning_address_changed_at = first_registered_at;

ALTER TABLE node ALTER COLUMN lightning_address_changed_at SET NOT NULL;
