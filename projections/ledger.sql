DROP TABLE IF EXISTS ledger CASCADE;
CREATE TABLE ledger (
    id bigint PRIMARY KEY,
    position bigint NOT NULL,
    stream uuid NOT NULL,
    kind text NOT NULL,
    account text NOT NULL,
    company uuid,
    amount_yen bigint NOT NULL CHECK (amount_yen <> 0),
    currency text NOT NULL,
    effective_on date NOT NULL
);
CREATE INDEX ledger_account_idx ON ledger (account, company, id);
CREATE INDEX ledger_stream_idx ON ledger (stream);

-- An entry is written whole, so at commit each sums to zero, whoever wrote it.
CREATE OR REPLACE FUNCTION ledger_entry_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger l WHERE l.position = NEW.position
               GROUP BY l.currency HAVING sum(l.amount_yen) <> 0) THEN
        RAISE EXCEPTION 'the entry at position % does not sum to zero', NEW.position
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE INDEX ledger_position_idx ON ledger (position);
CREATE CONSTRAINT TRIGGER entry_sums_to_zero AFTER INSERT OR UPDATE ON ledger
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_sums_to_zero();
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger TO relay_app;
