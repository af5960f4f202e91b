DROP TABLE IF EXISTS adjustments CASCADE;
CREATE TABLE adjustments (
    adjustment uuid PRIMARY KEY,
    month text NOT NULL,
    "on" date NOT NULL,
    cause text NOT NULL,
    postings jsonb NOT NULL,
    status text NOT NULL,
    first text NOT NULL,
    proposed_at timestamptz NOT NULL,
    second text,
    decided_at timestamptz
);
CREATE INDEX adjustments_month_idx ON adjustments (month, proposed_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON adjustments TO relay_app;
