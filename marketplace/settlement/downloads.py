"""What finance took out as a file: who, when, what, by which filters, how many lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from marketplace.store.database import Connection


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was taken out."""

    id: UUID
    at: datetime
    asked_by: str
    what: str
    filters: dict[str, Any]
    lines: int


_COLUMNS = ", ".join(Download.__struct_fields__)


def note(
    connection: Connection, key: UUID, *, at: datetime, asked_by: str, what: str, filters: Mapping[str, str], lines: int
) -> None:
    """Write one down; the same one a second time changes nothing."""
    connection.execute(
        f"INSERT INTO download ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s::jsonb, %s)"  # noqa: S608  our own names
        " ON CONFLICT (id) DO NOTHING",
        (key, at, asked_by, what, msgspec.json.encode(filters).decode(), lines),
    )


def newest(connection: Connection, *, limit: int = 50) -> list[Download]:
    """The last ones, newest first; for the operator's finance."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM download ORDER BY at DESC, id LIMIT %s", (limit,)  # noqa: S608  our own names
    )
    rows = (dict(zip(Download.__struct_fields__, row, strict=True)) for row in found.fetchall())
    return [msgspec.convert(row, Download) for row in rows]
