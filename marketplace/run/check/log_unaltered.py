"""The log is as it was written: no position missing, versions 1 to n, every link of the chain, every signed head.

A last event that was taken away leaves the chain whole; the last command, which names its position, gives it away.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from marketplace.run.check.invariant import BATCH, Answer, Context, Finding, Invariant, found
from marketplace.store.database import Connection, without_haste
from marketplace.store.seal import FIRST_LINK, verify_seals

NAME = "log-unaltered"
Row = tuple[int, UUID, int, str, bytes, bytes]

# By positions and versions the order must be the same; a version is there once by its primary key.
_VERSIONS = """
    SELECT o.originator_id, o.originator_version, o.notification_id FROM (
        SELECT e.originator_id, e.originator_version, e.notification_id,
               row_number() OVER (PARTITION BY e.originator_id ORDER BY e.notification_id) AS expected
        FROM relay_events e
    ) o WHERE o.originator_version <> o.expected ORDER BY o.notification_id LIMIT 1
"""


def link(previous: bytes, stream: UUID, version: int, topic: str, state: bytes) -> bytes:
    """The chain's next link, computed here: a function in the database could have been changed with the rows."""
    body = stream.bytes + version.to_bytes(8, "big", signed=True) + topic.encode() + b"\x00" + state
    return hashlib.sha256(previous + body).digest()


def check(context: Context) -> Answer:
    """The first place where the log is not what it was."""
    with context.database.transaction() as connection:
        # One snapshot: what is appended meanwhile is not half seen.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        without_haste(connection)
        finding = _chain(context, connection) or _versions(connection) or _commands(connection)
        return finding or _seals(context, connection)


def _chain(context: Context, connection: Connection) -> Finding | None:
    end = _last(connection)
    position, chain = 0, FIRST_LINK
    while page := _page(connection, position):
        for at, stream, version, topic, state, claimed in page:
            if at != position + 1:
                return found(NAME, "missing", position + 1)
            chain = link(chain, stream, version, topic, state)
            if chain != claimed:
                return found(NAME, "altered", at, stream=stream, version=version, topic=topic)
            position = at
        context.progress(position, end)
    return None


def _page(connection: Connection, after: int) -> list[Row]:
    rows: list[Any] = connection.execute(
        "SELECT notification_id, originator_id, originator_version, topic, state, chain FROM relay_events"
        " WHERE notification_id > %s ORDER BY notification_id LIMIT %s",
        (after, BATCH),
    ).fetchall()
    return [(*row[:4], bytes(row[4]), bytes(row[5])) for row in rows]


def _last(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(notification_id), 0) FROM relay_events").fetchone()
    return row[0] if row else 0


def _versions(connection: Connection) -> Finding | None:
    row = connection.execute(_VERSIONS).fetchone()
    return None if row is None else found(NAME, "versions", row[2], stream=row[0], version=row[1])


def _commands(connection: Connection) -> Finding | None:
    """The last command ends where the log ends."""
    end = _last(connection)
    row = connection.execute("SELECT coalesce(max(position), 0) FROM command").fetchone()
    told = row[0] if row else 0
    if told > end:
        return found(NAME, "last-removed", end + 1, told=told)
    if told < end:
        return found(NAME, "without-command", told + 1)
    return None


def _seals(context: Context, connection: Connection) -> Finding | None:
    for broken in verify_seals(connection, context.verify):
        return found(NAME, f"seal-{broken.reason}", broken.position)
    return None


INVARIANT = Invariant(name=NAME, check=check)
