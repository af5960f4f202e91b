DROP TABLE IF EXISTS provision_records CASCADE;
CREATE TABLE provision_records (
    id text PRIMARY KEY,
    introduction uuid NOT NULL,
    direction text NOT NULL,
    provider uuid NOT NULL,
    receiver uuid NOT NULL,
    items text[] NOT NULL,
    consent_version int NOT NULL,
    acquisition text NOT NULL,
    ref uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    retain_until date NOT NULL
);
CREATE INDEX provision_records_introduction_idx ON provision_records (introduction);
GRANT SELECT, INSERT, UPDATE, DELETE ON provision_records TO relay_app;
