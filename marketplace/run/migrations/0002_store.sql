-- The event log (layout of the eventsourcing library plus a hash chain), the commands that were carried out,
-- the gate that every "no" is read from, and the work that waits. Append-only by grants and by trigger.

CREATE TABLE relay_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    chain bytea NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX relay_events_notification_id_idx ON relay_events (notification_id);

CREATE TABLE command (
    command_id uuid PRIMARY KEY,
    actor text NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX command_position_idx ON command (position);

CREATE TABLE gate (
    subject uuid NOT NULL,
    what text NOT NULL,
    object uuid NOT NULL,
    open boolean NOT NULL,
    expires_at timestamptz,
    position bigint NOT NULL,
    PRIMARY KEY (subject, what, object)
);
CREATE INDEX gate_object_idx ON gate (object, what) WHERE open;

CREATE TABLE log_seal (
    position bigint PRIMARY KEY,
    chain bytea NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE task (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject uuid NOT NULL,
    run_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    leased_until timestamptz,
    done_at timestamptz,
    last_error text
);
CREATE INDEX task_waiting_idx ON task (run_at) WHERE done_at IS NULL;

CREATE TABLE parked (
    reader text NOT NULL,
    stream uuid NOT NULL,
    position bigint NOT NULL,
    error text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (reader, stream, position)
);

-- What a reaction or a timer wanted and a rule refused: shown on the operator's stuck list, tried again at `next_at`.
CREATE TABLE refusal (
    id text PRIMARY KEY,
    stream uuid NOT NULL,
    wanted text NOT NULL,
    code text NOT NULL,
    attempts int NOT NULL,
    at timestamptz NOT NULL,
    next_at timestamptz
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON relay_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON relay_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON command FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON command FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The digest that links an event to the one before it; `relay check` computes it again.
CREATE FUNCTION relay_chain(previous bytea, stream uuid, version bigint, topic text, state bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || uuid_send(stream) || int8send(version) || convert_to(topic, 'UTF8') || '\x00'::bytea || state)
$$;

-- Companion rows: data per table, written in the append's own transaction. Only these tables, only these columns.
CREATE FUNCTION relay_companions(also jsonb, at_position bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entry record;
    columns text;
    on_conflict text;
BEGIN
    FOR entry IN SELECT key AS name, value AS rows FROM jsonb_each(also) LOOP
        on_conflict := CASE entry.name
            WHEN 'gate' THEN 'ON CONFLICT (subject, what, object) DO UPDATE SET'
                ' open = excluded.open, expires_at = excluded.expires_at, position = excluded.position'
            WHEN 'task' THEN 'ON CONFLICT (id) DO NOTHING'
            WHEN 'vault_record' THEN ''
            WHEN 'vault_lexemes' THEN ''
            WHEN 'blind_address' THEN ''
            WHEN 'suppression' THEN 'ON CONFLICT DO NOTHING'
            WHEN 'intent' THEN 'ON CONFLICT (id) DO NOTHING'
            WHEN 'provider_movement' THEN ''
            WHEN 'message' THEN 'ON CONFLICT (id) DO NOTHING'
            WHEN 'import_batch' THEN ''
            WHEN 'import_problem' THEN ''
            WHEN 'registration' THEN ''
            WHEN 'consent_receipt' THEN ''
            WHEN 'member' THEN 'ON CONFLICT (user_id, company) DO UPDATE SET role = excluded.role, left_at = excluded.left_at'
        END;
        IF on_conflict IS NULL THEN
            RAISE EXCEPTION 'no companion table %', entry.name USING ERRCODE = 'undefined_table';
        END IF;
        SELECT string_agg(quote_ident(k), ', ') INTO columns FROM jsonb_object_keys(entry.rows -> 0) AS k;
        IF entry.name = 'gate' THEN
            INSERT INTO gate (subject, what, object, open, expires_at, position)
            SELECT r.subject, r.what, r.object, r.open, r.expires_at, at_position
            FROM jsonb_populate_recordset(NULL::gate, entry.rows) AS r
            ON CONFLICT (subject, what, object) DO UPDATE
            SET open = excluded.open, expires_at = excluded.expires_at, position = excluded.position;
        ELSE
            EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM jsonb_populate_recordset(NULL::%I, $1) %s',
                           entry.name, columns, columns, entry.name, on_conflict)
            USING entry.rows;
        END IF;
    END LOOP;
END
$$;

-- One command, one transaction: already done? versions as expected? then events, companions, one notification.
-- Answers `done`, `again` (this command id is stored; nothing was written) or `conflict` with the stream that moved.
CREATE FUNCTION relay_append(
    a_command uuid, an_actor text, a_moment timestamptz,
    expected_streams uuid[], expected_versions bigint[],
    streams uuid[], versions bigint[], topics text[], states bytea[],
    also jsonb
) RETURNS TABLE (outcome text, at_position bigint, moved uuid) LANGUAGE plpgsql AS $$
DECLARE
    last_position bigint;
    last_chain bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7160293847);
    SELECT c.position INTO last_position FROM command c WHERE c.command_id = a_command;
    IF FOUND THEN
        RETURN QUERY SELECT 'again', last_position, NULL::uuid;
        RETURN;
    END IF;
    FOR i IN 1 .. coalesce(array_length(expected_streams, 1), 0) LOOP
        IF expected_versions[i] <> coalesce(
            (SELECT max(e.originator_version) FROM relay_events e WHERE e.originator_id = expected_streams[i]), 0)
        THEN
            RETURN QUERY SELECT 'conflict', 0::bigint, expected_streams[i];
            RETURN;
        END IF;
    END LOOP;
    SELECT e.notification_id, e.chain INTO last_position, last_chain
    FROM relay_events e ORDER BY e.notification_id DESC LIMIT 1;
    IF NOT FOUND THEN
        last_position := 0;
        last_chain := '\x00'::bytea;
    END IF;
    FOR i IN 1 .. coalesce(array_length(streams, 1), 0) LOOP
        last_position := last_position + 1;
        last_chain := relay_chain(last_chain, streams[i], versions[i], topics[i], states[i]);
        INSERT INTO relay_events (originator_id, originator_version, topic, state, notification_id, chain)
        VALUES (streams[i], versions[i], topics[i], states[i], last_position, last_chain);
    END LOOP;
    INSERT INTO command (command_id, actor, position, at) VALUES (a_command, an_actor, last_position, a_moment);
    IF also IS NOT NULL THEN
        PERFORM relay_companions(also, last_position);
    END IF;
    PERFORM pg_notify('relay_events', last_position::text);
    RETURN QUERY SELECT 'done', last_position, NULL::uuid;
END
$$;

GRANT SELECT, INSERT ON relay_events, command TO relay_app;
GRANT SELECT, INSERT, UPDATE ON gate TO relay_app;
GRANT SELECT, INSERT ON log_seal TO relay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON task, parked, refusal TO relay_app;
