"""What only a superuser can do to the log: put an event there that nobody can read, and put it right again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from domain.calendar import jst_date
from domain.event import Event, Meta
from marketplace.store.mapper import EventMapper, Pending

if TYPE_CHECKING:
    from tests.faults.working_site import Site

_INSERT = """
    WITH head AS (SELECT notification_id, chain FROM relay_events ORDER BY notification_id DESC LIMIT 1),
    written AS (INSERT INTO relay_events
        SELECT %s::uuid, %s::bigint, %s::text, %s::bytea, notification_id + 1,
               relay_chain(chain, %s::uuid, %s::bigint, %s::text, %s::bytea) FROM head RETURNING notification_id),
    carried AS (INSERT INTO command SELECT %s, 'superuser', notification_id, %s FROM written)
    SELECT notification_id FROM written
"""
_PUT_RIGHT = """
    SET session_replication_role = replica;
    DO $$ DECLARE last bytea; one record; BEGIN
        UPDATE relay_events SET topic = '{topic}', state = '\\x{state}' WHERE notification_id = {position};
        SELECT chain INTO last FROM relay_events WHERE notification_id = {position} - 1;
        FOR one IN SELECT * FROM relay_events WHERE notification_id >= {position} ORDER BY notification_id LOOP
            last := relay_chain(last, one.originator_id, one.originator_version, one.topic, one.state);
            UPDATE relay_events SET chain = last WHERE notification_id = one.notification_id;
        END LOOP;
        DELETE FROM log_seal WHERE position >= {position};
    END $$
"""


def stored(stream: UUID, version: int, event: Event, at: datetime) -> tuple[str, bytes]:
    """An event as the log keeps it: its topic and its bytes."""
    meta = Meta(actor="superuser", command=uuid4(), recorded_at=at, effective_on=jst_date(at), policy_version=1)
    kept = EventMapper().to_stored_event(Pending(stream, version, meta, event))  # type: ignore[arg-type]
    return kept.topic, kept.state


def insert(site: Site, stream: UUID, topic: str, state: bytes) -> int:
    """Past the store, straight into the table, at the log's end. Answers the position."""
    version = site.one("SELECT coalesce(max(originator_version), 0) + 1 FROM relay_events WHERE originator_id = %s", stream)
    row = (stream, version, topic, state)
    return int(site.one(_INSERT, *row, *row, uuid4(), site.now()))


def put_right(site: Site, position: int, topic: str, state: bytes) -> None:
    """The event as it should have been, the chain from it on, and no seal of what was there instead."""
    site.rows(_PUT_RIGHT.format(topic=topic, state=state.hex(), position=position))
