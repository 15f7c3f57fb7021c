-- What the operator said: announcements, pauses, nodes in maintenance; and what audits found.

CREATE TABLE broadcast (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title      text        NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    message    text        NOT NULL CHECK (length(message) BETWEEN 1 AND 1000),
    severity   text        NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    created_at timestamptz NOT NULL,
    ends_at    timestamptz,
    ended_at   timestamptz
);

CREATE INDEX broadcast_current ON broadcast (id DESC) WHERE ended_at IS NULL;

CREATE TABLE pause (
    what   text PRIMARY KEY CHECK (what IN ('jobs', 'payouts', 'registrations')),
    reason text NOT NULL,
    since  timestamptz NOT NULL
);

CREATE TABLE node_maintenance (
    provider_id bigint      NOT NULL,
    node_id     text        NOT NULL,
    reason      text        NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (provider_id, node_id)
);

-- One row: the last audit of the money by any gateway on this database.
CREATE TABLE audit_result (
    id       int         PRIMARY KEY CHECK (id = 1),
    at       timestamptz NOT NULL,
    findings text[]      NOT NULL
);

-- The ledger's totals up to a transfer, so that nobody has to add up all of it again.
CREATE TABLE flow_total (
    event     text   NOT NULL,
    kind      text   NOT NULL,
    transfers bigint NOT NULL,
    msat      bigint NOT NULL,
    PRIMARY KEY (event, kind)
);

CREATE TABLE flow_through (
    id          int    PRIMARY KEY CHECK (id = 1),
    transfer_id bigint NOT NULL
);
INSERT INTO flow_through VALUES (1, 0);
