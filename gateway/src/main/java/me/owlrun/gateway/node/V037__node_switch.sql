-- A node without models, whose engine is down, gave nothing up: models_switched_at goes by the last
-- models it had.
ALTER TABLE node ADD COLUMN models_last text[] NOT NULL DEFAULT '{}';

UPDATE node SET models_last = models;

CREATE INDEX node_switched ON node (models_switched_at) WHERE models_switched_at IS NOT NULL;
