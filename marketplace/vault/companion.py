"""Rows that the vault wants written in the append's own transaction (`store.append(..., also=companions(...))`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class CompanionRow(msgspec.Struct, frozen=True):
    """A row as data: table, and column → JSON-able value. Rows of one table always name the same columns."""

    table: str
    values: Mapping[str, Any]


def companions(*rows: CompanionRow) -> dict[str, list[Mapping[str, Any]]]:
    """Group rows by table, in the form the store takes."""
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row.values)
    return tables


def bytea(value: bytes) -> str:
    """Bytes as PostgreSQL reads them out of JSON text."""
    return "\\x" + value.hex()
