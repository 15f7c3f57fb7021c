-- The outputs of a claim lie in its operation until the mint has signed them, and become proofs
-- then: one row written instead of one written and changed for each.
ALTER TABLE mint_operation ADD COLUMN outputs text;
