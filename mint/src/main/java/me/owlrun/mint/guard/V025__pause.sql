-- What the operator stopped for now; every process reads it every few seconds.
CREATE TABLE pause (
    what text PRIMARY KEY CHECK (what IN ('mint', 'melt', 'swap')),
    reason text NOT NULL,
    since timestamptz NOT NULL
);
