DROP TABLE IF EXISTS due CASCADE;
CREATE TABLE due (
    id text PRIMARY KEY,
    stream uuid NOT NULL,
    kind text NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX due_at_idx ON due (due_at, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON due TO relay_app;
