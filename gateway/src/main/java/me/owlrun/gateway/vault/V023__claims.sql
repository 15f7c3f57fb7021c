-- The outputs of a claim lie in its operation until the mint has signed them, and become proofs
-- then: one row written instead of one written and changed for each.
ALTER TABLE mint_operation ADD COLUMN outputs text;

-- What is counted every other second, without reading all that ever was.
CREATE INDEX kit_open ON kit (state) WHERE state IN ('free', 'making');
CREATE INDEX vault_proof_ours ON vault_proof (unit) WHERE state IN ('held', 'spending');
