"""Closing a month on its checklist, entries by hand that two people sign, and handing the month over as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, PathParameter
from msgspec import Meta

from api.pages.finance_names import companies, people
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Code
from api.v1 import months
from api.v1.ledger import FINANCE
from api.v1.months import READS, PostingGiven, Proposal
from api.visit import Visit
from domain.books import AdjustmentCause
from domain.rules.ledger_accounts import YEN_ACCOUNTS

PATH = "/finance/months"
ONE = PATH + "/{month:str}"
MonthPath = Annotated[str, PathParameter(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class AdjustmentForm(Body, frozen=True):
    """One amount from one account to another."""

    on: date
    cause: AdjustmentCause
    debit: Code
    credit: Code
    amount_yen: Annotated[int, Meta(ge=1, le=10_000_000_000)]
    company: UUID | None = None


@page(PATH, policy=FINANCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """The months since the first entry."""
    wait_for(visit, at, *READS)
    return show(visit, "finance_months.html", months=same(months.list_months)(visit).items)


@page(ONE, policy=FINANCE)
def one(visit: ThisVisit, month: MonthPath, at: At = None) -> Response[str]:
    """One month with its checklist."""
    wait_for(visit, at, *READS)
    return _show(visit, month)


@form(ONE + "/closing", policy=FINANCE)
def close(visit: ThisVisit, month: MonthPath) -> Response[str]:
    """Close it."""
    return _do(visit, month, lambda: same(months.close)(visit, month))


@form(ONE + "/exports", policy=FINANCE)
def export(visit: ThisVisit, month: MonthPath) -> Response[str]:
    """Write down that it is handed over."""
    return _do(visit, month, lambda: same(months.export)(visit, month))


@form(ONE + "/adjustments", policy=FINANCE)
def propose(visit: ThisVisit, month: MonthPath) -> Response[str]:
    """An entry by hand, for a second person to sign."""

    def act() -> Done:
        typed = filled(visit, AdjustmentForm)
        postings = (
            PostingGiven(account=typed.debit, amount_yen=typed.amount_yen, company=typed.company),
            PostingGiven(account=typed.credit, amount_yen=-typed.amount_yen, company=typed.company),
        )
        made: Done = same(months.propose)(visit, Proposal(on=typed.on, cause=typed.cause, postings=postings))
        return made

    return _do(visit, month, act)


@form(ONE + "/adjustments/{adjustment:uuid}/signature", policy=FINANCE)
def sign(visit: ThisVisit, month: MonthPath, adjustment: FromPath[UUID]) -> Response[str]:
    """The second signature."""
    return _do(visit, month, lambda: same(months.sign)(visit, month, adjustment))


@form(ONE + "/adjustments/{adjustment:uuid}/dropping", policy=FINANCE)
def drop(visit: ThisVisit, month: MonthPath, adjustment: FromPath[UUID]) -> Response[str]:
    """Take it off the table."""
    return _do(visit, month, lambda: same(months.drop)(visit, month, adjustment))


def _do(visit: Visit, month: str, act: Callable[[], Done]) -> Response[str]:
    return carry_out(visit, act, then=f"{PATH}/{month}", again=lambda: _show(visit, month))


def _show(visit: Visit, month: str) -> Response[str]:
    found = same(months.read_month)(visit, month)
    return show(
        visit,
        "finance_month.html",
        month=found,
        is_ready=all(each.is_met for each in found.checklist),
        accounts=sorted(YEN_ACCOUNTS),
        causes=list(AdjustmentCause),
        names=companies(visit),
        people=people(visit),
        me=visit.actor.text,
    )


ROUTES = [overview, one, close, export, propose, sign, drop]
