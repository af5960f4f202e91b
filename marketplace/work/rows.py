"""A projection's table, read and written by the batch: rows travel as one JSON document, and only what changed is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import astuple
from psycopg.sql import SQL, Identifier

from marketplace.store.database import Connection
from projections.projection import Key, Projection

Rows = dict[Key, Any]
"""Of some keys their row; None: it is known that there is none."""

MOST_KNOWN = 5_000


class Known:
    """The rows that this reader wrote last, by projection, so that the next batch need not read them again.

    They are what the table has as long as nobody else wrote: who folds or rebuilds also writes the position row, whose
    version (`xmin`) then is another than the one left behind.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[str, Rows]] = {}

    def take(self, projection: str, version: str) -> Rows:
        """What is known while the position row has this version. It is taken away: a batch that fails leaves nothing."""
        left, rows = self._left.pop(projection, ("", {}))
        return rows if left == version else {}

    def leave(self, projection: str, version: str, rows: Rows) -> None:
        """What the table has since the transaction `version` was committed; the oldest are forgotten beyond a bound."""
        for key in list(rows)[: max(0, len(rows) - MOST_KNOWN)]:
            del rows[key]
        self._left[projection] = (version, rows)


def load(connection: Connection, projection: Projection[Any], table: str, keys: Sequence[Key]) -> dict[Key, Any]:
    """The existing rows of these keys."""
    if projection.adds_only or not keys:
        return {}
    found = connection.execute(_select(table, projection.key), (list(keys),)).fetchone()
    rows = msgspec.json.decode(found[0] if found else "[]", type=list[projection.row], strict=False)  # type: ignore[name-defined]
    return {getattr(row, projection.key): row for row in rows}


@cache
def _select(table: str, key: str) -> bytes:
    statement = SQL("SELECT coalesce(json_agg(t), '[]')::text FROM {} t WHERE {} = ANY(%s)")
    return statement.format(Identifier(table), Identifier(key)).as_bytes()


def store(
    connection: Connection, projection: Projection[Any], table: str, before: Mapping[Key, Any], rows: Mapping[Key, Any]
) -> None:
    """Write what differs from `before`: new rows whole, of the others the columns that changed, and remove the gone."""
    gone: list[Key] = []
    new: list[msgspec.Struct] = []
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for key, row in rows.items():
        if row is None:
            gone.append(key)
        elif (was := before.get(key)) is None:
            new.append(row)
        elif changes := _changes(projection.columns, was, row):
            changed[tuple(changes)].append({projection.key: key, **changes})
    if gone:
        connection.execute(
            SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(Identifier(table), Identifier(projection.key)), (gone,)
        )
    if new:
        connection.execute(_upsert(table, projection.name, projection.key, projection.columns), (_json(new),))
    for names, values in changed.items():
        connection.execute(_update(table, projection.name, projection.key, names), (_json(values),))


def _changes(columns: tuple[str, ...], was: msgspec.Struct, row: msgspec.Struct) -> dict[str, Any]:
    return {
        name: now
        for name, then, now in zip(columns, astuple(was), astuple(row), strict=True)
        if then is not now and then != now
    }


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()


@cache
def _upsert(table: str, real: str, key: str, names: tuple[str, ...]) -> bytes:
    columns = SQL(", ").join(map(Identifier, names))
    changes = SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in names if name != key)
    statement = SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{real}, %s::json)"
        " ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )
    return statement.format(
        table=Identifier(table), real=Identifier(real), columns=columns, key=Identifier(key), changes=changes
    ).as_bytes()


@cache
def _update(table: str, real: str, key: str, names: tuple[str, ...]) -> bytes:
    changes = SQL(", ").join(SQL("{0} = changed.{0}").format(Identifier(name)) for name in names)
    statement = SQL(
        "UPDATE {table} kept SET {changes} FROM json_populate_recordset(NULL::{real}, %s::json) changed"
        " WHERE kept.{key} = changed.{key}"
    )
    return statement.format(
        table=Identifier(table), real=Identifier(real), key=Identifier(key), changes=changes
    ).as_bytes()
