-- Nodes that are accounts at a cloud. The token is sealed (AES-256-GCM) together with the owner, the
-- node and the address, under a key that is not in the database; key_id names that key.

CREATE TABLE cloud_node (
    provider_id  bigint      NOT NULL REFERENCES user_account,
    node_id      text        NOT NULL,
    name         text        NOT NULL,
    base_url     text        NOT NULL,
    -- Our names of the models, and for each the provider's.
    models       text[]      NOT NULL CHECK (cardinality(models) > 0),
    upstream     text[]      NOT NULL CHECK (cardinality(upstream) = cardinality(models)),
    tasks        text[]      NOT NULL,
    capacity     int         NOT NULL CHECK (capacity BETWEEN 1 AND 64),
    paused       boolean     NOT NULL,
    -- Why the gateway paused it; empty when the owner did, or nobody.
    problem      text        NOT NULL DEFAULT '',
    key_id       text        NOT NULL,
    sealed_token bytea       NOT NULL CHECK (octet_length(sealed_token) > 28),
    -- Counts changes, so that what one part saw does not undo what another did.
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (provider_id, node_id)
);

CREATE INDEX cloud_node_key ON cloud_node (key_id);
