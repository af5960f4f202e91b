-- What finance took out as a file, and how each invariant stood when it was last looked at.

CREATE TABLE download (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    asked_by text NOT NULL,
    what text NOT NULL,
    filters jsonb NOT NULL,
    lines bigint NOT NULL
);
CREATE INDEX download_at_idx ON download (at DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON download FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON download FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON download TO relay_app;

-- One row an invariant: `outcome` is holds, broken or skipped, and the sentences say where.
CREATE TABLE invariant_check (
    name text PRIMARY KEY,
    checked_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('holds', 'broken', 'skipped')),
    title_ja text NOT NULL,
    title_en text NOT NULL,
    ja text NOT NULL,
    en text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON invariant_check TO relay_app;
