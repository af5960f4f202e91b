"""The batch loop: read on from where a projection stands, fold per key, write what changed, all in one transaction.

The position row is the fence: it is locked first, so two workers never fold the same events. An event that cannot be
folded, or whose row the database refuses, parks its stream for this projection and the others go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.event import Recorded
from domain.events import AnyEvent
from marketplace import clock
from marketplace.store.database import Connection, Database
from marketplace.store.log import Log, Unreadable
from marketplace.work.rows import Known, Rows, load, store
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


def advance_all(
    database: Database, log: Log, projections: Sequence[Projection[Any]], known: Known | None = None, *, limit: int = BATCH
) -> int:
    """Fold one batch of every projection; answers how many events were read, each counted once a projection.

    Most events concern few projections: those that a batch does not touch are moved on together, in one statement.
    """
    with database.reading() as connection:
        standing = dict(connection.execute("SELECT name, position FROM projection_position").fetchall())
    reader, passing, done = Reader(log), defaultdict[int, list[str]](list), 0
    folding = []
    for projection in projections:
        at = standing.get(projection.name, 0)
        if not (entries := reader.read(at, limit)):
            continue
        if at and not _concerns(projection, entries):
            passing[at].append(projection.name)
        else:
            folding.append(projection)
    for at, names in passing.items():
        entries = reader.read(at, limit)
        done += len(entries) * _pass_over(database, names, at, entries[-1].position)
    return done + sum(advance(database, reader, projection, known, limit=limit) for projection in folding)


def _concerns(projection: Projection[Any], entries: Sequence[Entry]) -> bool:
    """Is there anything in these events to fold, or to park?"""
    try:
        return any(isinstance(entry, Unreadable) or any(True for _ in projection.touches(entry)) for entry in entries)
    except Exception:  # noqa: BLE001  `fold` meets it again and parks the stream
        return True


def _pass_over(database: Database, names: Sequence[str], at: int, to: int) -> int:
    """Move projections on that stand there still; answers how many. What another worker is at is left to it."""
    with database.reading() as connection:
        return connection.execute(
            "UPDATE projection_position p SET position = %s FROM (SELECT name, set_config('synchronous_commit', 'off', true)"
            " FROM projection_position WHERE name = ANY(%s) AND position = %s ORDER BY name FOR UPDATE SKIP LOCKED) free"
            " WHERE p.name = free.name",
            (to, list(names), at),
        ).rowcount


def advance(
    database: Database, log: Log | Reader, projection: Projection[Any], known: Known | None = None, *, limit: int = BATCH
) -> int:
    """Fold one batch, event by event if the database refuses what came of the whole. `known` is kept from turn to turn."""
    known = known or Known()
    try:
        return _advance(database, log, projection, known, limit=limit)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _advance(database, log, projection, known, limit=limit, carefully=True)


def _advance(
    database: Database, log: Log | Reader, projection: Projection[Any], known: Known, *, limit: int, carefully: bool = False
) -> int:
    """Fold one batch; answers how many events were read: none, too, while another worker is at this projection.

    The commit does not wait for the disk: rows and position are lost together or not at all, and folded again.
    """
    name = projection.name
    with database.transaction() as connection:
        place = standing(connection, name)
        entries = log.read(place.position, limit) if place else []
        if place is None or not entries:
            return 0
        rows, parked = known.take(name, place.version), set(place.parked)
        if carefully:
            stumbled = fold_carefully(connection, projection, name, entries, parked)
        else:
            stumbled = fold_all(connection, projection, name, entries, parked, rows)
        if stumbled:
            park(connection, name, stumbled, clock.now(connection))
        version = move(connection, name, entries[-1].position)
    if not carefully: known.leave(name, version, rows)
    return len(entries)


def fold_all(
    connection: Connection,
    projection: Projection[Any],
    table: str,
    entries: Sequence[Entry],
    parked: set[UUID],
    known: Rows | None = None,
) -> list[Unreadable]:
    """Fold a batch into a table; answers what stumbled on the way. `known` rows are not read, and are brought up to date."""
    known = {} if known is None or projection.adds_only else known
    keys = touched(projection, entries)
    before = load(connection, projection, table, [key for key in keys if key not in known])
    before |= {key: known[key] for key in keys if key in known}
    folded = fold(projection, dict(before), entries, parked)
    store(connection, projection, table, before, folded.rows)
    known.update(folded.rows)
    return folded.stumbled


def fold_carefully(
    connection: Connection, projection: Projection[Any], table: str, entries: Sequence[Entry], parked: set[UUID]
) -> list[Unreadable]:
    """One event at a time, each in a savepoint, so that one whose row cannot be kept takes nobody else along."""
    stumbled: list[Unreadable] = []
    for entry in entries:
        try:
            with connection.transaction():
                stumbled += fold_all(connection, projection, table, [entry], parked)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            stumbled.append(Unreadable(entry.position, entry.stream, type(error).__name__))
            parked.add(entry.stream)
    return stumbled


class Place(msgspec.Struct, frozen=True):
    """Where a reader stands, which streams it has parked, and the version of the row that says so."""

    position: int
    parked: list[UUID]
    version: str


def standing(connection: Connection, name: str) -> Place | None:
    """Where a reader stands, locked for this transaction; None while another worker has it."""
    for attempt in (1, 2):
        row = connection.execute(
            "SELECT position, ARRAY(SELECT DISTINCT stream FROM parked WHERE reader = name), xmin::text,"
            " set_config('synchronous_commit', 'off', true)"
            " FROM projection_position WHERE name = %s FOR UPDATE SKIP LOCKED",
            (name,),
        ).fetchone()
        if row is not None:
            return Place(*row[:3])
        if attempt == 1:
            connection.execute(
                "INSERT INTO projection_position (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", (name,)
            )
    return None


def move(connection: Connection, name: str, position: int) -> str:
    """Let a reader stand there; answers the version that its row has once this transaction is committed."""
    row = connection.execute(
        "UPDATE projection_position SET position = %s WHERE name = %s RETURNING pg_current_xact_id()::xid::text",
        (position, name),
    ).fetchone()
    return "" if row is None else str(row[0])


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
