-- Jobs that nodes gave away: by the day, with nothing that tells who asked.
CREATE TABLE free_job (
    job_id            text   PRIMARY KEY,
    provider_id       bigint NOT NULL REFERENCES user_account,
    node_id           text   NOT NULL,
    model             text   NOT NULL,
    prompt_tokens     bigint NOT NULL CHECK (prompt_tokens >= 0),
    completion_tokens bigint NOT NULL CHECK (completion_tokens >= 0),
    -- what counts: less than the answer when one requester gets much of one provider in a day
    karma_tokens      bigint NOT NULL CHECK (karma_tokens BETWEEN 0 AND completion_tokens),
    day               date   NOT NULL
);

CREATE INDEX free_job_day ON free_job (provider_id, node_id, day);

-- The same added up; written with each job.
CREATE TABLE karma_day (
    provider_id  bigint NOT NULL REFERENCES user_account,
    node_id      text   NOT NULL,
    day          date   NOT NULL,
    jobs         bigint NOT NULL CHECK (jobs > 0),
    tokens       bigint NOT NULL CHECK (tokens >= 0),
    karma_tokens bigint NOT NULL CHECK (karma_tokens BETWEEN 0 AND tokens),
    PRIMARY KEY (provider_id, node_id, day)
);

CREATE INDEX karma_day_day ON karma_day (day);
