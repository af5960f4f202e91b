"""Reactions: read on in the log and carry out the commands that each event calls for.

A reaction's command id comes from the event and the reaction's name, so doing it twice does it once. What a rule refuses is
written down for the operator and asked again, later each time; what fails for the moment is tried again; what cannot work
parks its stream, which is looked at every hour until it can be taken up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
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
from marketplace.work.project import move, park, standing

READER = "react"
BATCH = 100
TURN_SECONDS = 300.0
"""No command takes so long. A worker that was stopped and wakes finds that its command was carried out, or is none."""
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=24)
LOOK_EVERY = timedelta(hours=1)
Reaction = Callable[[Office, Command, Recorded[AnyEvent]], object]

logger = logging.getLogger(__name__)


def advance(office: Office, reactions: Mapping[str, Reaction]) -> int:
    """React to one batch of events; answers how many were looked at: none while another worker is at it."""
    with office.database.transaction() as connection:
        limit_turn(connection)
        # The turn's commit need not wait for the disk: a turn that is lost is taken again, and its commands are found done.
        place = standing(connection, READER)
        if place is None:
            return 0
        entries, parked = office.log.read(place.position, BATCH), set(place.parked)
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
            move(connection, READER, entries[done - 1].position)
        elif not entries:
            done = _ask_again(office, connection, reactions) + _take_up_again(office, connection, reactions)
    return done


def limit_turn(connection: Connection) -> None:
    """Who stands still for longer than this in the midst of a turn loses it, so that another worker goes on."""
    connection.execute(
        "SELECT set_config('idle_in_transaction_session_timeout', %s, true)", (f"{int(TURN_SECONDS * 1000)}ms",)
    )


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
        try:
            reactions[name](office, _command(entry, name, now), entry)
        except Refused as refused:
            note_refusal(
                connection, f"{entry.position}:{name}", entry.stream, name, refused.code, now, now + FIRST_WAIT
            )
        except (StreamMoved, StoreUnavailable, psycopg.OperationalError):
            logger.warning("reaction %s at %s waits", name, entry.position)
            return False
        except Exception as error:
            logger.exception("reaction %s at %s is parked", name, entry.position)
            park(connection, READER, [Unreadable(entry.position, entry.stream, f"{name}: {type(error).__name__}")], now)
            parked.add(entry.stream)
            break
    return True


def _command(entry: Recorded[AnyEvent], name: str, now: datetime) -> Command:
    return Command(id=uuid5(entry.stream, f"{entry.version}:{name}"), actor=f"reaction:{name}", now=now)


def _ask_again(office: Office, connection: Connection, reactions: Mapping[str, Reaction]) -> int:
    """What a rule refused may be allowed by now (a company is reinstated): the same command, decided anew."""
    now = clock.now(connection)
    found = connection.execute(
        "SELECT id, stream, wanted, attempts FROM refusal WHERE wanted = ANY(%s) AND next_at <= %s"
        " ORDER BY next_at, id LIMIT %s",
        (list(reactions), now, BATCH),
    ).fetchall()
    for key, stream, name, attempts in found:
        entry = _entry_at(office, int(key.partition(":")[0]))
        wait = min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT)
        code = ""
        if isinstance(entry, Recorded):
            try:
                reactions[name](office, _command(entry, name, now), entry)
            except Refused as refused:
                code = refused.code
            except Exception as error:
                # Noted, so that it neither stops the others nor is asked again at once.
                logger.exception("reaction %s at %s failed", name, entry.position)
                code = type(error).__name__
        if code:
            note_refusal(connection, key, stream, name, code, now, now + wait)
        else:
            connection.execute("DELETE FROM refusal WHERE id = %s", (key,))
    return len(found)


def _take_up_again(office: Office, connection: Connection, reactions: Mapping[str, Reaction]) -> int:
    """A stream that was parked goes on where it stopped, as soon as what stood in the way was repaired."""
    now = clock.now(connection)
    streams = connection.execute(
        "SELECT stream, array_agg(position ORDER BY position) FROM parked WHERE reader = %s"
        " GROUP BY stream HAVING max(at) <= %s",
        (READER, now - LOOK_EVERY),
    ).fetchall()
    for stream, positions in streams:
        connection.execute("UPDATE parked SET at = %s WHERE reader = %s AND stream = %s", (now, READER, stream))
        for position in positions:
            entry, stumbled = _entry_at(office, position), set[UUID]()
            if not isinstance(entry, Recorded) or not _react(office, connection, reactions, entry, stumbled) or stumbled:
                break
            connection.execute(
                "DELETE FROM parked WHERE reader = %s AND stream = %s AND position = %s", (READER, stream, position)
            )
    return len(streams)


def _entry_at(office: Office, position: int) -> Recorded[AnyEvent] | Unreadable | None:
    return next(iter(office.log.at([position])), None)


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
