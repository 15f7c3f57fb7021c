-- The price of bitcoin in US cents. Neither table is ever changed, only added to: a correction is a
-- new version of a day.

CREATE TABLE oracle_minute (
    minute    timestamptz PRIMARY KEY,
    usd_cents bigint NOT NULL CHECK (usd_cents > 0),
    sources   text   NOT NULL
);

-- What a day's price was; bills of the next day are made with its highest version. `basis_day` is
-- the day on which the price was seen, earlier than `day` when it was carried over.
CREATE TABLE oracle_fix (
    day       date        NOT NULL,
    version   integer     NOT NULL CHECK (version > 0),
    kind      text        NOT NULL CHECK (kind IN ('mean', 'carried', 'first', 'correction')),
    usd_cents bigint      NOT NULL CHECK (usd_cents > 0),
    basis_day date        NOT NULL CHECK (basis_day <= day),
    samples   integer     NOT NULL CHECK (samples >= 0),
    sources   text        NOT NULL,
    sha256    text        NOT NULL,
    made_at   timestamptz NOT NULL,
    PRIMARY KEY (day, version)
);

CREATE FUNCTION refuse_oracle_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'prices are append-only: % on %', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER oracle_minute_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON oracle_minute
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_oracle_change();
CREATE TRIGGER oracle_fix_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON oracle_fix
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_oracle_change();
