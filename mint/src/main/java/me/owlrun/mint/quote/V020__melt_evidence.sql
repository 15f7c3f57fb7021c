-- What the payer chose to pay: a part (NUT-15) or the amount of an invoice that leaves it open.
-- Null: the invoice's own amount.
ALTER TABLE melt_quote ADD COLUMN chosen_msat bigint CHECK (chosen_msat > 0);

ALTER TABLE melt_attempt
    -- The node that was asked to pay, written before it is asked. Null: none was asked.
    ADD COLUMN node_id text,
    ADD COLUMN sends integer NOT NULL DEFAULT 0,
    -- What the latest asking was answered. Null: it is still open, or the answer got lost.
    ADD COLUMN answer text,
    ADD COLUMN outcome text,
    ADD COLUMN outcome_at timestamptz,
    -- The first of the look-ups in a row that said failed; a later one confirms it.
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN alarmed_at timestamptz,
    -- What Lightning took beyond amount and fee reserve: the mint's own loss.
    ADD COLUMN loss_msat bigint NOT NULL DEFAULT 0 CHECK (loss_msat >= 0);

-- Each time that melting through Lightning was stopped. At most one row is open.
CREATE TABLE melt_breaker (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason text NOT NULL,
    attempt_id uuid NOT NULL,
    tripped_at timestamptz NOT NULL,
    resumed_at timestamptz
);

CREATE UNIQUE INDEX melt_breaker_one_open ON melt_breaker ((true)) WHERE resumed_at IS NULL;
