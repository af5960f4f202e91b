"""The register of introductions (求人・求職管理簿) as far as it needs no name: found by a number, with what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from projections.provision_records import Provision

MOST = 40


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One introduction in the register; who it was is sealed."""

    introduction: UUID
    number: str
    candidate: UUID
    hiring: UUID
    occupation: str
    requested_at: datetime
    disclosed_at: datetime | None
    closed: str | None
    hire: UUID | None
    started_on: date | None
    left_on: date | None
    return_bps: int | None


def find(connection: psycopg.Connection[Any], text: str) -> list[Entry]:
    """The entries of a 紹介番号, an introduction or a person; without one the newest that were disclosed."""
    try:
        key = UUID(text)
    except ValueError:
        key = None
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(
            "SELECT b.introduction, b.number, i.candidate, b.hiring, j.occupation, b.requested_at, b.disclosed_at, b.closed,"
            " p.hire, p.started_on, p.left_on, p.return_bps"
            " FROM introduction_board b JOIN candidate_inbox i USING (introduction) JOIN jobs j ON j.job = b.job"
            " LEFT JOIN placements p ON p.introduction = b.introduction AND p.status <> 'cancelled'"
            " WHERE CASE WHEN %(text)s = '' THEN b.disclosed_at IS NOT NULL"
            " ELSE b.number = upper(%(text)s) OR b.introduction = %(key)s OR i.candidate = %(key)s END"
            f" ORDER BY b.requested_at DESC, b.introduction LIMIT {MOST}".encode(),
            {"text": text, "key": key},
        ).fetchall()


def provisions(connection: psycopg.Connection[Any], introductions: list[UUID]) -> list[Provision]:
    """The provision records of these introductions, both sides', the newest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.recorded_at DESC, p.id), '[]')::text FROM provision_records p"
        " WHERE p.introduction = ANY(%s)",
        (introductions,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Provision])
