"""What the source promised its applicants about keeping their records, and which records have come near the end of it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid5

from litestar import Response
from msgspec import Meta

from api.pages.showing import carry_out, filled, show, wait_for
from api.pages.source_names import names_of
from api.policies import company
from api.reading import At, viewer_of
from api.route import ThisVisit, form, page
from api.text_types import Body
from api.v1 import applicants
from api.visit import Visit
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole
from domain.ids import ApplicantId, CompanyId
from domain.refusal import Refused
from marketplace.commands import applicant as commands
from marketplace.store.log import Command
from projections import applicant_search
from projections.applicant_pool import Applicant
from projections.applicant_search import Found, Wanted
from projections.source_retention import months_said, say_months

READ = company(of=CompanyRole.SOURCE)
ADMIN = company(MemberRole.ADMIN, of=CompanyRole.SOURCE)
PATH = "/source/retention"
NEAR_DAYS = 30
"""How long before its end a record is on the list."""
AT_ONCE = 100
OVER = "retention-over"


class PromiseForm(Body, frozen=True):
    """How many months after the rejection records are kept, as applicants were told."""

    months: Annotated[int, Meta(ge=1, le=120)]


class LetGoForm(Body, frozen=True):
    """The records that are let go now."""

    applicants: Annotated[tuple[UUID, ...], Meta(max_length=AT_ONCE)] = ()


@page(PATH, policy=READ)
def retention(visit: ThisVisit, at: At = None) -> Response[str]:
    """The promise, and the records whose end is near, the most urgent first."""
    wait_for(visit, at, "applicant_pool")
    return _show(visit)


@form(PATH, policy=ADMIN)
def promise(visit: ThisVisit) -> Response[str]:
    """The source says how long it keeps records."""

    def act() -> None:
        months = filled(visit, PromiseForm).months
        with visit.house.database.transaction() as connection:
            say_months(connection, visit.company, months, by=visit.id, now=visit.now)

    return carry_out(visit, act, then=PATH, again=lambda: _show(visit))


@form(PATH + "/letting-go", policy=applicants.LET_GO)
def let_go(visit: ThisVisit) -> Response[str]:
    """Several records are let go for good; those of others, or gone already, are passed over."""

    def act() -> int:
        chosen = filled(visit, LetGoForm).applicants
        if not chosen: raise Refused("nothing-chosen")
        position = 0
        for applicant in chosen:
            mine = Command(id=uuid5(visit.command.id, f"let-go:{applicant}"), actor=visit.command.actor, now=visit.now)
            try:
                done = commands.erase(
                    visit.house.office, mine, applicant=ApplicantId(applicant), company=CompanyId(visit.company), cause=OVER
                )
            except Refused:
                continue
            position = max(position, done.position)
        return position

    return carry_out(visit, act, then=PATH, again=lambda: _show(visit))


def months_of(visit: Visit) -> int | None:
    """What the visitor's company promised, if it said so."""
    with visit.house.database.transaction() as connection:
        return months_said(connection, viewer_of(visit))


def end_of(record: Applicant, months: int | None) -> date | None:
    """The last day of the promised time, counted from the rejection, or from the import where none is known."""
    return None if months is None else _plus_months(record.rejected_on or jst_date(record.imported_at), months)


def near_end(visit: Visit, limit: int = AT_ONCE) -> tuple[list[Found], int]:
    """The records whose time is over within thirty days or was over before, and how many there are in all."""
    viewer, months = viewer_of(visit), months_of(visit)
    if months is None: return [], 0
    wanted = Wanted(ends_by=jst_date(visit.now) + timedelta(days=NEAR_DAYS))
    with visit.house.database.transaction() as connection:
        many = applicant_search.count(connection, viewer, wanted, months=months)
        rows = applicant_search.search(connection, viewer, wanted, months=months, limit=limit, oldest_first=True)
    return rows, many


def _plus_months(day: date, months: int) -> date:
    """The corresponding day, or the month's last where it has no such day; as the search counts it."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _show(visit: Visit) -> Response[str]:
    visit.back = PATH
    rows, many = near_end(visit)
    return show(
        visit,
        "source_retention.html",
        months=months_of(visit),
        found=rows,
        many=many,
        names=names_of(visit, rows),
        may_decide=visit.actor.role is MemberRole.ADMIN,
    )


ROUTES = [retention, promise, let_go]
