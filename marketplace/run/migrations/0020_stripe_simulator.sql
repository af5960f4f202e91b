-- SIMULATED PAYMENTS: what our stand-in for Stripe remembers. No money is real here, and no other schema refers to it.
CREATE SCHEMA stripe_simulator;

CREATE TABLE stripe_simulator.object (
    id         text   PRIMARY KEY,
    kind       text   NOT NULL,
    account    text   NOT NULL DEFAULT '',
    created    bigint NOT NULL,
    ordinal    bigint GENERATED ALWAYS AS IDENTITY,
    body       jsonb  NOT NULL
);
COMMENT ON TABLE stripe_simulator.object IS 'Every object as Stripe would show it; account is empty for the platform.';
CREATE INDEX object_kind ON stripe_simulator.object (kind, account, ordinal);

CREATE SEQUENCE stripe_simulator.number;

CREATE TABLE stripe_simulator.remembered (
    key        text   NOT NULL,
    account    text   NOT NULL,
    request    bytea  NOT NULL,
    status     int    NOT NULL,
    answer     text   NOT NULL,
    created    bigint NOT NULL,
    PRIMARY KEY (key, account)
);
COMMENT ON TABLE stripe_simulator.remembered IS 'First answer per idempotency key, forgotten after 24 hours.';

CREATE TABLE stripe_simulator.fault (
    ordinal    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text   NOT NULL,
    route      text   NOT NULL,
    remaining  int    NOT NULL CHECK (remaining >= 0)
);
COMMENT ON TABLE stripe_simulator.fault IS 'Faults to come: the next `remaining` requests whose "post /v1/path" matches route.';

CREATE TABLE stripe_simulator.outbox (
    ordinal    bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   text    NOT NULL UNIQUE,
    type       text    NOT NULL,
    object_id  text    NOT NULL,
    endpoint   text    NOT NULL CHECK (endpoint IN ('platform', 'connect')),
    body       text    NOT NULL,
    attempts   int     NOT NULL DEFAULT 0,
    state      text    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'lost'))
);
COMMENT ON TABLE stripe_simulator.outbox IS 'Webhooks to send; signed when they go out.';
CREATE INDEX outbox_pending ON stripe_simulator.outbox (ordinal) WHERE state = 'pending';

GRANT USAGE ON SCHEMA stripe_simulator TO relay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA stripe_simulator TO relay_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA stripe_simulator TO relay_app;
