"""Effects: leased rows that carry only an id. One worker at a time has a task; what fails is tried again, later each time.

A worker that stood still beyond its lease has no say any more: the lease fences what it writes.
"""

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
    leased_until: datetime


LEASE_ONE = """
    UPDATE task SET leased_until = %(until)s, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM task
        WHERE done_at IS NULL AND run_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
        ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, subject, attempts, leased_until
"""


def advance(database: Database, effects: Mapping[str, Effect]) -> int:
    """Do one task that is due; answers 1, or 0 if none waits."""
    with database.transaction() as connection:
        now = clock.now(connection)
        row = connection.execute(LEASE_ONE, {"now": now, "until": now + LEASE}).fetchone()
    if row is None:
        return 0
    task = Task(*row)
    failures = 0
    try:
        again = effects[task.kind](task.subject, now)
    except Exception as error:
        logger.exception("task %s %s failed", task.kind, task.id)
        failures = task.attempts
        again = Again(now + min(FIRST_WAIT * 2 ** min(failures, 20), LONGEST_WAIT), type(error).__name__)
    with database.transaction() as connection:
        if again is None:
            connection.execute(
                "UPDATE task SET done_at = %s, last_error = NULL WHERE id = %s AND leased_until = %s",
                (now, task.id, task.leased_until),
            )
        else:
            # What only goes on has not failed: a task that comes every hour must not wait ever longer after one outage.
            connection.execute(
                "UPDATE task SET run_at = %s, leased_until = NULL, last_error = %s, attempts = %s"
                " WHERE id = %s AND leased_until = %s",
                (again.at, again.why, failures, task.id, task.leased_until),
            )
    return 1
