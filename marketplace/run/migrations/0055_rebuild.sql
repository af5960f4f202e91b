-- A projection that a person asked to have folded anew: the web writes the line, the worker does it and says how far it is.

CREATE TABLE rebuild (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    until bigint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('same', 'put-right', 'left-alone', 'not-allowed', 'log-too-short', 'failed')),
    differing int NOT NULL DEFAULT 0,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX rebuild_asked_at_idx ON rebuild (asked_at DESC);
CREATE UNIQUE INDEX rebuild_one_at_a_time_idx ON rebuild (name) WHERE ended_at IS NULL;
COMMENT ON COLUMN rebuild.outcome IS 'not-allowed: this worker does not know the address of the role that may make tables.';
GRANT SELECT, INSERT ON rebuild TO relay_app;
GRANT UPDATE (position, until, ended_at, outcome, differing) ON rebuild TO relay_app;
