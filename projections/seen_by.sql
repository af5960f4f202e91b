DROP TABLE IF EXISTS seen_by CASCADE;
CREATE TABLE seen_by (
    introduction uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    hiring uuid NOT NULL,
    items text[] NOT NULL,
    disclosed_at timestamptz NOT NULL,
    revoked_at timestamptz,
    deletion_confirmed_at timestamptz
);
CREATE INDEX seen_by_candidate_idx ON seen_by (candidate, disclosed_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON seen_by TO relay_app;
