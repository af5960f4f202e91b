-- Ways to reach a candidate that are being proved: a mailbox by a mailed link, a LINE account by signing in there.
-- Every secret is stored as its SHA-256 only. The address itself is in the vault.

CREATE TABLE contact_change (
    id uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    contact_ref uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    token_digest bytea CHECK (octet_length(token_digest) = 32),
    expires_at timestamptz,
    used_at timestamptz
);
CREATE INDEX contact_change_candidate_idx ON contact_change (candidate);
CREATE INDEX contact_change_token_idx ON contact_change (token_digest);
COMMENT ON TABLE contact_change IS 'A mailbox that a signed-in candidate gave and has not proved yet.';
GRANT SELECT, INSERT, UPDATE, DELETE ON contact_change TO relay_app;

CREATE TABLE line_attempt (
    state_digest bytea PRIMARY KEY CHECK (octet_length(state_digest) = 32),
    browser_digest bytea NOT NULL CHECK (octet_length(browser_digest) = 32),
    candidate uuid,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE line_attempt IS 'A browser that went to LINE to sign in; nonce and verifier follow from the state and a key.';
COMMENT ON COLUMN line_attempt.candidate IS 'Who connects the account; null: somebody signs in with it.';
GRANT SELECT, INSERT, UPDATE, DELETE ON line_attempt TO relay_app;

-- A LINE account is found like a mailbox, by a keyed digest, and is one person's.
ALTER TABLE blind_address DROP CONSTRAINT blind_address_kind_check;
ALTER TABLE blind_address ADD CONSTRAINT blind_address_kind_check CHECK (kind IN ('email', 'phone', 'line'));
CREATE UNIQUE INDEX blind_address_one_candidate_per_line_account_idx ON blind_address (digest)
    WHERE subject_kind = 'candidate' AND kind = 'line';
