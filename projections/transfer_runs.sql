DROP TABLE IF EXISTS transfer_runs CASCADE;
CREATE TABLE transfer_runs (
    run uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    status text NOT NULL,
    total_yen bigint NOT NULL,
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    cause text,
    lines jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON transfer_runs TO relay_app;
