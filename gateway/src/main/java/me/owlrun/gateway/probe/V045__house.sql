-- Jobs that the gateway asks for itself. open -> settled | void. While one is open, held_msat is in
-- faucet_hold. The answer is one to a question of ours, cut short, and deleted after a week.
CREATE TABLE house_job (
    id                text        PRIMARY KEY,
    provider_id       bigint      NOT NULL,
    node_id           text        NOT NULL,
    model             text        NOT NULL,
    kind              text        NOT NULL,
    question          text        NOT NULL,
    state             text        NOT NULL CHECK (state IN ('open', 'settled', 'void')),
    verdict           text        NOT NULL DEFAULT '',
    answer            text,
    job_id            text        UNIQUE,
    held_msat         bigint      NOT NULL CHECK (held_msat >= 0),
    paid_msat         bigint      NOT NULL DEFAULT 0 CHECK (paid_msat BETWEEN 0 AND held_msat),
    prompt_tokens     bigint      NOT NULL DEFAULT 0 CHECK (prompt_tokens >= 0),
    completion_tokens bigint      NOT NULL DEFAULT 0 CHECK (completion_tokens >= 0),
    input_pico_usd    bigint      NOT NULL,
    output_pico_usd   bigint      NOT NULL,
    usd_cents_per_btc bigint      NOT NULL,
    cost_min_msat     bigint      NOT NULL,
    tier              text        NOT NULL DEFAULT '',
    created_at        timestamptz NOT NULL,
    closed_at         timestamptz,
    CHECK ((state = 'open') = (closed_at IS NULL))
);

CREATE INDEX house_job_node ON house_job (provider_id, node_id, created_at);
CREATE INDEX house_job_provider ON house_job (provider_id, created_at);
CREATE INDEX house_job_day ON house_job (created_at) WHERE held_msat > 0;
CREATE INDEX house_job_open ON house_job (created_at) WHERE state = 'open';
CREATE INDEX house_job_question ON house_job (question) WHERE answer IS NOT NULL;
CREATE INDEX house_job_answer ON house_job (created_at) WHERE answer IS NOT NULL;
