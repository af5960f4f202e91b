-- The keyring's own database (KEYRING_URL), so that its backups can be few and short: with them an erasure holds in every
-- backup of the records too. The tables are those of the vault's first migration, which serve where no other is named.

CREATE TABLE schema_migration (
  number     int         PRIMARY KEY,
  name       text        NOT NULL,
  checksum   text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

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

CREATE TABLE vault_epoch (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch bigint NOT NULL
);
INSERT INTO vault_epoch (epoch) VALUES (1);

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

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vault_tombstone FOR EACH ROW EXECUTE FUNCTION refuse_change();

GRANT SELECT ON schema_migration TO relay_app;
GRANT SELECT, INSERT, DELETE ON vault_key TO relay_app;
GRANT UPDATE (kek_id, wrapped, created_at, used) ON vault_key TO relay_app;
GRANT SELECT, INSERT ON vault_tombstone TO relay_app;
GRANT SELECT ON vault_epoch TO relay_app;
GRANT UPDATE (epoch) ON vault_epoch TO relay_app;
