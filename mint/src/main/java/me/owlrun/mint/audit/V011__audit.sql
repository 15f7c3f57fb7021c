-- The audits that the mints of this database made by themselves.
CREATE TABLE audit_run (
    ran_at timestamptz NOT NULL,
    -- Whether everything was derived again, not only what is quick.
    whole boolean NOT NULL,
    -- The names of the checks that found something, with a comma between them.
    breaches text NOT NULL,
    PRIMARY KEY (ran_at, whole)
);
