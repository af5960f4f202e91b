"""The books month by month: the checklist, closing, entries by hand signed by two, and what was handed over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import Meta

from api import step_up
from api.reading import At, Listed, is_behind
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Code, Integer
from api.v1.ledger import FINANCE
from api.visit import Visit
from domain.books import AdjustmentCause, Posting, month_of
from domain.calendar import jst_date
from domain.ids import CompanyId, books_of
from domain.refusal import Refused
from domain.rules.ledger import next_month
from marketplace.commands import books
from projections import adjustments, ledger, months
from projections.adjustments import Adjustment
from projections.months import Signature

TAGS = ["months"]
READS = ("months", "adjustments", "ledger")
MonthPath = Annotated[str, PathParameter(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2027-03.")]
MOST_MONTHS = 24


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist. `value` is what was found: yen for `suspense`, a count or 0 and 1 for the others."""

    name: str
    is_met: bool
    value: int


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account moved in a month."""

    account: str
    currency: str
    amount_yen: int


class MonthShown(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one month. `status`: open, closed, not-over. `is_next`: the one to close next."""

    month: str
    status: str
    is_next: bool
    closed_at: datetime | None
    closed_by: str | None
    closed_position: int | None
    trial_balance_hash: str | None
    signatures: tuple[Signature, ...]
    checklist: list[Checked]
    balances: list[Balance]
    adjustments: list[Adjustment]


class MonthRow(msgspec.Struct, frozen=True, kw_only=True):
    """One month in the list."""

    month: str
    status: str
    is_next: bool
    closed_at: datetime | None


class PostingGiven(Body, frozen=True):
    """One side of an entry: a debit is positive, a credit negative, in yen."""

    account: Code
    amount_yen: Integer
    company: UUID | None = None


class Proposal(Body, frozen=True):
    """An entry by hand."""

    on: date
    cause: AdjustmentCause
    postings: Annotated[tuple[PostingGiven, ...], Meta(min_length=1, max_length=20)]


@query("/months", policy=FINANCE, tags=TAGS)
def list_months(visit: ThisVisit, at: At = None) -> Listed[MonthRow]:
    """The months since the first entry, newest first."""
    behind = is_behind(visit, at, *READS)
    today = month_of(jst_date(visit.now))
    with visit.house.database.transaction() as connection:
        known, first = months.everything(connection), ledger.first_month(connection)
        following = books.first_open_month(connection)
    month, rows = first or today, []
    while month <= today:
        closed_at = known[month].closed_at if month in known else None
        status = "closed" if closed_at else "open" if month < today else "not-over"
        rows.append(MonthRow(month=month, status=status, is_next=month == following, closed_at=closed_at))
        month = next_month(month)
    return Listed(items=rows[::-1][:MOST_MONTHS], updating=behind)


@query("/months/{month:str}", policy=FINANCE, tags=TAGS)
def read_month(visit: ThisVisit, month: MonthPath, at: At = None) -> MonthShown:
    """One month with its checklist as it stands now."""
    is_behind(visit, at, *READS)
    _known(visit, month)
    state = books.load(visit.house.office, month).state
    with visit.house.database.transaction() as connection:
        row = months.everything(connection).get(month, months.Month(month=month))
        found = books.checklist(connection, state, month)
        following = books.first_open_month(connection)
        until = row.closed_position if row.closed_position is not None else 2**62
        sums: dict[tuple[str, str], int] = {}
        for account, _company, currency, amount in ledger.trial_balance(connection, month, until):
            sums[account, currency] = sums.get((account, currency), 0) + amount
        by_hand = adjustments.of_month(connection, month)
    over = month < month_of(jst_date(visit.now))
    return MonthShown(
        month=month,
        status="closed" if row.closed_at else "open" if over else "not-over",
        is_next=month == following,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_position=row.closed_position,
        trial_balance_hash=row.trial_balance_hash,
        signatures=row.signatures,
        checklist=[
            Checked(name="over", is_met=over, value=int(over)),
            Checked(name="in-order", is_met=following is None or month <= following, value=0),
            Checked(name="parked", is_met=not found.parked_money_events, value=found.parked_money_events),
            Checked(name="suspense", is_met=not found.suspense_yen, value=found.suspense_yen),
            Checked(name="complete", is_met=found.is_complete, value=int(found.is_complete)),
            Checked(name="reconciled", is_met=found.is_reconciled, value=int(found.is_reconciled)),
            Checked(name="adjustments", is_met=not found.open_adjustments, value=found.open_adjustments),
        ],
        balances=[Balance(account=a, currency=c, amount_yen=yen) for (a, c), yen in sums.items()],
        adjustments=by_hand,
    )


@command("/months/{month:str}/closing", policy=FINANCE, tags=TAGS)
def close(visit: ThisVisit, month: MonthPath) -> Done:
    """Close the books of a month; it cannot be opened again. Asks for a fresh proof."""
    step_up.demand(visit)
    return done(books.close_month(visit.house.office, visit.command, month=month), books_of(month))


@command("/months/{month:str}/exports", policy=FINANCE, tags=TAGS)
def export(visit: ThisVisit, month: MonthPath) -> Done:
    """Write down that the month's entries are handed over as a file; the file itself is `/finance/ledger.csv`."""
    return done(books.record_export(visit.house.office, visit.command, month=month), books_of(month))


@command("/adjustments", policy=FINANCE, status_code=201, tags=TAGS)
def propose(visit: ThisVisit, data: JSONBody[Proposal]) -> Done:
    """Write an entry by hand; it counts once a second person has signed it."""
    lines = tuple(
        Posting(account=each.account, company=CompanyId(each.company) if each.company else None, amount_yen=each.amount_yen)
        for each in data.postings
    )
    appended = books.propose_adjustment(
        visit.house.office, visit.command, on=data.on, postings=lines, cause=data.cause
    )
    return done(appended, books.adjustment_of(visit.command))


@command("/months/{month:str}/adjustments/{adjustment:uuid}/signature", policy=FINANCE, tags=TAGS)
def sign(visit: ThisVisit, month: MonthPath, adjustment: FromPath[UUID]) -> Done:
    """The second signature: the entry is posted. Asks for a fresh proof."""
    step_up.demand(visit)
    return done(
        books.sign_adjustment(visit.house.office, visit.command, month=month, adjustment=adjustment), adjustment
    )


@command("/months/{month:str}/adjustments/{adjustment:uuid}/dropping", policy=FINANCE, tags=TAGS)
def drop(visit: ThisVisit, month: MonthPath, adjustment: FromPath[UUID]) -> Done:
    """Take an entry off the table that nobody else signed."""
    return done(
        books.drop_adjustment(visit.house.office, visit.command, month=month, adjustment=adjustment), adjustment
    )


def _known(visit: Visit, month: str) -> None:
    """A month that lies between the first entry and today."""
    with visit.house.database.transaction() as connection:
        first = ledger.first_month(connection)
    today = month_of(jst_date(visit.now))
    if not (first or today) <= month <= today: raise Refused("not-found")


ROUTES = [list_months, read_month, close, export, propose, sign, drop]
