"""The gate anew from the events: compare it with the living one, or put the living one right.

A row that is closed says the same as no row, so a row that no event gave is closed, not removed: nobody may remove.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from domain.event import Recorded
from domain.events import AnyEvent
from marketplace.store import gate
from marketplace.store.database import Connection, Database, without_haste
from marketplace.store.log import Log
from marketplace.work.project import BATCH
from marketplace.work.rebuild import Comparison, Progress

NAME = "gate"
APPEND_LOCK = 7160293847
"""The lock that `relay_append_group` takes: who holds it knows that the log stands still."""

_UPSERT = """
    INSERT INTO gate_beside (subject, what, object, open, expires_at, position)
    SELECT subject, what, object, open, expires_at, position FROM jsonb_populate_recordset(NULL::gate, %s::jsonb)
    ON CONFLICT (subject, what, object) DO UPDATE
    SET open = excluded.open, expires_at = excluded.expires_at, position = excluded.position
"""
_DIFFERING = """
    FROM gate a FULL JOIN gate_beside b USING (subject, what, object)
    WHERE coalesce(a.open, false) <> coalesce(b.open, false)
       OR (a.open AND b.open AND a.expires_at IS DISTINCT FROM b.expires_at)
"""
_NAMES = "SELECT what || ' of ' || subject || ' for ' || object" + _DIFFERING + " ORDER BY 1 LIMIT 20"
_PUT_RIGHT = (
    "INSERT INTO gate (subject, what, object, open, expires_at, position)"
    " SELECT subject, what, object, coalesce(b.open, false), b.expires_at, coalesce(b.position, a.position)"
    + _DIFFERING
    + " ON CONFLICT (subject, what, object) DO UPDATE"
    " SET open = excluded.open, expires_at = excluded.expires_at, position = excluded.position"
)


def check(database: Database, log: Log, progress: Progress) -> Comparison:
    """Compare, changing nothing. `database`: as the owner, who may make temporary tables."""
    with database.transaction() as connection:
        # One snapshot holds events and gate as one append left them.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _begin(connection)
        row = connection.execute("SELECT coalesce(max(notification_id), 0) FROM relay_events").fetchone()
        until = row[0] if row else 0
        _fold(connection, log, 0, until, lambda position: progress(position, until))
        comparison = _compare(connection)
        connection.execute("DROP TABLE pg_temp.gate_beside")
    return comparison


def rebuild(database: Database, log: Log, progress: Progress) -> Comparison:
    """Put right what differs. Only the last stretch of the log is folded while appends wait."""
    with database.transaction() as connection:
        _begin(connection)
        until = log.position()
        _fold(connection, log, 0, until, lambda position: progress(position, until))
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
        _fold(connection, log, until, log.position(), lambda _: None)
        comparison = _compare(connection)
        connection.execute(_PUT_RIGHT.encode())
        connection.execute("DROP TABLE pg_temp.gate_beside")
    return comparison


def _begin(connection: Connection) -> None:
    without_haste(connection)
    connection.execute("CREATE TEMPORARY TABLE gate_beside (LIKE gate INCLUDING ALL)")


def _fold(connection: Connection, log: Log, after: int, until: int, progress: Callable[[int], None]) -> None:
    position = after
    while position < until:
        entries = [entry for entry in log.read(position, BATCH) if entry.position <= until]
        if not entries:
            return
        last: dict[tuple[UUID, str, UUID], gate.Row] = {}
        for entry in entries:
            if isinstance(entry, Recorded):
                last.update({(row["subject"], row["what"], row["object"]): row for row in _rows(entry)})
        if last:
            connection.execute(_UPSERT, (msgspec.json.encode(list(last.values())).decode(),))
        position = entries[-1].position
        progress(position)


def _rows(entry: Recorded[AnyEvent]) -> list[gate.Row]:
    return [row | {"position": entry.position} for row in gate.rows([(entry.stream, entry.event)])]


def _compare(connection: Connection) -> Comparison:
    differing = connection.execute(_NAMES.encode()).fetchall()
    row = connection.execute("SELECT count(*) FROM gate_beside").fetchone()
    return Comparison(NAME, row[0] if row else 0, tuple(each[0] for each in differing))
