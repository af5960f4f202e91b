DROP TABLE IF EXISTS disputes CASCADE;
CREATE TABLE disputes (
    id text PRIMARY KEY,
    kind text NOT NULL,
    about uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    settled_at timestamptz
);
CREATE INDEX disputes_open_idx ON disputes (opened_at) WHERE settled_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON disputes TO relay_app;
