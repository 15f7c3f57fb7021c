-- Keysets are only ever added; rotation turns `active` off. Private keys are derived from the seed
-- file by unit and derivation index and never stored.
CREATE TABLE keyset (
    id text PRIMARY KEY,
    unit text NOT NULL CHECK (unit IN ('sat', 'msat')),
    derivation_index integer NOT NULL CHECK (derivation_index >= 0),
    input_fee_ppk bigint NOT NULL CHECK (input_fee_ppk >= 0),
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (unit, derivation_index)
);

CREATE UNIQUE INDEX keyset_one_active_per_unit ON keyset (unit) WHERE active;
