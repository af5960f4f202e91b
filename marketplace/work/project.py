"""The batch loop: read on from where a projection stands, fold per key, write what changed, all in one transaction.

The position row is the fence: it is locked first, so two workers never fold the same events. An event that cannot be
folded parks its stream for this projection and the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.sql import SQL, Composed, Identifier

from domain.event import Recorded
from domain.events import AnyEvent
from marketplace import clock
from marketplace.store.database import Connection, Database
from marketplace.store.log import Log, Unreadable
from projections.projection import Key, Projection

BATCH = 500
Entry = Recorded[AnyEvent] | Unreadable


class Folded(msgspec.Struct):
    """What a batch does to a table: rows to write, keys to remove, streams that stumbled."""

    rows: dict[Key, msgspec.Struct | None]
    stumbled: list[Unreadable]


def fold(projection: Projection[Any], rows: dict[Key, Any], entries: Sequence[Entry], parked: set[UUID]) -> Folded:
    """Fold events into `rows` (those that exist of the touched keys), skipping and naming the streams that stumble."""
    changed: dict[Key, Any] = {}
    stumbled = []
    for entry in entries:
        if entry.stream in parked:
            stumbled.append(Unreadable(entry.position, entry.stream, "after an event that was parked"))
            continue
        if isinstance(entry, Unreadable):
            stumbled.append(entry)
            parked.add(entry.stream)
            continue
        try:
            news = {key: projection.fold(key, rows.get(key), entry) for key in projection.touches(entry)}
        except Exception as error:  # noqa: BLE001  one bad event must not stop the others
            stumbled.append(Unreadable(entry.position, entry.stream, f"{type(error).__name__}: {error}"))
            parked.add(entry.stream)
            continue
        rows.update(news)
        changed.update(news)
    return Folded(changed, stumbled)


def touched(projection: Projection[Any], entries: Sequence[Entry]) -> list[Key]:
    """The keys that a batch touches; an event that cannot say is left to `fold` to park."""
    keys: dict[Key, None] = {}
    for entry in entries:
        if isinstance(entry, Recorded):
            try:
                keys.update(dict.fromkeys(projection.touches(entry)))
            except Exception:  # noqa: BLE001, S112  `fold` meets it again and parks the stream
                continue
    return list(keys)


def load(connection: Connection, projection: Projection[Any], table: str, keys: Sequence[Key]) -> dict[Key, Any]:
    """The existing rows of these keys."""
    if projection.adds_only or not keys:
        return {}
    found = connection.execute(
        SQL("SELECT coalesce(json_agg(t), '[]')::text FROM {} t WHERE {} = ANY(%s)").format(
            Identifier(table), Identifier(projection.key)
        ),
        (list(keys),),
    ).fetchone()
    rows = msgspec.json.decode(found[0] if found else "[]", type=list[projection.row], strict=False)  # type: ignore[name-defined]
    return {getattr(row, projection.key): row for row in rows}


def store(connection: Connection, projection: Projection[Any], table: str, rows: dict[Key, Any]) -> None:
    """Write the rows that there are and remove the keys that have none."""
    gone = [key for key, row in rows.items() if row is None]
    kept = [row for row in rows.values() if row is not None]
    if gone:
        connection.execute(
            SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(Identifier(table), Identifier(projection.key)), (gone,)
        )
    if kept:
        connection.execute(_upsert(projection, table), (msgspec.json.encode(kept).decode(),))


def _upsert(projection: Projection[Any], table: str) -> Composed:
    columns = SQL(", ").join(map(Identifier, projection.columns))
    changes = SQL(", ").join(
        SQL("{0} = excluded.{0}").format(Identifier(name)) for name in projection.columns if name != projection.key
    )
    return SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{real}, %s::jsonb)"
        " ON CONFLICT ({key}) DO UPDATE SET {changes}"
    ).format(
        table=Identifier(table),
        real=Identifier(projection.name),
        columns=columns,
        key=Identifier(projection.key),
        changes=changes,
    )


def behind(database: Database, log: Log, projections: Sequence[Projection[Any]]) -> list[Projection[Any]]:
    """Those that have not read the log to its end; one look, so that a worker with nothing to do costs next to nothing."""
    end = log.position()
    with database.transaction() as connection:
        standing = dict(connection.execute("SELECT name, position FROM projection_position").fetchall())
    return [projection for projection in projections if standing.get(projection.name, 0) < end]


class Reader:
    """Reads the log for several projections that stand at the same place, decoding each batch once."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._batches: dict[tuple[int, int], list[Entry]] = {}

    def read(self, after: int, limit: int) -> list[Entry]:
        """As `Log.read`."""
        if (after, limit) not in self._batches:
            self._batches[after, limit] = list(self._log.read(after, limit))
        return self._batches[after, limit]


def advance(database: Database, log: Log | Reader, projection: Projection[Any], *, limit: int = BATCH) -> int:
    """Fold one batch; answers how many events were read: none, too, while another worker is at this projection."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO projection_position (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", (projection.name,)
        )
        row = connection.execute(
            "SELECT position FROM projection_position WHERE name = %s FOR UPDATE SKIP LOCKED", (projection.name,)
        ).fetchone()
        entries = log.read(row[0], limit) if row else []
        if not entries:
            return 0
        connection.execute(
            "UPDATE projection_position SET position = %s WHERE name = %s", (entries[-1].position, projection.name)
        )
        folded = fold(
            projection,
            load(connection, projection, projection.name, touched(projection, entries)),
            entries,
            parked_streams(connection, projection.name),
        )
        store(connection, projection, projection.name, folded.rows)
        park(connection, projection.name, folded.stumbled, clock.now(connection))
    return len(entries)


def parked_streams(connection: Connection, reader: str) -> set[UUID]:
    """The streams that this reader has parked."""
    return {row[0] for row in connection.execute("SELECT DISTINCT stream FROM parked WHERE reader = %s", (reader,))}


def park(connection: Connection, reader: str, stumbled: Sequence[Unreadable], now: datetime) -> None:
    """Write down what could not be read; `relay check` and the operator's page raise the alarm from these rows."""
    for entry in stumbled:
        connection.execute(
            "INSERT INTO parked (reader, stream, position, error, at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (reader, entry.stream, entry.position, entry.error[:500], now),
        )
