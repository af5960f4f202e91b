-- Proving oneself anew inside a session (step-up): when, and the single-use links that are mailed for it.

ALTER TABLE web_session ADD COLUMN proved_at timestamptz;
ALTER TABLE web_session ADD COLUMN proving_for text CHECK (length(proving_for) <= 2000);
COMMENT ON COLUMN web_session.proved_at IS 'When the person last showed that it is them: by signing in, a passkey, or a mailed link.';
COMMENT ON COLUMN web_session.proving_for IS 'The page that asked for a proof by mail; its link leads back there.';
GRANT UPDATE (proved_at, proving_for) ON web_session TO relay_app;

CREATE TABLE step_up_link (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session uuid NOT NULL REFERENCES web_session (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX step_up_link_session_idx ON step_up_link (session);
COMMENT ON TABLE step_up_link IS 'Works in the session that asked for it and in no other; goes with it.';
GRANT SELECT, INSERT, DELETE ON step_up_link TO relay_app;
GRANT UPDATE (used_at) ON step_up_link TO relay_app;

-- Where a session was opened, in coarse words only; and whether its pages offer to add a passkey.
ALTER TABLE web_session ADD COLUMN browser text NOT NULL DEFAULT 'other';
ALTER TABLE web_session ADD COLUMN system text NOT NULL DEFAULT 'other';
ALTER TABLE web_session ADD COLUMN offers_passkey boolean NOT NULL DEFAULT false;
GRANT UPDATE (offers_passkey) ON web_session TO relay_app;

CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('user', 'candidate')),
    subject uuid NOT NULL,
    credential bytea NOT NULL UNIQUE CHECK (octet_length(credential) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name_ref uuid NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    copied_at timestamptz
);
CREATE INDEX passkey_subject_idx ON passkey (kind, subject);
COMMENT ON COLUMN passkey.name_ref IS 'What its person calls it, in the vault.';
COMMENT ON COLUMN passkey.copied_at IS 'When its counter went back: there are two of it, and neither is accepted any more.';

-- What an authenticator has to sign: once, soon, and in the browser or session that asked.
CREATE TABLE passkey_challenge (
    challenge_hash bytea PRIMARY KEY CHECK (octet_length(challenge_hash) = 32),
    purpose text NOT NULL CHECK (purpose IN ('add', 'sign-in', 'step-up')),
    bound_to bytea NOT NULL CHECK (octet_length(bound_to) = 32),
    expires_at timestamptz NOT NULL
);
CREATE TABLE passkey_declined (
    kind text NOT NULL CHECK (kind IN ('user', 'candidate')),
    subject uuid NOT NULL,
    PRIMARY KEY (kind, subject)
);
COMMENT ON TABLE passkey_declined IS 'Said "not now"; is not asked again.';
GRANT SELECT, INSERT, DELETE ON passkey, passkey_challenge, passkey_declined TO relay_app;
GRANT UPDATE (sign_count, name_ref, used_at, copied_at) ON passkey TO relay_app;

-- Whoever works for nobody here any more has no passkey, in the transaction that says so; a return does not revive it.
CREATE FUNCTION relay_passkeys_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM member m WHERE m.user_id = NEW.user_id AND m.left_at IS NULL) THEN
        DELETE FROM passkey WHERE kind = 'user' AND subject = NEW.user_id;
        DELETE FROM passkey_declined WHERE kind = 'user' AND subject = NEW.user_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leaves_no_passkey AFTER UPDATE ON member FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL) EXECUTE FUNCTION relay_passkeys_left();

-- A company user's change of address: asked for in a session, confirmed from the new mailbox, open to objection from the old.
CREATE TABLE address_change (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    ref uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    object_until timestamptz NOT NULL,
    confirmed_at timestamptz,
    objected_at timestamptz
);
CREATE INDEX address_change_user_idx ON address_change (user_id, asked_at);
COMMENT ON COLUMN address_change.ref IS 'The old and the new address, in the vault, for as long as one may object.';

CREATE TABLE address_link (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    change uuid NOT NULL REFERENCES address_change (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('confirm', 'object')),
    expires_at timestamptz NOT NULL
);
CREATE INDEX address_link_change_idx ON address_link (change);
GRANT SELECT, INSERT, DELETE ON address_change, address_link TO relay_app;
GRANT UPDATE (confirmed_at, objected_at) ON address_change TO relay_app;
