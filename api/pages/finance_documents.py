"""Invoices with how far each has come, and each source's statement by the month."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response

from api.pages.finance_names import companies
from api.pages.showing import same, show, wait_for
from api.pages.source_earnings import Statement, statements
from api.reading import At
from api.route import ThisVisit, page
from api.v1 import fees
from api.v1.fees import FeeShown
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.calendar import jst_date
from domain.ids import CompanyId, account_of
from projections import payout_ledger


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice of one fee; `state`: none, asked, stuck, open, overdue, paid, returned, written-off."""

    fee: FeeShown
    state: str
    open_yen: int


class OfSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source's statements, the newest month first."""

    company: UUID
    months: list[Statement]


@page("/finance/documents", policy=FINANCE)
def documents(visit: ThisVisit, at: At = None) -> Response[str]:
    """What was sent to whom, and what is open."""
    wait_for(visit, at, "fees", "payout_ledger", "directory")
    names = companies(visit)
    return show(
        visit,
        "finance_documents.html",
        invoices=_invoices(visit),
        sources=_sources(visit, list(names)),
        names=names,
    )


def _invoices(visit: Visit) -> list[Document]:
    rows: list[FeeShown] = same(fees.list_fees)(visit).items
    with visit.house.database.transaction() as connection:
        found = connection.execute(
            "SELECT DISTINCT ON (stream) stream, state FROM intent WHERE kind = 'issue_invoice'"
            " ORDER BY stream, created_at DESC"
        )
        asked = dict(found.fetchall())
    today = jst_date(visit.now)
    documents = []
    for each in rows:
        open_yen = max(0, each.total_yen - each.collected_yen - max(0, each.returned_yen - each.refunded_yen))
        if each.status in {"written-off", "returned"}:
            state, open_yen = each.status, 0
        elif not each.total_yen:
            state = "none"
        elif each.status == "collected":
            state, open_yen = "paid", 0
        elif each.invoice_no is None:
            state = "stuck" if asked.get(each.fee) in {"refused", "blocked"} else "asked" if each.fee in asked else "none"
        else:
            state = "overdue" if each.due_on < today else "open"
        documents.append(Document(fee=each, state=state, open_yen=open_yen))
    return documents


def _sources(visit: Visit, known: list[UUID]) -> list[OfSource]:
    with visit.house.database.transaction() as connection:
        moved = payout_ledger.everything(connection)
    of_account: dict[UUID, UUID] = {account_of(CompanyId(company)): company for company in known}
    mine: dict[UUID, list[payout_ledger.Entry]] = {}
    for each in moved:
        if each.account in of_account: mine.setdefault(of_account[each.account], []).append(each)
    return [OfSource(company=company, months=statements(entries)) for company, entries in mine.items()]


ROUTES = [documents]
