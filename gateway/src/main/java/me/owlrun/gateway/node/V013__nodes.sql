-- Providers, known by their keys, and their machines.

CREATE TABLE provider (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_sha256 bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE node (
    provider_id           bigint      NOT NULL REFERENCES provider,
    node_id               text        NOT NULL,
    gpu                   text        NOT NULL,
    gpu_vendor            text        NOT NULL,
    vram_total_mb         int         NOT NULL,
    vram_free_mb          int         NOT NULL,
    models                text[]      NOT NULL,
    capacity              int         NOT NULL CHECK (capacity > 0),
    protocol              int         NOT NULL,
    region                text        NOT NULL,
    version               text        NOT NULL,
    lightning_address     text        NOT NULL,
    redeem_threshold_sats bigint      NOT NULL,
    referral_code         text        NOT NULL,
    free_tier_pct         int         NOT NULL,
    first_registered_at   timestamptz NOT NULL,
    registered_at         timestamptz NOT NULL,
    PRIMARY KEY (provider_id, node_id)
);
