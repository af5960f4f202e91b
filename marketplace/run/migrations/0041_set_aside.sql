-- Rows of an import that were set aside, to be put right by hand; their cells are in the vault under a key of their own.
-- `settled`: repaired, left-out, undone, erased or forgotten; then the cells are gone.

CREATE TABLE import_row (
    batch uuid NOT NULL REFERENCES import_batch (id),
    row_no int NOT NULL,
    subject uuid NOT NULL UNIQUE,
    ref uuid NOT NULL,
    applicant uuid,
    mendable boolean NOT NULL,
    forget_at timestamptz NOT NULL,
    settled text,
    settled_at timestamptz,
    PRIMARY KEY (batch, row_no)
);
CREATE INDEX import_row_applicant_idx ON import_row (applicant) WHERE settled IS NULL;

-- What an append may write beside its events is a closed list of tables: the rows come with the batch that they are of.
ALTER TABLE import_batch ADD COLUMN set_aside jsonb;
CREATE FUNCTION import_rows_of_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO import_row (batch, row_no, subject, ref, applicant, mendable, forget_at)
    SELECT NEW.id, row_no, subject, ref, applicant, mendable, forget_at
    FROM jsonb_populate_recordset(NULL::import_row, coalesce(NEW.set_aside, '[]'));
    RETURN NULL;
END
$$;
CREATE TRIGGER rows_of_batch AFTER INSERT ON import_batch FOR EACH ROW EXECUTE FUNCTION import_rows_of_batch();

GRANT SELECT, INSERT, UPDATE ON import_row TO relay_app;
GRANT DELETE ON import_problem TO relay_app;
