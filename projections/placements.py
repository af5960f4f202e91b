"""Hires: who was placed where, since when, and how it went on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.event import Recorded
from domain.events import AnyEvent
from domain.hire import (
    EmploymentStarted,
    HireCancelled,
    HireConfirmed,
    HireContested,
    HireReported,
    LeaveDetermined,
    LeaveReported,
    OfferWithdrawn,
    OwnershipResolved,
    StartPostponed,
)
from domain.ids import CandidateId
from domain.viewer import Viewer
from projections.gate import theirs
from projections.projection import Projection


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """One hire. `status`: reported, contested, confirmed, started, leaving, left, cancelled. `placed_on`: confirmed by both."""

    hire: UUID
    introduction: UUID
    candidate: UUID
    hiring: UUID
    employment_no: int
    reported_by: str
    started_on: date
    status: str = "reported"
    placed_on: date | None = None
    owners: tuple[UUID, ...] = ()
    left_on: date | None = None
    return_bps: int | None = None


_STATUS = {
    HireContested: "contested",
    OfferWithdrawn: "cancelled",
    HireCancelled: "cancelled",
}


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A hire's events touch the hire."""
    if isinstance(
        entry.event,
        HireReported
        | HireConfirmed
        | HireContested
        | OwnershipResolved
        | StartPostponed
        | EmploymentStarted
        | LeaveReported
        | LeaveDetermined
        | OfferWithdrawn
        | HireCancelled,
    ):
        yield entry.stream


def fold(key: UUID, row: Placement | None, entry: Recorded[AnyEvent]) -> Placement | None:
    """The hire after the event."""
    match entry.event:
        case HireReported() as reported:
            return Placement(
                hire=key,
                introduction=reported.introduction,
                candidate=reported.candidate,
                hiring=reported.hiring,
                employment_no=reported.employment_no,
                reported_by=reported.reported_by,
                started_on=reported.started_on,
            )
        case HireConfirmed() if row:
            return replace(row, status="confirmed", placed_on=entry.meta.effective_on)
        case OwnershipResolved(shares=shares) if row:
            return replace(row, owners=tuple(share.source for share in shares))
        case StartPostponed(started_on=day) if row:
            return replace(row, started_on=day)
        case EmploymentStarted(started_on=day) if row:
            return replace(row, status="started", started_on=day)
        case LeaveReported(left_on=day) if row:
            return replace(row, status="leaving", left_on=day)
        case LeaveDetermined(left_on=day, return_bps=bps) if row:
            return replace(row, status="left", left_on=day, return_bps=bps)
        case HireContested() | OfferWithdrawn() | HireCancelled() if row:
            return replace(row, status=_STATUS[type(entry.event)])
        case _:
            return row


PROJECTION = Projection(name="placements", row=Placement, key="hire", touches=touches, fold=fold)


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Placement]:
    """The viewer's company's hires, newest first; for a hiring manager those for the jobs they look after."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.started_on DESC, p.hire), '[]')::text"
        " FROM placements p LEFT JOIN introduction_board b ON b.introduction = p.introduction"
        f" WHERE p.hiring = %(company)s AND {theirs('b.job')}",
        {"company": viewer.company, "only": viewer.only_assigned},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Placement])


def of_candidate(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Placement]:
    """The person's own hires, newest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.started_on DESC, p.hire), '[]')::text FROM placements p"
        " WHERE p.candidate = %s",
        (candidate,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Placement])


def of_introduction(connection: psycopg.Connection[Any], introduction: UUID) -> list[UUID]:
    """The hires that an introduction led to."""
    found = connection.execute(
        "SELECT hire FROM placements WHERE introduction = %s ORDER BY employment_no", (introduction,)
    )
    return [row[0] for row in found]
