"""Effects: leased rows that carry only an id. One worker at a time has a task; what fails is tried again, later each time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from marketplace import clock
from marketplace.store.database import Database

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
Effect = Callable[[UUID, datetime], "Again | None"]

logger = logging.getLogger(__name__)


class Again(msgspec.Struct, frozen=True):
    """Not finished: look again at `at`. Not a failure."""

    at: datetime
    why: str


class Task(msgspec.Struct, frozen=True):
    """A leased task."""

    id: UUID
    kind: str
    subject: UUID
    attempts: int


LEASE_ONE = """
    UPDATE task SET leased_until = %(until)s, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM task
        WHERE done_at IS NULL AND run_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
        ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, subject, attempts
"""


def advance(database: Database, effects: Mapping[str, Effect]) -> int:
    """Do one task that is due; answers 1, or 0 if none waits."""
    with database.transaction() as connection:
        now = clock.now(connection)
        row = connection.execute(LEASE_ONE, {"now": now, "until": now + LEASE}).fetchone()
    if row is None:
        return 0
    task = Task(*row)
    try:
        again = effects[task.kind](task.subject, now)
    except Exception as error:
        logger.exception("task %s %s failed", task.kind, task.id)
        again = Again(now + min(FIRST_WAIT * 2 ** min(task.attempts, 20), LONGEST_WAIT), type(error).__name__)
    with database.transaction() as connection:
        if again is None:
            connection.execute("UPDATE task SET done_at = %s, last_error = NULL WHERE id = %s", (now, task.id))
        else:
            connection.execute(
                "UPDATE task SET run_at = %s, leased_until = NULL, last_error = %s WHERE id = %s",
                (again.at, again.why, task.id),
            )
    return 1
