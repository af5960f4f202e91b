DROP TABLE IF EXISTS candidate_inbox CASCADE;
CREATE TABLE candidate_inbox (
    introduction uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    hiring uuid NOT NULL,
    job uuid NOT NULL,
    number text NOT NULL,
    status text NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    seen jsonb,
    approved text[] NOT NULL,
    disclose_not_before timestamptz,
    stage text,
    revoked boolean NOT NULL
);
CREATE INDEX candidate_inbox_candidate_idx ON candidate_inbox (candidate, requested_at DESC);
CREATE INDEX candidate_inbox_job_idx ON candidate_inbox (job);
GRANT SELECT, INSERT, UPDATE, DELETE ON candidate_inbox TO relay_app;
