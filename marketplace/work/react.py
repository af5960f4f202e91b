"""Reactions: read on in the log and carry out the commands that each event calls for.

A reaction's command id comes from the event and the reaction's name, so doing it twice does it once. What a rule refuses is
written down for the operator; what fails for the moment is tried again; what cannot work parks its stream.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

import psycopg

from domain.event import Recorded
from domain.events import AnyEvent
from domain.reactions import wanted
from domain.refusal import Refused
from marketplace import clock
from marketplace.commands.office import Office
from marketplace.store.database import Connection
from marketplace.store.log import Command, StoreUnavailable, StreamMoved, Unreadable
from marketplace.work.project import park, parked_streams

READER = "react"
BATCH = 100
Reaction = Callable[[Office, Command, Recorded[AnyEvent]], object]

logger = logging.getLogger(__name__)


def advance(office: Office, reactions: Mapping[str, Reaction]) -> int:
    """React to one batch of events; answers how many were read: none while another worker is at it."""
    with office.database.transaction() as connection:
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        position = _standing(connection)
        entries = [] if position is None else office.log.read(position, BATCH)
        parked = parked_streams(connection, READER)
        done = 0
        for entry in entries:
            if isinstance(entry, Unreadable) or entry.stream in parked:
                error = entry.error if isinstance(entry, Unreadable) else "after an event that was parked"
                park(connection, READER, [Unreadable(entry.position, entry.stream, error)], clock.now(connection))
                parked.add(entry.stream)
            elif not _react(office, connection, reactions, entry, parked):
                break
            done += 1
        if done:
            connection.execute(
                "UPDATE projection_position SET position = %s WHERE name = %s", (entries[done - 1].position, READER)
            )
    return done


def _standing(connection: Connection) -> int | None:
    connection.execute(
        "INSERT INTO projection_position (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", (READER,)
    )
    row = connection.execute(
        "SELECT position FROM projection_position WHERE name = %s FOR UPDATE SKIP LOCKED", (READER,)
    ).fetchone()
    return row[0] if row else None


def _react(
    office: Office,
    connection: Connection,
    reactions: Mapping[str, Reaction],
    entry: Recorded[AnyEvent],
    parked: set[UUID],
) -> bool:
    """Carry out what one event calls for; False: not now, try again later from this event on."""
    for name in wanted(entry.event):
        now = clock.now(connection)
        command = Command(id=uuid5(entry.stream, f"{entry.version}:{name}"), actor=f"reaction:{name}", now=now)
        try:
            reactions[name](office, command, entry)
        except Refused as refused:
            note_refusal(connection, f"{entry.position}:{name}", entry.stream, name, refused.code, now, None)
        except (StreamMoved, StoreUnavailable, psycopg.OperationalError):
            logger.warning("reaction %s at %s waits", name, entry.position)
            return False
        except Exception as error:
            logger.exception("reaction %s at %s is parked", name, entry.position)
            park(connection, READER, [Unreadable(entry.position, entry.stream, f"{name}: {type(error).__name__}")], now)
            parked.add(entry.stream)
            break
    return True


def note_refusal(
    connection: Connection, key: str, stream: UUID, name: str, code: str, now: datetime, next_at: datetime | None
) -> None:
    """Write down what a rule refused to a reaction or a timer, and when it is tried again."""
    connection.execute(
        "INSERT INTO refusal (id, stream, wanted, code, attempts, at, next_at) VALUES (%s, %s, %s, %s, 1, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET code = excluded.code, attempts = refusal.attempts + 1,"
        " at = excluded.at, next_at = excluded.next_at",
        (key, stream, name, code, now, next_at),
    )
