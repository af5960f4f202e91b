DROP TABLE IF EXISTS months CASCADE;
CREATE TABLE months (
    month text PRIMARY KEY,
    closed_position bigint,
    closed_at timestamptz,
    closed_by text,
    trial_balance_hash text,
    signatures jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON months TO relay_app;
