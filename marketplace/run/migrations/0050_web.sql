-- Who is at the door: sessions, single-use links, capabilities, keys, membership; and what the door remembers of requests.
-- Every secret is stored as its SHA-256 only (256 random bits need no salt). All times are given by relay_now().

-- Who works for whom; written beside the event that says so (companion of the store), read at every request.
CREATE TABLE member (
    user_id uuid NOT NULL,
    company uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'recruiter', 'hiring-manager', 'finance', 'viewer')),
    left_at timestamptz,
    PRIMARY KEY (user_id, company)
);
CREATE INDEX member_company_idx ON member (company) WHERE left_at IS NULL;

CREATE TABLE web_session (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    id uuid NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('user', 'candidate')),
    subject uuid NOT NULL,
    company uuid,
    language text CHECK (language IN ('ja', 'en')),
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX web_session_subject_idx ON web_session (kind, subject) WHERE ended_at IS NULL;
COMMENT ON COLUMN web_session.id IS 'Names the session in lists; opens nothing.';

CREATE TABLE login_link (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    kind text NOT NULL CHECK (kind IN ('user', 'candidate')),
    subject uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE share_link (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    introduction uuid NOT NULL,
    candidate uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE share_link IS 'A capability for one introduction, for its candidate; gives no session.';

CREATE TABLE merge_link (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    survivor uuid NOT NULL,
    absorbed uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE merge_link IS 'Mailed to one registration, opened in the session of the other: both are the same person.';

CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    company uuid NOT NULL,
    label text NOT NULL,
    secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_key_company_idx ON api_key (company);

-- The position and the ids of what a command did stand in `command` and follow from its id.
CREATE TABLE idempotency (
    command_id uuid PRIMARY KEY,
    request bytea NOT NULL CHECK (octet_length(request) = 32),
    at timestamptz NOT NULL
);
COMMENT ON COLUMN idempotency.request IS 'HMAC of method, path and body: a request is compared, never kept.';

CREATE TABLE rate_window (
    bucket bytea NOT NULL CHECK (octet_length(bucket) = 32),
    starts_at timestamptz NOT NULL,
    taken int NOT NULL,
    PRIMARY KEY (bucket, starts_at)
);

GRANT SELECT, INSERT, UPDATE ON member TO relay_app;
GRANT SELECT, INSERT, DELETE ON web_session, login_link, share_link, merge_link TO relay_app;
GRANT UPDATE (company, language, seen_at, idle_until, ended_at) ON web_session TO relay_app;
GRANT UPDATE (used_at) ON login_link TO relay_app;
GRANT SELECT, INSERT ON api_key, idempotency TO relay_app;
GRANT UPDATE (last_used_at, revoked_at) ON api_key TO relay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_window TO relay_app;
