"""Timers: every promise with a date is a row of the `due` projection; whatever is due is carried out, and decided anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import psycopg

from domain.refusal import Refused
from marketplace import clock
from marketplace.commands.office import Office
from marketplace.store.database import Connection
from marketplace.store.log import Appended, Command, StoreUnavailable, StreamMoved
from marketplace.work.react import limit_turn, note_refusal

LEADER = 7160293848
BATCH = 200
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=24)
Timer = Callable[[Office, Command, UUID], object]

DUE = """
    SELECT d.id, d.stream, d.kind, d.due_at, coalesce(r.attempts, 0)
    FROM due d LEFT JOIN refusal r ON r.id = d.id
    WHERE d.due_at <= %s AND (r.next_at IS NULL OR r.next_at <= %s)
    ORDER BY d.due_at, d.id LIMIT %s
"""

logger = logging.getLogger(__name__)


def advance(office: Office, timers: Mapping[str, Timer]) -> int:
    """Carry out what is due; answers how many timers were carried out or refused: none while another worker sweeps."""
    with office.database.transaction() as connection:
        limit_turn(connection)
        leads = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (LEADER,)).fetchone()
        if leads != (True,):
            return 0
        now = clock.now(connection)
        done = 0
        for key, stream, kind, due_at, attempts in connection.execute(DUE, (now, now, BATCH)).fetchall():
            # The moment of this one, not of the batch: what it decides on may have run out since.
            moment = clock.now(connection)
            done += _carry_out(office, connection, timers[kind], (key, stream, kind, due_at), attempts, moment)
    return done


def _still_stands(connection: Connection, key: str, due_at: datetime, position: int) -> bool:
    """Has the projection read what the timer's command wrote, and is the timer there all the same? One snapshot."""
    row = connection.execute(
        "SELECT FROM due d, projection_position p"
        " WHERE d.id = %s AND d.due_at = %s AND p.name = 'due' AND p.position >= %s",
        (key, due_at, position),
    ).fetchone()
    return row is not None


def _carry_out(
    office: Office,
    connection: Connection,
    timer: Timer,
    due: tuple[str, UUID, str, datetime],
    attempts: int,
    now: datetime,
) -> int:
    key, stream, kind, due_at = due
    command = Command(id=uuid5(stream, f"due:{kind}:{due_at.isoformat()}:{attempts}"), actor=f"timer:{kind}", now=now)
    if (position := office.log.carried_out(command.id)) is not None:
        if _still_stands(connection, key, due_at, position):
            # Carried out, and nothing came of it. Ask again tomorrow.
            note_refusal(connection, key, stream, kind, "nothing-to-do", now, now + LONGEST_WAIT)
        return 0
    wait = min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT)
    try:
        done = timer(office, command, stream)
        if isinstance(done, Appended) and done.outcome == "again":
            # Nothing was written that could end the timer: without a wait it would be due again at once, for ever.
            note_refusal(connection, key, stream, kind, "nothing-to-do", now, now + LONGEST_WAIT)
        else:
            connection.execute("DELETE FROM refusal WHERE id = %s", (key,))
    except Refused as refused:
        note_refusal(connection, key, stream, kind, refused.code, now, now + wait)
    except (StreamMoved, StoreUnavailable, psycopg.OperationalError):
        if connection.closed:
            raise  # the turn was lost, and with it the right to go on
        logger.warning("timer %s of %s waits", kind, stream)
        return 0
    except Exception as error:
        # One that cannot work must not stop those behind it.
        logger.exception("timer %s of %s failed", kind, stream)
        note_refusal(connection, key, stream, kind, type(error).__name__, now, now + wait)
    return 1
