"""Reconciling: now, day by day and object by object, and every one there was, with who stands for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, QueryParameter

from api.pages.finance_names import people
from api.pages.showing import carry_out, same, show, wait_for
from api.reading import At
from api.route import ThisVisit, form, page
from api.v1 import reconciliations
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.books import month_of
from domain.calendar import jst_date
from domain.rules.ledger import next_month
from projections import months

PATH = "/finance/reconciliations"
Month = Annotated[str, QueryParameter(required=False, pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")]


@page(PATH, policy=FINANCE)
def overview(visit: ThisVisit, month: Month = "", at: At = None) -> Response[str]:
    """The days of a month, and the history."""
    wait_for(visit, at, "months", "ledger")
    return _show(visit, month)


@form(PATH, policy=FINANCE)
def reconcile(visit: ThisVisit) -> Response[str]:
    """Fetch what moved at Stripe and compare now; the answer is the page with the difference."""
    found: list[reconciliations.Reconciled] = []

    def act() -> None:
        found.append(same(reconciliations.reconcile)(visit))

    refused = carry_out(visit, act, then="", again=lambda: _show(visit, ""))
    if not found: return refused
    wait_for(visit, found[0].log_position, "ledger")
    return _show(visit, "", found[0])


@form(PATH + "/{reconciliation:uuid}/signature", policy=FINANCE)
def sign(visit: ThisVisit, reconciliation: FromPath[UUID]) -> Response[str]:
    """Somebody stands for it."""
    return carry_out(
        visit, lambda: same(reconciliations.sign)(visit, reconciliation), then=PATH, again=lambda: _show(visit, "")
    )


def _show(visit: Visit, month: str, reconciled: reconciliations.Reconciled | None = None) -> Response[str]:
    this = month_of(jst_date(visit.now))
    shown = month or this
    with visit.house.database.transaction() as connection:
        rows = months.everything(connection).values()
    signed = {(each.position, each.difference_yen): each for row in rows for each in row.signatures}
    return show(
        visit,
        "finance_reconciliations.html",
        reconciled=reconciled,
        history=same(reconciliations.list_reconciliations)(visit).items,
        days=same(reconciliations.list_days)(visit, shown).items,
        month=shown,
        before=_before(shown),
        following=next_month(shown) if shown < this else "",
        signed=signed,
        people=people(visit),
    )


def _before(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


ROUTES = [overview, reconcile, sign]
