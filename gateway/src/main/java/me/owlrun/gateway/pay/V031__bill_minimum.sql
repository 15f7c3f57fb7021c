-- The smallest cost of a job is a setting; a bill is made again with that of its time.
ALTER TABLE bill ADD COLUMN cost_min_msat bigint NOT NULL DEFAULT 10 CHECK (cost_min_msat > 0);
ALTER TABLE bill ALTER COLUMN cost_min_msat DROP DEFAULT;
