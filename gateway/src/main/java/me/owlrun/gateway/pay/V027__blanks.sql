-- Change in blank outputs of the buyer's own wallet: a swap at the mint, written down with the end
-- of the payment and carried out after it.
ALTER TABLE mint_operation DROP CONSTRAINT mint_operation_purpose_check;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_purpose_check CHECK (purpose IN
    ('claim', 'kits', 'float', 'withdraw', 'consolidate', 'payout', 'recall', 'topup', 'change'));

-- The outputs of a change are 'amount B_' with commas between; the secrets are the buyer's.
ALTER TABLE mint_operation ADD COLUMN change_of text REFERENCES payment;
ALTER TABLE mint_operation ADD COLUMN next_attempt_at timestamptz;
ALTER TABLE mint_operation ADD CONSTRAINT mint_operation_change_check
    CHECK ((purpose = 'change') = (change_of IS NOT NULL)
        AND (purpose = 'change') = (next_attempt_at IS NOT NULL));

CREATE INDEX mint_operation_change ON mint_operation (change_of) WHERE change_of IS NOT NULL;
CREATE INDEX mint_operation_change_open ON mint_operation (next_attempt_at)
    WHERE purpose = 'change' AND state = 'pending';

-- What the buyer sent; how many swaps are open; what the mint keeps of them; what it has signed.
ALTER TABLE payment ADD COLUMN blanks text;
ALTER TABLE payment ADD COLUMN change_open int NOT NULL DEFAULT 0 CHECK (change_open >= 0);
ALTER TABLE payment ADD COLUMN change_fee_msat bigint NOT NULL DEFAULT 0
    CHECK (change_fee_msat >= 0);
ALTER TABLE payment ADD COLUMN change_signatures jsonb;
ALTER TABLE payment ADD CONSTRAINT payment_blanks_check
    CHECK (blanks IS NOT NULL
        OR (change_open = 0 AND change_fee_msat = 0 AND change_signatures IS NULL));
