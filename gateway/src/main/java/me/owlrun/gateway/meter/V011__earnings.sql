-- What each provider served and earned per UTC day.

CREATE TABLE provider_day (
    provider_id bigint NOT NULL,
    day         date   NOT NULL,
    jobs        bigint NOT NULL CHECK (jobs > 0),
    tokens      bigint NOT NULL CHECK (tokens >= 0),
    earned_msat bigint NOT NULL CHECK (earned_msat >= 0),
    PRIMARY KEY (provider_id, day)
) WITH (fillfactor = 70);
