DROP TABLE IF EXISTS applicant_pool CASCADE;
CREATE TABLE applicant_pool (
    applicant uuid PRIMARY KEY,
    company uuid NOT NULL,
    batch uuid NOT NULL,
    basis text,
    channel text NOT NULL,
    job_type text NOT NULL,
    stage text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    skills text[] NOT NULL,
    applied_on date,
    rejected_on date,
    invitable boolean NOT NULL,
    may_email boolean NOT NULL,
    ref uuid NOT NULL,
    imported_at timestamptz NOT NULL,
    status text NOT NULL,
    invitation uuid,
    not_before timestamptz,
    evaluated boolean NOT NULL,
    score double precision,
    invited_at timestamptz
);
CREATE INDEX applicant_pool_company_idx ON applicant_pool (company, applicant);
CREATE INDEX applicant_pool_newest_idx ON applicant_pool (company, coalesce(rejected_on, '-infinity'::date) DESC, applicant DESC);
CREATE INDEX applicant_pool_status_idx ON applicant_pool (company, status);
-- Those who came are few beside those who are kept; what is counted of them need not look at the others.
CREATE INDEX applicant_pool_came_idx ON applicant_pool (company, applicant) INCLUDE (invited_at)
    WHERE status NOT IN ('kept', 'scheduled', 'invited');
CREATE INDEX applicant_pool_batch_idx ON applicant_pool (batch);
CREATE UNIQUE INDEX applicant_pool_invitation_idx ON applicant_pool (invitation);
GRANT SELECT, INSERT, UPDATE, DELETE ON applicant_pool TO relay_app;
