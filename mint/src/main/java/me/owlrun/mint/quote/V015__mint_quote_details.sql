-- Who may take the ecash: a compressed public key (NUT-20); none: whoever knows the quote.
ALTER TABLE mint_quote ADD COLUMN pubkey bytea CHECK (octet_length(pubkey) = 33);

-- What the Lightning backend kept of a payment for liquidity: an expense of the mint.
ALTER TABLE incoming_payment
    ADD COLUMN kept_msat bigint NOT NULL DEFAULT 0 CHECK (kept_msat >= 0);

-- How far the backend's stream of settled invoices was heard; zero when the payment was found by
-- looking instead, so that the highest one never skips a payment.
ALTER TABLE incoming_payment
    ADD COLUMN settle_index bigint NOT NULL DEFAULT 0 CHECK (settle_index >= 0);
CREATE INDEX incoming_payment_by_settle_index ON incoming_payment (settle_index);
