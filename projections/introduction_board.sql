DROP TABLE IF EXISTS introduction_board CASCADE;
CREATE TABLE introduction_board (
    introduction uuid PRIMARY KEY,
    hiring uuid NOT NULL,
    job uuid NOT NULL,
    job_version int NOT NULL,
    card uuid NOT NULL,
    number text NOT NULL,
    requested_by uuid NOT NULL,
    items text[] NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    quote_from_yen bigint NOT NULL,
    quote_to_yen bigint NOT NULL,
    disclosed_at timestamptz,
    disclosed_items text[] NOT NULL,
    prior_contact_until date,
    prior_contact text,
    stage text,
    stage_on date,
    closed text,
    revoked boolean NOT NULL,
    revoked_for text,
    deletion_confirmed boolean NOT NULL,
    heard_at timestamptz,
    close_on date,
    delete_until date,
    questions_open int NOT NULL,
    pick_until timestamptz,
    meets_at timestamptz,
    begun_at timestamptz
);
CREATE INDEX introduction_board_hiring_idx ON introduction_board (hiring, requested_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON introduction_board TO relay_app;
