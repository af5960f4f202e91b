"""The ledger with running balances: by account, company, introduction, month and kind of fact; each number opens its events."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.params import QueryParameter

from api import pictures
from api.charts import Picture
from api.pages.finance_names import companies
from api.pages.showing import same, show, wait_for
from api.reading import At
from api.route import ThisVisit, page
from api.v1 import ledger
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.rules.ledger_accounts import RECEIVABLE
from marketplace.texts.words import WORDS
from projections import ledger as ledger_lines
from projections.ledger import Running

PATH = "/finance/ledger"
READS = ("ledger", "fees", "months", "directory")
Account = Annotated[str, QueryParameter(required=False, max_length=64)]
After = Annotated[str, QueryParameter(required=False, max_length=400)]
Period = Annotated[str, QueryParameter(required=False, pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")]
Kind = Annotated[str, QueryParameter(required=False, max_length=64)]
One = Annotated[str, QueryParameter(required=False, pattern=r"^([0-9a-fA-F-]{36})?$")]
MOST_OF_ONE = 1_000


@page(PATH, policy=FINANCE)
def lines(
    visit: ThisVisit,
    account: Account = "",
    company: One = "",
    introduction: One = "",
    period: Period = "",
    kind: Kind = "",
    after: After = "",
    at: At = None,
) -> Response[str]:
    """Lines in the order of the facts; one introduction's as a picture too."""
    wait_for(visit, at, *READS)
    chosen = {"account": account, "company": company, "introduction": introduction, "period": period, "kind": kind}
    found = same(ledger.list_lines)(
        visit,
        account=account or None,
        company=UUID(company) if company else None,
        introduction=UUID(introduction) if introduction else None,
        period=period or None,
        kind=kind or None,
        after=after or None,
    )
    moved = _picture(visit, UUID(introduction), account) if introduction else None
    further = {**chosen, "after": found.next} if found.next else None
    return _show(visit, chosen, found.items, moved, further)


def _picture(visit: Visit, introduction: UUID, account: str) -> Picture | None:
    """What the fees of one introduction moved on one account."""
    with visit.house.database.transaction() as connection:
        found = ledger_lines.lines(connection, introduction=introduction, limit=MOST_OF_ONE)
    return pictures.account_moved(visit, account or RECEIVABLE, found)


def _show(
    visit: Visit, chosen: dict[str, str], found: list[Running], moved: Picture | None, further: dict[str, Any] | None
) -> Response[str]:
    with visit.house.database.transaction() as connection:
        kinds = ledger_lines.kinds(connection)
    return show(
        visit,
        "finance_ledger.html",
        lines=found,
        chosen=chosen,
        accounts=list(same(ledger.read_balances)(visit)),
        kinds=kinds,
        names=companies(visit),
        next=f"{PATH}?{urlencode(_said(further))}" if further else "",
        moved=moved,
        fee_events=WORDS["fee-event"],
        link=lambda **more: f"{PATH}?{urlencode(_said({**chosen, **more}))}",
    )


def _said(chosen: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in chosen.items() if value}


ROUTES = [lines]
