-- Commands are appended in groups: one lock, one write to disk and one notification for many, each with its own outcome.
-- Nothing was released with relay_append, so nobody still calls it.
DROP FUNCTION relay_append(uuid, text, timestamptz, uuid[], bigint[], uuid[], bigint[], text[], bytea[], jsonb);

-- A group of commands, one transaction. Of each command: already done? versions as expected? then its events, its
-- companion rows. Answers in order `done`, `again` (this command id is stored; nothing was written) or `conflict` with the
-- stream that moved. An event's state is `length` bytes of `states` after the first `skip`.
CREATE FUNCTION relay_append_group(commands jsonb, states bytea)
RETURNS TABLE (outcome text, at_position bigint, moved uuid) LANGUAGE plpgsql AS $$
DECLARE
    each record;
    event record;
    event_state bytea;
    last_position bigint;
    last_chain bytea;
    anything_done boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock(7160293847);
    SELECT e.notification_id, e.chain INTO last_position, last_chain
    FROM relay_events e ORDER BY e.notification_id DESC LIMIT 1;
    IF NOT FOUND THEN
        last_position := 0;
        last_chain := '\x00'::bytea;
    END IF;
    FOR each IN
        SELECT * FROM jsonb_to_recordset(commands)
        AS c(id uuid, actor text, moment timestamptz, versions jsonb, events jsonb, companions jsonb)
    LOOP
        SELECT 'again', c.position, NULL INTO outcome, at_position, moved FROM command c WHERE c.command_id = each.id;
        IF FOUND THEN
            RETURN NEXT;
            CONTINUE;
        END IF;
        SELECT 'conflict', 0, v.stream INTO outcome, at_position, moved
        FROM jsonb_to_recordset(each.versions) AS v(stream uuid, version bigint)
        WHERE v.version <> coalesce(
            (SELECT max(e.originator_version) FROM relay_events e WHERE e.originator_id = v.stream), 0)
        LIMIT 1;
        IF FOUND THEN
            RETURN NEXT;
            CONTINUE;
        END IF;
        FOR event IN
            SELECT * FROM jsonb_to_recordset(each.events)
            AS e(stream uuid, version bigint, topic text, skip int, length int)
        LOOP
            last_position := last_position + 1;
            event_state := substring(states FROM event.skip + 1 FOR event.length);
            last_chain := relay_chain(last_chain, event.stream, event.version, event.topic, event_state);
            INSERT INTO relay_events (originator_id, originator_version, topic, state, notification_id, chain)
            VALUES (event.stream, event.version, event.topic, event_state, last_position, last_chain);
        END LOOP;
        INSERT INTO command (command_id, actor, position, at) VALUES (each.id, each.actor, last_position, each.moment);
        IF each.companions IS NOT NULL THEN
            PERFORM relay_companions(each.companions, last_position);
        END IF;
        anything_done := true;
        SELECT 'done', last_position, NULL INTO outcome, at_position, moved;
        RETURN NEXT;
    END LOOP;
    IF anything_done THEN
        PERFORM pg_notify('relay_events', last_position::text);
    END IF;
END
$$;
