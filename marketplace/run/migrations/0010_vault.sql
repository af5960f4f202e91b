-- The vault. First the keyring (it may live in a database of its own, KEYRING_URL: the same migrations run there), then
-- the sealed records, what is written beside them in keyed digests, and who looked.

CREATE TABLE vault_key (
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    dek_version int NOT NULL,
    kek_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    used boolean NOT NULL DEFAULT false,
    PRIMARY KEY (subject_kind, subject_id, dek_version)
);
CREATE INDEX vault_key_kek_idx ON vault_key (kek_id);
CREATE INDEX vault_key_unused_idx ON vault_key (created_at) WHERE NOT used;

CREATE TABLE vault_tombstone (
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
);

-- Moves with every erasure, in its transaction: a key in some process's memory is as good as its epoch.
CREATE TABLE vault_epoch (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch bigint NOT NULL
);
INSERT INTO vault_epoch (epoch) VALUES (1);

-- An erased key is never made again, whoever asks. The statement in here sees every tombstone committed before it;
-- an erasure locks vault_key against inserts, so none can slip in beside it.
CREATE FUNCTION vault_key_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM vault_tombstone t WHERE t.subject_kind = NEW.subject_kind AND t.subject_id = NEW.subject_id) THEN
        RAISE EXCEPTION 'the key of % % was erased', NEW.subject_kind, NEW.subject_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stays_erased BEFORE INSERT OR UPDATE OF subject_kind, subject_id ON vault_key
    FOR EACH ROW EXECUTE FUNCTION vault_key_stays_erased();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vault_tombstone FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- `person`, `class` and `retain_until` are set where the subject is not the person: a received copy says whose it is,
-- a statutory record also which kind of record it is and the last day on which it is kept.
CREATE TABLE vault_record (
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    ref uuid NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    dek_version int NOT NULL,
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    ciphertext bytea NOT NULL,
    person uuid,
    class text,
    retain_until date,
    PRIMARY KEY (ref, version),
    CHECK ((subject_kind = 'statutory') = (retain_until IS NOT NULL AND class IS NOT NULL))
);
CREATE INDEX vault_record_subject_idx ON vault_record (subject_kind, subject_id);
CREATE INDEX vault_record_person_idx ON vault_record (person) WHERE person IS NOT NULL;
CREATE INDEX vault_record_retain_until_idx ON vault_record (retain_until) WHERE retain_until IS NOT NULL;

CREATE TABLE vault_lexemes (
    ref uuid PRIMARY KEY,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    lexemes bigint[] NOT NULL
);
CREATE INDEX vault_lexemes_subject_idx ON vault_lexemes (subject_kind, subject_id);
CREATE INDEX vault_lexemes_lexemes_idx ON vault_lexemes USING gin (lexemes);

CREATE TABLE blind_address (
    kind text NOT NULL CHECK (kind IN ('email', 'phone')),
    digest bytea NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    PRIMARY KEY (digest, subject_kind, subject_id)
);
CREATE INDEX blind_address_subject_idx ON blind_address (subject_kind, subject_id);
CREATE UNIQUE INDEX blind_address_one_candidate_per_mailbox_idx ON blind_address (digest)
    WHERE subject_kind = 'candidate' AND kind = 'email';

-- Survives erasure on purpose: who said "do not write to me" stays unwritten to. `company` of all zeros: from nobody.
CREATE TABLE suppression (
    kind text NOT NULL CHECK (kind IN ('email', 'phone')),
    digest bytea NOT NULL,
    basis text NOT NULL CHECK (basis IN ('disowned', 'opt-out')),
    company uuid NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (digest, basis, company)
);

CREATE TABLE vault_access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    viewer_user uuid NOT NULL,
    viewer_company uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    candidate uuid,
    introduction uuid,
    items text[] NOT NULL,
    purpose text NOT NULL
);
CREATE INDEX vault_access_log_candidate_idx ON vault_access_log (candidate, at);
CREATE INDEX vault_access_log_subject_idx ON vault_access_log (subject_kind, subject_id);

GRANT SELECT, INSERT, DELETE ON vault_key TO relay_app;
GRANT UPDATE (kek_id, wrapped, created_at, used) ON vault_key TO relay_app;
GRANT SELECT, INSERT ON vault_tombstone TO relay_app;
GRANT SELECT ON vault_epoch TO relay_app;
GRANT UPDATE (epoch) ON vault_epoch TO relay_app;
GRANT SELECT, INSERT, DELETE ON vault_record, vault_lexemes, blind_address, vault_access_log TO relay_app;
GRANT UPDATE (subject_id) ON blind_address TO relay_app;
GRANT SELECT, INSERT ON suppression TO relay_app;
