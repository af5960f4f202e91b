-- Mails to be sent: ids and a template's name only. Whom and what is opened from the vault when it is sent.

CREATE TABLE message (
    id uuid PRIMARY KEY,
    template text NOT NULL,
    recipient_kind text NOT NULL,
    recipient uuid NOT NULL,
    about jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    not_sent text
);
CREATE INDEX message_recipient_idx ON message (recipient, created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON message TO relay_app;
