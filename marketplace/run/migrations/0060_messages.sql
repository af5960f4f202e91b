-- Mails to be sent: ids and a template's name only. Whom and what is opened from the vault when it is sent.

CREATE TABLE message (
    id uuid PRIMARY KEY,
    template text NOT NULL,
    recipient_kind text NOT NULL,
    recipient uuid NOT NULL,
    about jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    not_sent text,
    attempts int NOT NULL DEFAULT 0,
    sending_until timestamptz
);
CREATE INDEX message_recipient_idx ON message (recipient, created_at);
COMMENT ON COLUMN message.not_sent IS 'Why it was never sent and will not be; a code.';
COMMENT ON COLUMN message.sending_until IS 'Until then one worker is at it; if it dies, the next one sends the mail after that.';
GRANT SELECT, INSERT, UPDATE, DELETE ON message TO relay_app;

-- When the loopback sink caught which record of the vault; falls with the record.
CREATE TABLE dev_mail (
    ref uuid PRIMARY KEY,
    version int NOT NULL DEFAULT 1,
    reader uuid NOT NULL,
    at timestamptz NOT NULL,
    n bigint GENERATED ALWAYS AS IDENTITY,
    FOREIGN KEY (ref, version) REFERENCES vault_record (ref, version) ON DELETE CASCADE
);
CREATE INDEX dev_mail_n_idx ON dev_mail (n DESC);
GRANT SELECT, INSERT, DELETE ON dev_mail TO relay_app;
