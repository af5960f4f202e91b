-- Commands are appended in groups: one lock, one write to disk and one notification for many, each with its own outcome.
-- Nothing was released with relay_append, so nobody still calls it.
DROP FUNCTION relay_append(uuid, text, timestamptz, uuid[], bigint[], uuid[], bigint[], text[], bytea[], jsonb);

-- A group of commands, one transaction. Of each command: already done? versions as expected? then its events, its
-- companion rows. Answers in order `done`, `again` (this command id is stored; nothing was written) or `conflict` with the
-- stream that moved. `states` are those of all events, one after the other: a command has `size` bytes of them, and an
-- event `length`.
--
-- No command of a group writes what another one reads (the caller sees to it), so all of them are looked at in one
-- statement, and all rows are inserted in one.
CREATE FUNCTION relay_append_group(commands jsonb, states bytea)
RETURNS TABLE (outcome text, at_position bigint, moved uuid) LANGUAGE plpgsql AS $$
DECLARE
    each record;
    event jsonb;
    next_command int := 1;
    next_byte int;
    last_position bigint;
    last_chain bytea;
    first_position bigint;
    events int := 0;
    streams uuid[];
    versions bigint[];
    topics text[];
    bodies bytea[];
    chains bytea[];
    done int := 0;
    ids uuid[];
    actors text[];
    moments timestamptz[];
    ends bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(7160293847);
    SELECT e.notification_id, e.chain INTO last_position, last_chain
    FROM relay_events e ORDER BY e.notification_id DESC LIMIT 1;
    IF NOT FOUND THEN
        last_position := 0;
        last_chain := '\x00'::bytea;
    END IF;
    first_position := last_position + 1;
    FOR each IN
        SELECT c.*,
            (SELECT d.position FROM command d WHERE d.command_id = c.id) AS stored,
            (SELECT v.stream FROM jsonb_to_recordset(c.versions) AS v(stream uuid, version bigint)
             WHERE v.version <> coalesce(
                 (SELECT max(e.originator_version) FROM relay_events e WHERE e.originator_id = v.stream), 0)
             LIMIT 1) AS mover
        FROM jsonb_to_recordset(commands)
            AS c(id uuid, actor text, moment timestamptz, versions jsonb, events jsonb, size int, companions jsonb)
    LOOP
        next_byte := next_command;
        next_command := next_command + each.size;
        moved := NULL;
        IF each.stored IS NOT NULL THEN
            outcome := 'again';
            at_position := each.stored;
        ELSIF each.mover IS NOT NULL THEN
            outcome := 'conflict';
            at_position := 0;
            moved := each.mover;
        ELSE
            FOR i IN 0 .. jsonb_array_length(each.events) - 1 LOOP
                event := each.events -> i;
                events := events + 1;
                last_position := last_position + 1;
                streams[events] := event ->> 'stream';
                versions[events] := event ->> 'version';
                topics[events] := event ->> 'topic';
                bodies[events] := substring(states FROM next_byte FOR (event ->> 'length')::int);
                next_byte := next_byte + (event ->> 'length')::int;
                -- relay_chain, written out: a call for each event costs half as much again
                last_chain := sha256(last_chain || uuid_send(streams[events]) || int8send(versions[events])
                    || convert_to(topics[events], 'UTF8') || '\x00'::bytea || bodies[events]);
                chains[events] := last_chain;
            END LOOP;
            done := done + 1;
            ids[done] := each.id;
            actors[done] := each.actor;
            moments[done] := each.moment;
            ends[done] := last_position;
            IF each.companions IS NOT NULL THEN
                PERFORM relay_companions(each.companions, last_position);
            END IF;
            outcome := 'done';
            at_position := last_position;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF events > 0 THEN
        INSERT INTO relay_events (originator_id, originator_version, topic, state, notification_id, chain)
        SELECT u.stream, u.version, u.topic, u.body, first_position + u.number - 1, u.chain
        FROM unnest(streams, versions, topics, bodies, chains) WITH ORDINALITY
            AS u(stream, version, topic, body, chain, number);
    END IF;
    IF done > 0 THEN
        INSERT INTO command (command_id, actor, position, at)
        SELECT u.id, u.actor, u.position, u.moment FROM unnest(ids, actors, ends, moments) AS u(id, actor, position, moment);
        PERFORM pg_notify('relay_events', last_position::text);
    END IF;
END
$$;
