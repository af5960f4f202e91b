"""Tables of finance as files for a spreadsheet. A button, not a link: every file that is taken out is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.csv_file import Cell, csv_file
from api.pages.finance_names import companies, people, reasons
from api.pages.showing import filled, same
from api.route import ThisVisit, form
from api.text_types import Body
from api.v1 import fees, transfer_runs
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.calendar import jst_date
from domain.ids import CompanyId, account_of
from domain.refusal import Refused
from marketplace.settlement import downloads
from marketplace.texts.translation import word
from projections import ledger, payout_ledger

MOST_LINES = 200_000
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


class Filters(Body, frozen=True):
    """Which lines; only the ledger has these."""

    account: Annotated[str, Meta(max_length=64)] = ""
    company: UUID | None = None
    introduction: UUID | None = None
    period: Annotated[str, Meta(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")] = ""
    kind: Annotated[str, Meta(max_length=64)] = ""


@form("/finance/downloads/{what:str}", policy=FINANCE)
def take(visit: ThisVisit, what: FromPath[str]) -> Response[bytes]:
    """One table, whole or as it is filtered. Refuses `not-found`."""
    if what not in TABLES: raise Refused("not-found")
    chosen = filled(visit, Filters)
    head, rows = TABLES[what](visit, chosen)
    lines = list(rows)
    with visit.house.database.transaction() as connection:
        filters = {name: str(value) for name in Filters.__struct_fields__ if (value := getattr(chosen, name))}
        downloads.note(
            connection,
            visit.command.id,
            at=visit.now,
            asked_by=visit.actor.text,
            what=what,
            filters=filters,
            lines=len(lines),
        )
    return csv_file(f"{what}-{jst_date(visit.now).isoformat()}", head, lines)


def _ledger(visit: Visit, chosen: Filters) -> Table:
    names = companies(visit)
    with visit.house.database.transaction() as connection:
        found = ledger.lines(
            connection,
            account=chosen.account or None,
            company=chosen.company,
            introduction=chosen.introduction,
            period=chosen.period or None,
            kind=chosen.kind or None,
            limit=MOST_LINES,
        )
    head = ("id", "position", "effective_on", "period", "kind", "stream", "account", "company", "company_name",
            "currency", "debit", "credit", "amount", "balance")  # fmt: skip
    return head, (
        (
            *(each.id, each.position, each.effective_on, each.period, each.kind, str(each.stream), each.account),
            str(each.company or ""),
            names.get(each.company, "") if each.company else "",
            each.currency,
            max(each.amount_yen, 0),
            max(-each.amount_yen, 0),
            each.amount_yen,
            each.balance_yen,
        )
        for each in found
    )


def _fees(visit: Visit, _chosen: Filters) -> Table:
    names = companies(visit)
    head = ("number", "fee", "hiring", "hiring_name", "status", "accrued_on", "due_on", "invoice_no", "fee_yen", "tax_yen",
            "total_yen", "collected_yen", "commission_yen", "provider_fee_yen", "transferred_yen", "reversed_yen",
            "returned_yen", "refunded_yen", "release_on")  # fmt: skip
    found: list[fees.FeeShown] = same(fees.list_fees)(visit).items
    return head, (
        (
            *(each.number, str(each.fee), str(each.hiring), names.get(each.hiring, "")),
            word(visit.language, "fee-status", each.status),
            *(each.accrued_on, each.due_on, each.invoice_no, each.fee_yen, each.tax_yen, each.total_yen),
            *(each.collected_yen, each.commission_yen, each.provider_fee_yen, each.transferred_yen, each.reversed_yen),
            *(each.returned_yen, each.refunded_yen, each.release_on),
        )
        for each in found
    )


def _payouts(visit: Visit, _chosen: Filters) -> Table:
    of_account: dict[UUID, str] = {account_of(CompanyId(company)): name for company, name in companies(visit).items()}
    with visit.house.database.transaction() as connection:
        found = payout_ledger.everything(connection)
    head = ("position", "on", "source_name", "fee", "kind", "amount_yen", "provider_id")
    return head, (
        (
            each.position,
            each.on,
            of_account.get(each.account, ""),
            str(each.fee or ""),
            word(visit.language, "payout", each.kind),
            each.amount_yen,
            each.provider_id,
        )
        for each in found
    )


def _runs(visit: Visit, _chosen: Filters) -> Table:
    names, who, why = companies(visit), people(visit), reasons(visit)
    head = ("run", "status", "drafted_at", "drafted_by", "decided_at", "decided_by", "number", "source_name", "tranche",
            "released_yen", "amount_yen", "difference_yen", "line_status", "cause", "transfer")  # fmt: skip
    found: list[transfer_runs.RunShown] = same(transfer_runs.list_runs)(visit).items
    return head, (
        (
            *(run.number, run.status, run.drafted_at, who.get(run.drafted_by, run.drafted_by)),
            *(run.decided_at, who.get(run.decided_by or "", run.decided_by)),
            *(line.number, names.get(line.beneficiary, ""), line.tranche, line.expected_yen, line.amount_yen),
            *(line.difference_yen, line.status, why(line.cause) if line.cause else "", line.transfer),
        )
        for run in found
        for line in run.lines
    )


TABLES: dict[str, Callable[[Visit, Filters], Table]] = {
    "ledger": _ledger,
    "fees": _fees,
    "payouts": _payouts,
    "runs": _runs,
}
ROUTES: list[Any] = [take]
