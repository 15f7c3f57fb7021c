-- When a node last gave up a model it had served. A node without models, whose engine is down, gave
-- nothing up: what counts are the last models it had.
ALTER TABLE node
    ADD COLUMN models_last        text[] NOT NULL DEFAULT '{}',
    ADD COLUMN models_switched_at timestamptz;

UPDATE node SET models_last = models;

CREATE INDEX node_switched ON node (models_switched_at) WHERE models_switched_at IS NOT NULL;
