-- Settlement beside the events: what Stripe is asked (intents), which cash is posted (movements), what Stripe told us (inbox)
-- and what it holds (mirror). `intent` and `provider_movement` are written in the append that calls for them.

-- Asked once per id. `call` is the frozen request; attempts and look-ups are kept here and never rebuilt.
-- A key is made of id and generation; `first_sent_at` is when the key in force was first used.
CREATE TABLE intent (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    stream uuid NOT NULL,
    company uuid NOT NULL,
    call text NOT NULL,
    created_at timestamptz NOT NULL,
    generation int NOT NULL DEFAULT 1 CHECK (generation > 0),
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'unknown', 'done', 'refused', 'blocked')),
    attempts int NOT NULL DEFAULT 0,
    first_sent_at timestamptz,
    absent_lookups int NOT NULL DEFAULT 0,
    looked_up_at timestamptz,
    code text,
    result text,
    recorded_at timestamptz,
    CHECK ((state = 'done') = (result IS NOT NULL))
);
CREATE INDEX intent_stream_idx ON intent (stream);
CREATE INDEX intent_open_idx ON intent (kind) WHERE state NOT IN ('done', 'refused');
COMMENT ON COLUMN intent.company IS 'The company the request is about; the operator for its own payouts.';
COMMENT ON COLUMN intent.code IS 'Why it is not done: a code of Stripe, or of a rule of ours.';

-- Cash is posted once for each provider object and kind of movement, and once for each balance transaction.
-- `command` leads to the positions of the entries.
CREATE TABLE provider_movement (
    object_id text NOT NULL,
    kind text NOT NULL,
    balance_transaction text NOT NULL UNIQUE,
    stream uuid NOT NULL,
    command uuid NOT NULL,
    net_yen bigint NOT NULL,
    PRIMARY KEY (object_id, kind)
);
CREATE INDEX provider_movement_stream_idx ON provider_movement (stream, kind);
CREATE INDEX provider_movement_command_idx ON provider_movement (command);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON provider_movement FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON provider_movement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Each notice of Stripe once, as it came. `id` is what the task carries.
CREATE TABLE webhook_inbox (
    event_id text PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    raw bytea NOT NULL,
    type text NOT NULL,
    object_id text NOT NULL,
    account text NOT NULL,
    received_at timestamptz NOT NULL,
    handled_at timestamptz,
    outcome text
);
CREATE INDEX webhook_inbox_unhandled_idx ON webhook_inbox (received_at) WHERE handled_at IS NULL;

-- The balance transactions of the platform as Stripe has them, even where they do not add up.
CREATE TABLE provider_mirror (
    balance_transaction text PRIMARY KEY,
    type text NOT NULL,
    reporting_category text NOT NULL,
    amount_yen bigint NOT NULL,
    fee_yen bigint NOT NULL,
    net_yen bigint NOT NULL,
    object_id text NOT NULL,
    created_at timestamptz NOT NULL,
    available_on timestamptz NOT NULL,
    status text NOT NULL
);
CREATE INDEX provider_mirror_created_idx ON provider_mirror (created_at);

GRANT SELECT, INSERT ON intent, provider_movement, webhook_inbox TO relay_app;
GRANT UPDATE (call, generation, state, attempts, first_sent_at, absent_lookups, looked_up_at, code, result, recorded_at)
    ON intent TO relay_app;
GRANT UPDATE (handled_at, outcome) ON webhook_inbox TO relay_app;
GRANT SELECT, INSERT, UPDATE ON provider_mirror TO relay_app;
