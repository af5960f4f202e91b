"""Projections that a person asked to have folded anew: a line that the web writes and a task that the worker does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from domain.refusal import Refused
from marketplace.store.database import Connection

TASK = "rebuild"
MOST = 50


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """One of them; without an `outcome` it waits or is under way, at `position` of `until`."""

    id: UUID
    name: str
    asked_by: UUID
    asked_at: datetime
    position: int
    until: int
    ended_at: datetime | None
    outcome: str | None
    differing: int


def ask(connection: Connection, rebuild: UUID, name: str, *, by: UUID, now: datetime) -> None:
    """Have it done; asked twice under one id it is done once. Refuses `rebuild-under-way`."""
    values = {"id": rebuild, "name": name, "by": by, "now": now, "kind": TASK}
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO rebuild (id, name, asked_by, asked_at) VALUES (%(id)s, %(name)s, %(by)s, %(now)s)"
                " ON CONFLICT (id) DO NOTHING",
                values,
            )
            connection.execute(
                "INSERT INTO task (id, kind, subject, run_at) VALUES (%(id)s, %(kind)s, %(id)s, %(now)s)"
                " ON CONFLICT (id) DO NOTHING",
                values,
            )
    except UniqueViolation:
        raise Refused("rebuild-under-way", name=name) from None


def one(connection: Connection, rebuild: UUID) -> Rebuild | None:
    """The one with this id."""
    with connection.cursor(row_factory=class_row(Rebuild)) as cursor:
        return cursor.execute("SELECT * FROM rebuild WHERE id = %s", (rebuild,)).fetchone()


def newest(connection: Connection) -> list[Rebuild]:
    """Those that were asked for last, the newest first."""
    with connection.cursor(row_factory=class_row(Rebuild)) as cursor:
        return cursor.execute("SELECT * FROM rebuild ORDER BY asked_at DESC, id LIMIT %s", (MOST,)).fetchall()


def note(connection: Connection, rebuild: UUID, position: int, until: int) -> None:
    """How far it is."""
    connection.execute("UPDATE rebuild SET position = %s, until = %s WHERE id = %s", (position, until, rebuild))


def end(connection: Connection, rebuild: UUID, outcome: str, *, now: datetime, differing: int = 0) -> None:
    """It is over, and this came of it."""
    connection.execute(
        "UPDATE rebuild SET ended_at = %s, outcome = %s, differing = %s WHERE id = %s AND ended_at IS NULL",
        (now, outcome, differing, rebuild),
    )
