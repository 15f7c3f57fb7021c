-- When a node last took a model out of those it serves: whoever chases bounties does that.

ALTER TABLE node ADD COLUMN models_switched_at timestamptz;
