DROP TABLE IF EXISTS fees CASCADE;
CREATE TABLE fees (
    fee uuid PRIMARY KEY,
    hire uuid NOT NULL,
    introduction uuid NOT NULL,
    number text NOT NULL,
    hiring uuid NOT NULL,
    sources uuid[] NOT NULL,
    model text NOT NULL,
    fee_yen bigint NOT NULL,
    tax_yen bigint NOT NULL,
    total_yen bigint NOT NULL,
    commission_yen bigint NOT NULL,
    due_on date NOT NULL,
    guarantee_ends_on date NOT NULL,
    accrued_on date NOT NULL,
    status text NOT NULL,
    invoice_no text,
    provider_invoice text UNIQUE,
    collected_yen bigint NOT NULL,
    provider_fee_yen bigint NOT NULL,
    transferred_yen bigint NOT NULL,
    reversed_yen bigint NOT NULL,
    returned_yen bigint NOT NULL,
    refunded_yen bigint NOT NULL,
    release_on date
);
CREATE INDEX fees_hiring_idx ON fees (hiring, accrued_on DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON fees TO relay_app;
