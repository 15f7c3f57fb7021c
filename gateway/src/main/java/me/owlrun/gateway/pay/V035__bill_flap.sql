-- How much less a node got because it had switched models a while ago; a bill is made again with it.
ALTER TABLE bill ADD COLUMN flap_permille int NOT NULL DEFAULT 0
    CHECK (flap_permille BETWEEN 0 AND 1000);
ALTER TABLE bill ALTER COLUMN flap_permille DROP DEFAULT;
