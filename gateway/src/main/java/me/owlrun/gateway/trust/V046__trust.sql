-- What speaks against nodes. Points and sums are in thousandths and fade with the time since
-- points_at.
CREATE TABLE node_trust (
    provider_id  bigint      NOT NULL,
    node_id      text        NOT NULL,
    points_milli bigint      NOT NULL DEFAULT 0 CHECK (points_milli >= 0),
    points_at    timestamptz NOT NULL,
    cusum_milli  bigint      NOT NULL DEFAULT 0 CHECK (cusum_milli >= 0),
    rest_until   timestamptz,
    PRIMARY KEY (provider_id, node_id)
);

CREATE INDEX node_trust_points ON node_trust (points_at) WHERE points_milli > 0;
CREATE INDEX node_trust_rest ON node_trust (rest_until) WHERE rest_until IS NOT NULL;

-- Every sign and what it weighed; never a prompt or an answer.
CREATE TABLE node_sign (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id  bigint      NOT NULL,
    node_id      text        NOT NULL,
    sign         text        NOT NULL,
    points_milli bigint      NOT NULL CHECK (points_milli >= 0),
    detail       text        NOT NULL,
    at           timestamptz NOT NULL
);

CREATE INDEX node_sign_node ON node_sign (provider_id, node_id, at);
CREATE INDEX node_sign_at ON node_sign (at);

-- How often the nodes of each provider were wrong at each kind of canary.
CREATE TABLE canary_rate (
    model       text   NOT NULL,
    kind        text   NOT NULL,
    provider_id bigint NOT NULL,
    asked       bigint NOT NULL,
    wrong       bigint NOT NULL CHECK (wrong BETWEEN 0 AND asked),
    PRIMARY KEY (model, kind, provider_id)
);

-- What the operator took of a newcomer's earnings; written with its transfer.
CREATE TABLE escrow_forfeit (
    id          text        PRIMARY KEY,
    provider_id bigint      NOT NULL,
    amount_msat bigint      NOT NULL CHECK (amount_msat > 0),
    reason      text        NOT NULL,
    at          timestamptz NOT NULL
);

CREATE INDEX escrow_forfeit_provider ON escrow_forfeit (provider_id, at);
