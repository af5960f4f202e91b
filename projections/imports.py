"""A source's imports: how far each has come, and what was wrong where. The rows are the store's, nothing is folded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.viewer import Viewer


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was brought in. `eligible`: who may be invited; `withdrawn`: 辞退; `quarantined`: rows left out."""

    batch: UUID
    system: str
    form: str
    basis: str | None
    notice_version: str
    rows_read: int
    eligible: int
    withdrawn: int
    quarantined: int
    rows_done: int
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at a row (0: the whole file) and a column; never a value."""

    row: int
    column: str
    code: str
    severity: str
    count: int


class AsideRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was set aside. `settled`: repaired, left-out, undone, erased, forgotten; None while it waits."""

    row: int
    mendable: bool
    forget_at: datetime
    settled: str | None
    settled_at: datetime | None


_SHOWN = (
    "id AS batch, system, form, basis, notice_version, rows_read, eligible, withdrawn, quarantined, rows_done,"
    " started_at, finished_at, undone_at"
)
MOST = 200


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Import]:
    """The viewer's company's imports, newest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(b ORDER BY b.started_at DESC, b.batch), '[]')::text FROM"
        f" (SELECT {_SHOWN} FROM import_batch WHERE company = %s ORDER BY started_at DESC, id LIMIT {MOST}) b",
        (viewer.company,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Import])


def one(connection: psycopg.Connection[Any], viewer: Viewer, batch: UUID) -> Import | None:
    """One import of the viewer's company; another's is as if it were not there."""
    row = connection.execute(
        f"SELECT row_to_json(b)::text FROM (SELECT {_SHOWN} FROM import_batch WHERE id = %s AND company = %s) b",
        (batch, viewer.company),
    ).fetchone()
    return msgspec.json.decode(row[0], type=Import) if row else None


def problems(connection: psycopg.Connection[Any], viewer: Viewer, batch: UUID) -> list[Problem]:
    """The faults of one import of the viewer's company, row by row."""
    row = connection.execute(
        "SELECT coalesce(json_agg(json_build_object('row', p.row_no, 'column', p.column_name, 'code', p.code,"
        " 'severity', p.severity, 'count', p.count) ORDER BY p.ordinal), '[]')::text"
        " FROM import_problem p JOIN import_batch b ON b.id = p.batch WHERE p.batch = %s AND b.company = %s",
        (batch, viewer.company),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Problem])


def set_aside(connection: psycopg.Connection[Any], viewer: Viewer, batch: UUID) -> list[AsideRow]:
    """The rows of one import of the viewer's company that were set aside, in the order of the file."""
    row = connection.execute(
        "SELECT coalesce(json_agg(json_build_object('row', r.row_no, 'mendable', r.mendable, 'forget_at', r.forget_at,"
        " 'settled', r.settled, 'settled_at', r.settled_at) ORDER BY r.row_no), '[]')::text"
        " FROM import_row r JOIN import_batch b ON b.id = r.batch WHERE r.batch = %s AND b.company = %s",
        (batch, viewer.company),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[AsideRow])


def waiting(connection: psycopg.Connection[Any], viewer: Viewer) -> dict[UUID, int]:
    """How many rows of each of the company's imports wait to be put right."""
    found = connection.execute(
        "SELECT r.batch, count(*) FROM import_row r JOIN import_batch b ON b.id = r.batch"
        " WHERE b.company = %s AND r.settled IS NULL AND r.mendable AND b.undone_at IS NULL GROUP BY r.batch",
        (viewer.company,),
    )
    return dict(found.fetchall())


def company_of(connection: psycopg.Connection[Any], batch: UUID) -> UUID | None:
    """Whose import it is."""
    row = connection.execute("SELECT company FROM import_batch WHERE id = %s", (batch,)).fetchone()
    return row[0] if row else None
