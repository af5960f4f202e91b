-- How long a source told its applicants that it keeps their records, in months from the rejection. A reminder of its own
-- promise: nothing is kept or let go by it.

CREATE TABLE source_retention (
    company uuid PRIMARY KEY,
    months int NOT NULL CHECK (months BETWEEN 1 AND 120),
    said_by uuid NOT NULL,
    said_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON source_retention TO relay_app;
