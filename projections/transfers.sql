DROP TABLE IF EXISTS transfers CASCADE;
CREATE TABLE transfers (
    id text PRIMARY KEY,
    fee uuid NOT NULL,
    beneficiary uuid NOT NULL,
    tranche integer NOT NULL,
    status text NOT NULL,
    expected_yen bigint NOT NULL,
    amount_yen bigint NOT NULL,
    since date NOT NULL,
    intent uuid,
    transfer text,
    balance_transaction text,
    voided uuid[] NOT NULL,
    voided_cause text
);
CREATE INDEX transfers_due_idx ON transfers (since, id) WHERE status = 'due';
CREATE INDEX transfers_intent_idx ON transfers (intent);
GRANT SELECT, INSERT, UPDATE, DELETE ON transfers TO relay_app;
