"""A source's own records, searched by what is coded of them; the newest rejection first. Nobody's name is in here."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.viewer import Viewer
from projections.applicant_pool import Applicant


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None and empty: any. `ends_by`: the time that the source promised is over by this day."""

    channel: str | None = None
    job_type: str | None = None
    stage: str | None = None
    reason: str | None = None
    status: str | None = None
    outcome: str | None = None
    rejected_from: date | None = None
    rejected_to: date | None = None
    score_from: int | None = None
    ends_by: date | None = None
    batch: UUID | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One record that was found. `ends_on`: the day on which the time that the source promised is over."""

    record: Applicant
    ends_on: date | None


_ENDS_ON = """(coalesce(a.rejected_on, (a.imported_at AT TIME ZONE 'Asia/Tokyo')::date)
    + make_interval(months => %(months)s::int))::date"""
_MATCHES = f"""
    a.company = %(company)s
    AND (%(channel)s::text IS NULL OR a.channel = %(channel)s)
    AND (%(job_type)s::text IS NULL OR a.job_type = %(job_type)s)
    AND (%(stage)s::text IS NULL OR a.stage = %(stage)s)
    AND (%(reason)s::text IS NULL OR a.reason = %(reason)s)
    AND (%(status)s::text IS NULL OR a.status = %(status)s)
    AND (%(outcome)s::text IS NULL OR a.outcome = %(outcome)s)
    AND (%(batch)s::uuid IS NULL OR a.batch = %(batch)s)
    AND (%(rejected_from)s::date IS NULL OR a.rejected_on >= %(rejected_from)s)
    AND (%(rejected_to)s::date IS NULL OR a.rejected_on <= %(rejected_to)s)
    AND (%(score_from)s::int IS NULL OR a.score >= %(score_from)s)
    AND (%(ends_by)s::date IS NULL OR (a.status <> 'ended' AND {_ENDS_ON} <= %(ends_by)s))
"""


def search(
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    wanted: Wanted,
    *,
    months: int | None,
    after: UUID | None = None,
    limit: int = 50,
    oldest_first: bool = False,
) -> list[Found]:
    """A page of what is looked for among the viewer's company's records. `months`: how long they may be kept, if said."""
    way = "ASC" if oldest_first else "DESC"
    row = connection.execute(
        f"""
        SELECT coalesce(json_agg(f ORDER BY f.newest {way}, f.applicant {way}), '[]')::text FROM (
            SELECT a.applicant, coalesce(a.rejected_on, '-infinity') AS newest, {_ENDS_ON} AS ends_on,
                to_json(a) AS record
            FROM applicant_pool a
            WHERE {_MATCHES} AND (%(after)s::uuid IS NULL OR (coalesce(a.rejected_on, '-infinity'), a.applicant) < (
                SELECT coalesce(b.rejected_on, '-infinity'), b.applicant FROM applicant_pool b
                WHERE b.applicant = %(after)s AND b.company = %(company)s))
            ORDER BY coalesce(a.rejected_on, '-infinity') {way}, a.applicant {way} LIMIT %(limit)s
        ) f
        """.encode(),
        _values(viewer, wanted, months) | {"after": after, "limit": limit},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Found])


def count(connection: psycopg.Connection[Any], viewer: Viewer, wanted: Wanted, *, months: int | None) -> int:
    """How many there are in all."""
    query = f"SELECT count(*) FROM applicant_pool a WHERE {_MATCHES}".encode()
    row = connection.execute(query, _values(viewer, wanted, months)).fetchone()
    return row[0] if row else 0


def _values(viewer: Viewer, wanted: Wanted, months: int | None) -> dict[str, Any]:
    return {**msgspec.structs.asdict(wanted), "company": viewer.company, "months": months}
