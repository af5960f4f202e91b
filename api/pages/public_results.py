"""What the law has a placement business publish of its fees: what was charged, by occupation and year, from the ledger.

Of a few hires no sum is shown, because a sum and a rate together would tell somebody's salary; the rate alone tells none.
And the penalty clause (違約金規約), which a company is shown before it accepts the terms.
"""

from __future__ import annotations

from itertools import groupby

import msgspec
from litestar import Response

from api.pages.showing import show
from api.policies import public
from api.route import ThisVisit, page
from domain.money import WHOLE_BPS
from projections import hire_bases
from projections.hire_bases import Result

LEAST = 5
"""So many hires a sum needs to be shown."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One occupation in one year; the average rate in basis points of the yearly salary."""

    occupation: str
    hires: int
    indefinite: int
    rate_bps: int


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """One fiscal year. The sums are None where they would be of fewer than `LEAST` hires."""

    year: int
    lines: list[Line]
    hires: int
    owed_yen: int | None
    returned_yen: int | None


@page("/legal/results", policy=public)
def results(visit: ThisVisit) -> Response[str]:
    """Fees by year and occupation, and the penalty clause."""
    with visit.house.database.transaction() as connection:
        found = hire_bases.results(connection)
    years = [_year(year, list(rows)) for year, rows in groupby(found, key=lambda row: row.year)]
    policy = visit.house.office.policy
    return show(visit, "public_results.html", years=years, policy=policy, least=LEAST)


def _year(year: int, rows: list[Result]) -> Year:
    hires = sum(row.hires for row in rows)
    lines = [
        Line(
            occupation=row.occupation,
            hires=row.hires,
            indefinite=row.indefinite,
            rate_bps=row.fee_yen * WHOLE_BPS // row.base_yen,
        )
        for row in rows
    ]
    enough = hires >= LEAST
    return Year(
        year=year,
        lines=lines,
        hires=hires,
        owed_yen=sum(row.owed_yen for row in rows) if enough else None,
        returned_yen=sum(row.returned_yen for row in rows) if enough else None,
    )


ROUTES = [results]
