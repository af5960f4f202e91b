"""Transfer runs: gathering what is due, looking at every amount, a second person's approval, and what became of it."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.finance_names import said
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import ThisVisit, form, page, see_other
from api.v1 import transfer_runs
from api.v1.ledger import FINANCE
from api.v1.transfer_runs import READS, Rejection
from api.visit import Visit
from domain.transfer_run import RejectCause

RUNS = "/finance/runs"


@page(RUNS, policy=FINANCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """What is due, and the runs so far."""
    wait_for(visit, at, *READS)
    return _overview(visit)


@form(RUNS, policy=FINANCE)
def draft(visit: ThisVisit) -> Response[str]:
    """Gather what is due, and look at it."""
    made: list[str] = []

    def act() -> int:
        drafted = same(transfer_runs.draft)(visit)
        made.append(f"{RUNS}/{drafted.id}?at={drafted.position}")
        return int(drafted.position)

    answer = carry_out(visit, act, then=RUNS, again=lambda: _overview(visit))
    return see_other(visit, made[0]) if made else answer


@page(RUNS + "/{run:uuid}", policy=FINANCE)
def one(visit: ThisVisit, run: FromPath[UUID], at: At = None) -> Response[str]:
    """One run, line by line."""
    wait_for(visit, at, *READS)
    return _one(visit, run)


@form(RUNS + "/{run:uuid}/approval", policy=FINANCE)
def approve(visit: ThisVisit, run: FromPath[UUID]) -> Response[str]:
    """A second person stands for it."""
    return carry_out(
        visit, lambda: same(transfer_runs.approve)(visit, run), then=f"{RUNS}/{run}", again=lambda: _one(visit, run)
    )


@form(RUNS + "/{run:uuid}/rejection", policy=FINANCE)
def reject(visit: ThisVisit, run: FromPath[UUID]) -> Response[str]:
    """It is not sent."""
    return carry_out(
        visit,
        lambda: same(transfer_runs.reject)(visit, run, filled(visit, Rejection)),
        then=f"{RUNS}/{run}",
        again=lambda: _one(visit, run),
    )


def _overview(visit: Visit) -> Response[str]:
    return show(
        visit,
        "finance_runs.html",
        due=same(transfer_runs.list_due)(visit).items,
        runs=same(transfer_runs.list_runs)(visit).items,
        **said(visit),
    )


def _one(visit: Visit, run: UUID) -> Response[str]:
    found = same(transfer_runs.read_run)(visit, run)
    is_mine = found.drafted_by == visit.actor.text
    return show(visit, "finance_run.html", run=found, is_mine=is_mine, causes=list(RejectCause), **said(visit))


ROUTES = [overview, draft, one, approve, reject]
