-- Imports: how far each has come, and what was wrong where. No value of any file is here.

CREATE TABLE import_batch (
    id uuid PRIMARY KEY,
    company uuid NOT NULL,
    system text NOT NULL,
    form text NOT NULL,
    file_ref uuid NOT NULL,
    basis text,
    notice_version text NOT NULL,
    rows_read int NOT NULL,
    eligible int NOT NULL,
    withdrawn int NOT NULL,
    quarantined int NOT NULL,
    rows_done int NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    undone_at timestamptz
);
CREATE INDEX import_batch_company_idx ON import_batch (company, started_at DESC);

CREATE TABLE import_problem (
    batch uuid NOT NULL REFERENCES import_batch (id),
    ordinal int NOT NULL,
    row_no int NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    severity text NOT NULL,
    count int NOT NULL,
    PRIMARY KEY (batch, ordinal)
);

-- A registration begun with an address that is not verified yet; the address is in the vault.
CREATE TABLE registration (
    id uuid PRIMARY KEY,
    candidate uuid NOT NULL,
    contact_ref uuid NOT NULL,
    entrance text NOT NULL,
    source uuid,
    applicant uuid,
    language text NOT NULL,
    started_at timestamptz NOT NULL,
    token_digest bytea UNIQUE,
    expires_at timestamptz,
    used_at timestamptz
);

-- The signed receipts of consents, for the person to read again; they name nobody.
CREATE TABLE consent_receipt (
    digest text PRIMARY KEY,
    candidate uuid NOT NULL,
    text text NOT NULL,
    issued_at timestamptz NOT NULL
);
CREATE INDEX consent_receipt_candidate_idx ON consent_receipt (candidate, issued_at);

GRANT SELECT, INSERT, UPDATE ON import_batch, registration TO relay_app;
GRANT SELECT, INSERT ON import_problem TO relay_app;
GRANT SELECT, INSERT, DELETE ON consent_receipt TO relay_app;
GRANT DELETE ON registration TO relay_app;
