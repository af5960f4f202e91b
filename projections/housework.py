"""The house's own work as the operator sees it: tasks that wait or fail, messages by state. Ids and codes, no addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

MOST = 100


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done. `attempts` counts failures in a row, `leased_until`: a worker is at it."""

    id: UUID
    kind: str
    subject: UUID
    run_at: datetime
    attempts: int
    leased_until: datetime | None
    last_error: str | None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `state`: sent, withheld (a rule), failed (tried, not yet taken), waiting."""

    id: UUID
    template: str
    recipient_kind: str
    recipient: UUID
    created_at: datetime
    sent_at: datetime | None
    not_sent: str | None
    attempts: int
    state: str


STATES = ("waiting", "failed", "withheld", "sent")
_STATE = (
    "CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN not_sent IS NOT NULL THEN 'withheld'"
    " WHEN attempts > 0 THEN 'failed' ELSE 'waiting' END"
)


def tasks(connection: psycopg.Connection[Any], *, failing: bool) -> list[Task]:
    """What waits, the next first; or only what has failed."""
    which = "AND attempts > 0 AND last_error IS NOT NULL" if failing else ""
    with connection.cursor(row_factory=class_row(Task)) as cursor:
        return cursor.execute(
            "SELECT id, kind, subject, run_at, attempts, leased_until, last_error FROM task"
            f" WHERE done_at IS NULL {which} ORDER BY run_at, id LIMIT {MOST}".encode()
        ).fetchall()


def kinds(connection: psycopg.Connection[Any]) -> list[tuple[str, int, int]]:
    """Kind of task, how many wait, and how many of them have failed before."""
    return connection.execute(
        "SELECT kind, count(*), count(*) FILTER (WHERE attempts > 0 AND last_error IS NOT NULL) FROM task"
        " WHERE done_at IS NULL GROUP BY kind ORDER BY kind"
    ).fetchall()


def retry(connection: psycopg.Connection[Any], task: UUID, now: datetime) -> bool:
    """Have a task that failed, or is due, done now; false if it is done, in hand, or meant for a later day."""
    changed = connection.execute(
        "UPDATE task SET run_at = %(now)s WHERE id = %(task)s AND done_at IS NULL"
        " AND (leased_until IS NULL OR leased_until <= %(now)s) AND (attempts > 0 OR run_at <= %(now)s)",
        {"task": task, "now": now},
    )
    return bool(changed.rowcount)


def messages(
    connection: psycopg.Connection[Any], *, state: str = "", before: datetime | None = None, recipient: UUID | None = None
) -> list[Sent]:
    """The newest messages, of one state or to one recipient where that is asked, those made before a moment."""
    with connection.cursor(row_factory=class_row(Sent)) as cursor:
        return cursor.execute(
            "SELECT * FROM (SELECT id, template, recipient_kind, recipient, created_at, sent_at, not_sent, attempts,"
            f" {_STATE} AS state FROM message) m"
            " WHERE (%(state)s = '' OR state = %(state)s) AND (%(before)s::timestamptz IS NULL OR created_at < %(before)s)"
            " AND (%(recipient)s::uuid IS NULL OR recipient = %(recipient)s)"
            f" ORDER BY created_at DESC, id DESC LIMIT {MOST}".encode(),
            {"state": state, "before": before, "recipient": recipient},
        ).fetchall()
