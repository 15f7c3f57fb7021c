-- What machines have earned, beyond their connections. Written by the clock from several gateways,
-- each adding what it saw. No reference to node: one unknown machine must not stop the others.

CREATE TABLE node_day (
    provider_id   bigint NOT NULL,
    node_id       text   NOT NULL,
    -- UTC
    day           date   NOT NULL,
    successes     int    NOT NULL,
    failures      int    NOT NULL,
    neutral       int    NOT NULL,
    probes_passed int    NOT NULL,
    probes_failed int    NOT NULL,
    online_ms     bigint NOT NULL,
    PRIMARY KEY (provider_id, node_id, day)
);

CREATE INDEX node_day_day ON node_day (day);

CREATE TABLE node_online (
    provider_id bigint NOT NULL,
    node_id     text   NOT NULL,
    -- in its whole life; ramp-up goes by it
    online_ms   bigint NOT NULL,
    PRIMARY KEY (provider_id, node_id)
);

CREATE TABLE node_speed (
    provider_id             bigint NOT NULL,
    node_id                 text   NOT NULL,
    -- task and model
    work                    text   NOT NULL,
    milli_tokens_per_second bigint NOT NULL,
    slow_jobs               int    NOT NULL,
    -- long ago when it is not slow
    slow_until              timestamptz NOT NULL,
    PRIMARY KEY (provider_id, node_id, work)
);
