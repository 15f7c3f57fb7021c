-- Why the operator gave a day another price; empty for prices that were measured.

ALTER TABLE oracle_fix ADD COLUMN reason text NOT NULL DEFAULT '';
