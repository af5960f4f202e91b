"""Rebuild a projection beside the living one, compare, and swap it in; or only compare (`relay check`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

from marketplace import clock
from marketplace.store.database import Connection, Database, without_haste
from marketplace.store.log import Log, Unreadable
from marketplace.work import project
from projections.projection import Projection

Progress = Callable[[int, int], None]


class Comparison(msgspec.Struct, frozen=True):
    """How a fresh fold differs from the living rows: keys only there, only here, or with other values."""

    name: str
    rows: int
    differing: tuple[str, ...]


def fold_beside(
    connection: Connection, log: Log, projection: Projection[Any], until: int, progress: Progress
) -> tuple[str, list[Unreadable]]:
    """Fold the log up to `until` into a temporary table; answers its name and what stumbled on the way."""
    beside = f"{projection.name}_beside"
    connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier("pg_temp", beside)))
    connection.execute(
        SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING ALL)").format(Identifier(beside), Identifier(projection.name))
    )
    position = 0
    parked: set[UUID] = set()
    stumbled: list[Unreadable] = []
    while position < until:
        entries = [e for e in log.read(position, project.BATCH) if e.position <= until]
        if not entries:
            break
        stumbled += _fold_batch(connection, projection, beside, entries, parked)
        position = entries[-1].position
        progress(position, until)
    return beside, stumbled


def _fold_batch(
    connection: Connection,
    projection: Projection[Any],
    beside: str,
    entries: Sequence[project.Entry],
    parked: set[UUID],
) -> list[Unreadable]:
    known = set(parked)
    try:
        with connection.transaction():
            return project.fold_all(connection, projection, beside, entries, parked)
    except (psycopg.DataError, psycopg.IntegrityError):
        parked.intersection_update(known)
        return project.fold_carefully(connection, projection, beside, entries, parked)


def compare(connection: Connection, projection: Projection[Any], beside: str) -> Comparison:
    """Compare row by row as text, in key order."""
    found = connection.execute(
        SQL(
            "SELECT coalesce(a.{key}::text, b.{key}::text) FROM {live} a FULL JOIN {beside} b ON a.{key} = b.{key}"
            " WHERE to_jsonb(a)::text IS DISTINCT FROM to_jsonb(b)::text ORDER BY 1 LIMIT 20"
        ).format(key=Identifier(projection.key), live=Identifier(projection.name), beside=Identifier(beside))
    ).fetchall()
    count = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(beside))).fetchone()
    return Comparison(projection.name, cast("tuple[int]", count)[0], tuple(row[0] for row in found))


def _standing(connection: Connection, name: str, *, lock: bool) -> int:
    row = connection.execute(
        SQL("SELECT position FROM projection_position WHERE name = %s {}").format(SQL("FOR UPDATE" if lock else "")),
        (name,),
    ).fetchone()
    return row[0] if row else 0


def check(database: Database, log: Log, projection: Projection[Any]) -> Comparison:
    """Compare the living rows with a fresh fold to the same position, changing nothing."""
    with database.transaction() as connection:
        without_haste(connection)
        until = _standing(connection, projection.name, lock=True)
        beside, _ = fold_beside(connection, log, projection, until, lambda _now, _end: None)
        comparison = compare(connection, projection, beside)
        connection.execute(SQL("DROP TABLE {}").format(Identifier("pg_temp", beside)))
    return comparison


def rebuild(
    database: Database, log: Log, projection: Projection[Any], *, must_be_equal: bool, progress: Progress
) -> Comparison:
    """Fold anew and swap in, in one transaction that readers do not wait for; unparks what now reads.

    `must_be_equal` (the ledger): the swap is refused if any row differs from what was there.
    """
    with database.transaction() as connection:
        without_haste(connection)
        until = _standing(connection, projection.name, lock=True)
        beside, stumbled = fold_beside(connection, log, projection, until, progress)
        comparison = compare(connection, projection, beside)
        if comparison.differing and must_be_equal:
            return comparison
        columns = SQL(", ").join(map(Identifier, projection.columns))
        connection.execute(SQL("DELETE FROM {}").format(Identifier(projection.name)))
        connection.execute(
            SQL("INSERT INTO {live} ({columns}) SELECT {columns} FROM {beside}").format(
                live=Identifier(projection.name), columns=columns, beside=Identifier(beside)
            )
        )
        # Whoever folds on must not go by rows it remembers: the same place, but another version of it.
        project.move(connection, projection.name, until)
        connection.execute("DELETE FROM parked WHERE reader = %s", (projection.name,))
        project.park(connection, projection.name, stumbled, clock.now(connection))
        connection.execute(SQL("DROP TABLE {}").format(Identifier("pg_temp", beside)))
    return comparison
