"""The ledger (仕訳帳) and its balances, for the operator's finance."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar.params import FromQuery, QueryParameter

from api.cursor import After, Limit, cursor, place_of
from api.policies import operator
from api.reading import At, Listed, is_behind
from api.route import ThisVisit, query
from domain.company import MemberRole
from projections import ledger
from projections.ledger import Running

FINANCE = operator(MemberRole.ADMIN, MemberRole.FINANCE)
TAGS = ["ledger"]
Account = Annotated[str | None, QueryParameter(required=False, max_length=64, description="Such as receivable:hiring.")]
Month = Annotated[
    str | None,
    QueryParameter(required=False, pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="A month, such as 2027-03."),
]
KindOfFact = Annotated[str | None, QueryParameter(required=False, max_length=64, description="Such as fee-accrued.v1.")]


@query("/ledger", policy=FINANCE, tags=TAGS)
def list_lines(
    visit: ThisVisit,
    account: Account = None,
    company: FromQuery[UUID | None] = None,
    stream: FromQuery[UUID | None] = None,
    introduction: FromQuery[UUID | None] = None,
    period: Month = None,
    kind: KindOfFact = None,
    after: After = None,
    limit: Limit = 100,
    at: At = None,
) -> Listed[Running]:
    """Lines in the order of the facts, each with the running balance of its account. A debit is positive."""
    behind = is_behind(visit, at, "ledger")
    place = place_of(visit, "ledger", after, int) or 0
    with visit.house.database.transaction() as connection:
        found = ledger.lines(
            connection,
            account=account,
            company=company,
            stream=stream,
            introduction=introduction,
            period=period,
            kind=kind,
            after=place,
            limit=limit,
        )
    more = cursor(visit, "ledger", found[-1].id) if len(found) == limit else None
    return Listed(items=found, next=more, updating=behind)


@query("/ledger/balances", policy=FINANCE, tags=TAGS)
def read_balances(visit: ThisVisit, company: FromQuery[UUID | None] = None, at: At = None) -> dict[str, int]:
    """The balance of every yen account; together they are zero."""
    is_behind(visit, at, "ledger")
    with visit.house.database.transaction() as connection:
        return ledger.balances(connection, company=company)


ROUTES = [list_lines, read_balances]
