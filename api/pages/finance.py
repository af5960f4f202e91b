"""Finance's page: balances, every fee, the payout ledger, the ledger with running balances, and reconciling."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import QueryParameter

from api import pictures
from api.charts import Picture
from api.pages.showing import carry_out, same, show, wait_for
from api.reading import At
from api.route import ThisVisit, form, page
from api.v1 import fees, ledger, payout_ledger, reconciliations
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.ids import account_of
from domain.rules.ledger_accounts import RECEIVABLE
from projections import directory
from projections import ledger as ledger_lines
from projections.ledger import Running

READS = ("ledger", "fees", "payout_ledger", "directory")
Account = Annotated[str, QueryParameter(required=False, max_length=64)]
After = Annotated[str, QueryParameter(required=False, max_length=400)]
MOST_OF_ONE = 1_000
One = Annotated[UUID | None, QueryParameter(required=False)]


@page("/finance", policy=FINANCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """Where the money stands."""
    wait_for(visit, at, *READS)
    return _show(visit, None)


@form("/finance/reconciliations", policy=FINANCE)
def reconcile(visit: ThisVisit) -> Response[str]:
    """Fetch what moved at Stripe and compare now; the answer is the page with the difference."""
    found: list[reconciliations.Reconciled] = []

    def act() -> None:
        found.append(same(reconciliations.reconcile)(visit))

    refused = carry_out(visit, act, then="", again=lambda: _show(visit, None))
    if not found: return refused
    wait_for(visit, found[0].log_position, *READS)
    return _show(visit, found[0])


@page("/finance/ledger", policy=FINANCE)
def lines(
    visit: ThisVisit, account: Account = "", introduction: One = None, after: After = "", at: At = None
) -> Response[str]:
    """Lines in the order of the facts, each with the running balance of its account; one introduction's as a picture too."""
    wait_for(visit, at, *READS)
    if introduction: return _of_introduction(visit, introduction, account)
    found = same(ledger.list_lines)(visit, account=account or None, after=after or None)
    return _lines(visit, account, found.items, further=found.next)


def _of_introduction(visit: Visit, introduction: UUID, account: str) -> Response[str]:
    """What the fees of one introduction moved; the balances are of this introduction alone."""
    with visit.house.database.transaction() as connection:
        found = ledger_lines.lines(connection, introduction=introduction, limit=MOST_OF_ONE)
    moved = pictures.account_moved(visit, account or RECEIVABLE, found)
    shown = [line for line in found if account in {"", line.account}]
    return _lines(visit, account, shown, introduction=introduction, moved=moved)


def _lines(
    visit: Visit,
    account: str,
    found: list[Running],
    *,
    further: str | None = None,
    introduction: UUID | None = None,
    moved: Picture | None = None,
) -> Response[str]:
    return show(
        visit,
        "finance_ledger.html",
        lines=found,
        account=account,
        accounts=list(_balances(visit)),
        names=_names(visit),
        next=further,
        introduction=introduction,
        moved=moved,
    )


def _show(visit: Visit, reconciled: reconciliations.Reconciled | None) -> Response[str]:
    names = _names(visit)
    return show(
        visit,
        "finance.html",
        balances=_balances(visit),
        fees=same(fees.list_fees)(visit).items,
        payouts=same(payout_ledger.list_movements)(visit).items,
        shared=pictures.fees_shared(visit),
        names=names,
        of_account={account_of(company): name for company, name in names.items()},
        reconciled=reconciled,
    )


def _balances(visit: Visit) -> dict[str, int]:
    found: dict[str, int] = same(ledger.read_balances)(visit)
    return found


def _names(visit: Visit) -> dict[Any, str]:
    """Every company by its name in the reader's language."""
    with visit.house.database.transaction() as connection:
        found: list[directory.Company] = directory.everyone(connection)
    return {each.company: (each.name_en or each.name) if visit.language == "en" else each.name for each in found}


ROUTES = [overview, reconcile, lines]
