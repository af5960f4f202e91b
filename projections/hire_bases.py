"""The fee base of each hire (理論年収) and for which term it is; with the fees they give the rates that are published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace
from psycopg.rows import class_row

from domain.event import Recorded
from domain.events import AnyEvent
from domain.hire import BaseCorrected, HireReported
from projections.projection import Projection


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """One hire's base, as it was last agreed."""

    hire: UUID
    introduction: UUID
    base_yen: int
    term: str


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The hire."""
    if isinstance(entry.event, HireReported | BaseCorrected):
        yield entry.stream


def fold(key: UUID, row: Base | None, entry: Recorded[AnyEvent]) -> Base | None:
    """The base after the event."""
    match entry.event:
        case HireReported(introduction=introduction, base_yen=yen, term=term):
            return Base(hire=key, introduction=introduction, base_yen=yen, term=term)
        case BaseCorrected(base_yen=yen) if row:
            return replace(row, base_yen=yen)
        case _:
            return row


PROJECTION = Projection(name="hire_bases", row=Base, key="hire", touches=touches, fold=fold)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What was charged in one fiscal year (April to March) for one occupation. `owed_yen`: with tax, from the ledger."""

    year: int
    occupation: str
    hires: int
    indefinite: int
    fee_yen: int
    base_yen: int
    owed_yen: int
    returned_yen: int


def results(connection: psycopg.Connection[Any]) -> list[Result]:
    """Every fee that the ledger holds, by fiscal year and occupation, the newest year first. A free slot is no fee."""
    with connection.cursor(row_factory=class_row(Result)) as cursor:
        return cursor.execute(
            """
            WITH owed AS (
                SELECT stream AS fee, min(effective_on) AS owed_on, sum(amount_yen) AS owed_yen FROM ledger
                WHERE account = 'receivable:hiring' AND currency = 'JPY' AND kind IN ('fee-accrued.v1', 'fee-adjusted.v1')
                GROUP BY stream HAVING sum(amount_yen) > 0
            )
            SELECT extract(year FROM o.owed_on - interval '3 months')::int AS year, j.occupation, count(*) AS hires,
                count(*) FILTER (WHERE b.term = 'indefinite') AS indefinite, sum(f.fee_yen)::bigint AS fee_yen,
                sum(b.base_yen)::bigint AS base_yen, sum(o.owed_yen)::bigint AS owed_yen,
                sum(f.returned_yen)::bigint AS returned_yen
            FROM owed o JOIN fees f USING (fee) JOIN hire_bases b USING (hire)
                JOIN introduction_board i ON i.introduction = f.introduction JOIN jobs j ON j.job = i.job
            GROUP BY 1, 2 ORDER BY 1 DESC, 2
            """
        ).fetchall()
