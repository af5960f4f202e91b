"""The hiring company's page: its jobs, its introductions by stage, its fees."""

from __future__ import annotations

from typing import Annotated

from litestar import Response
from litestar.params import QueryParameter

from api import pictures
from api.pages.hiring_board import columns_of, standing, tasks_of
from api.pages.hiring_job_choice import headings
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import company
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Count
from api.v1 import companies, fees
from api.visit import Visit
from domain.company import CompanyRole, MemberRole

HIRING = company(of=CompanyRole.HIRING)
MONEY = frozenset({MemberRole.ADMIN, MemberRole.FINANCE})
READS = ("jobs", "introduction_board", "fees", "placements", "ledger")
MOST_YEN = 100_000_000
Agency = Annotated[str, QueryParameter(required=False, max_length=12)]


class TermsForm(Body, frozen=True):
    """The version of fee table, refund scheme and penalty clause that was shown."""

    terms_version: Count


@page("/hiring", policy=HIRING)
def overview(visit: ThisVisit, at: At = None, agency_yen: Agency = "") -> Response[str]:
    """What waits, what goes on, what is owed; `agency_yen` is what an agency would take for a hire, by the reader's own number."""
    wait_for(visit, at, *READS)
    return _show(visit, _yen(agency_yen))


@form("/hiring/terms-acceptance", policy=company(MemberRole.ADMIN, of=CompanyRole.HIRING))
def accept_terms(visit: ThisVisit) -> Response[str]:
    """Fee table, refund scheme and penalty clause are accepted."""

    def act() -> Done:
        data = companies.Terms(terms_version=filled(visit, TermsForm).terms_version)
        done: Done = same(companies.accept_terms)(visit, visit.company, data)
        return done

    return carry_out(visit, act, then="/hiring", again=lambda: _show(visit))


def _yen(text: str) -> int | None:
    """A number that somebody typed; None for whatever else stands in an address."""
    return min(int(text), MOST_YEN) if text.isascii() and text.isdecimal() else None


def _show(visit: Visit, agency_yen: int | None = None) -> Response[str]:
    asked = standing(visit)
    owed = same(fees.list_fees)(visit).items if visit.actor.role in MONEY else None
    own_jobs = headings(visit)
    return show(
        visit,
        "hiring.html",
        mine=same(companies.read_company)(visit, visit.company),
        policy=visit.house.office.policy,
        jobs=own_jobs,
        titles={each.job: each.title for each in own_jobs},
        columns=[each for each in columns_of(asked) if each.rows],
        tasks=tasks_of(visit, asked),
        funnel=pictures.hiring_funnel(visit),
        fees=owed,
        cost=pictures.hiring_cost(visit, owed, agency_yen) if owed else None,
        agency_yen=agency_yen,
    )


ROUTES = [overview, accept_terms]
