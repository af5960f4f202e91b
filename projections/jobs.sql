DROP TABLE IF EXISTS jobs CASCADE;
CREATE TABLE jobs (
    job uuid PRIMARY KEY,
    company uuid NOT NULL,
    version int NOT NULL,
    title text NOT NULL,
    occupation text NOT NULL,
    prefecture text NOT NULL,
    skills text[] NOT NULL,
    conditions jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    closed text
);
CREATE INDEX jobs_company_idx ON jobs (company, opened_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO relay_app;
