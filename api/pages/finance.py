"""Finance's first page: what waits, balances, every fee, the payout ledger, and companies whose transfers are held."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from api import pictures
from api.pages.finance_names import companies
from api.pages.showing import carry_out, same, show, wait_for
from api.reading import At
from api.route import ThisVisit, form, page
from api.v1 import accounts as v1_accounts
from api.v1 import fees, ledger, payout_ledger, transfer_runs
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain import account as accounts
from domain.ids import CompanyId, account_of

READS = ("ledger", "fees", "payout_ledger", "transfers", "directory")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A company that nothing is sent to."""

    company: UUID
    causes: tuple[str, ...]
    until: date | None


@page("/finance", policy=FINANCE)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """Where the money stands."""
    wait_for(visit, at, *READS)
    return _show(visit)


@form("/finance/accounts/{company:uuid}/resumption", policy=FINANCE)
def resume(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The second person for a company that changed its bank account, however small it is: transfers go on."""
    return carry_out(
        visit, lambda: same(v1_accounts.resume_transfers)(visit, company), then="/finance", again=lambda: _show(visit)
    )


def _show(visit: Visit) -> Response[str]:
    names = companies(visit)
    return show(
        visit,
        "finance.html",
        balances=same(ledger.read_balances)(visit),
        fees=same(fees.list_fees)(visit).items,
        payouts=same(payout_ledger.list_movements)(visit).items,
        shared=pictures.fees_shared(visit),
        names=names,
        of_account={account_of(CompanyId(company)): name for company, name in names.items()},
        held=_held(visit, names),
        due=len(same(transfer_runs.list_due)(visit).items),
    )


def _held(visit: Visit, names: dict[UUID, str]) -> list[Held]:
    """The companies to which nothing is sent at the moment, as far as a bank account was changed."""
    with visit.house.database.transaction() as connection:
        found = connection.execute("SELECT DISTINCT company FROM intent WHERE kind = 'open_account' AND state = 'done'")
        connected = [row[0] for row in found.fetchall()]
    held = []
    for company in sorted(connected, key=lambda each: names.get(each, "")):
        state = visit.house.log.load(account_of(CompanyId(company)), accounts.INITIAL, accounts.evolve).state
        if state.held_for: held.append(Held(company=company, causes=state.held_for, until=state.payout_held_until))
    return held


ROUTES = [overview, resume]
