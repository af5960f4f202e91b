-- Every comparison of the ledger with Stripe, as it came out. An observation, not a fact: who stands for one signs it, in the log.

CREATE TABLE reconciliation (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    asked_by text NOT NULL,
    position bigint NOT NULL,
    log_position bigint NOT NULL,
    stripe_yen bigint NOT NULL,
    ledger_yen bigint NOT NULL,
    difference_yen bigint NOT NULL,
    unexplained_yen bigint NOT NULL,
    suspense_yen bigint NOT NULL,
    is_settled boolean NOT NULL,
    findings jsonb NOT NULL
);
CREATE INDEX reconciliation_at_idx ON reconciliation (at DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reconciliation FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON reconciliation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON reconciliation TO relay_app;
