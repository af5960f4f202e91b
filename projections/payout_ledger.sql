DROP TABLE IF EXISTS payout_ledger CASCADE;
CREATE TABLE payout_ledger (
    id text PRIMARY KEY,
    position bigint NOT NULL,
    account uuid NOT NULL,
    fee uuid,
    kind text NOT NULL,
    amount_yen bigint NOT NULL,
    provider_id text,
    "on" date NOT NULL
);
CREATE INDEX payout_ledger_account_idx ON payout_ledger (account, position);
GRANT SELECT, INSERT, UPDATE, DELETE ON payout_ledger TO relay_app;
