"""The books of a month: closed, exported and signed by events, never by columns."""

from __future__ import annotations

from datetime import date
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event, MoneyEvent
from domain.ids import CompanyId
from domain.refusal import Refused


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """One side of an entry that a person writes: a debit is positive, a credit negative, in yen."""

    account: str
    company: CompanyId | None
    amount_yen: int


class PeriodClosed(Event, frozen=True, kw_only=True):
    """The month is closed at this log position; later facts fall into the next open one."""

    month: str
    position: int
    trial_balance_hash: str


class AdjustmentPosted(MoneyEvent, frozen=True, kw_only=True):
    """An entry by hand, with its reason, signed by two."""

    postings: tuple[Posting, ...]
    reason: str
    signed_by: tuple[str, str]


class Exported(Event, frozen=True, kw_only=True):
    """A range of the ledger left as a file."""

    from_position: int
    to_position: int
    format: str


class ReconciliationSigned(Event, frozen=True, kw_only=True):
    """A person looked at a day's reconciliation and stands for it; `difference_yen` is what remained."""

    on: date
    position: int
    difference_yen: int
    signed_by: str


BooksEvent = PeriodClosed | AdjustmentPosted | Exported | ReconciliationSigned


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one month."""

    closed_at: int | None = None
    signed: dict[date, int] = {}
    exports: tuple[Exported, ...] = ()


INITIAL = Books()


def evolve(state: Books, event: BooksEvent) -> Books:
    """The books after one more fact."""
    match event:
        case PeriodClosed():
            return replace(state, closed_at=event.position)
        case AdjustmentPosted():
            return state
        case Exported():
            return replace(state, exports=(*state.exports, event))
        case ReconciliationSigned():
            return replace(state, signed={**state.signed, event.on: event.position})
        case _:
            assert_never(event)


def month_of(day: date) -> str:
    """The month a date lies in, `2027-03`."""
    return f"{day:%Y-%m}"


def close_period(
    books: Books,
    *,
    month: str,
    position: int,
    trial_balance_hash: str,
    today: date,
    parked_money_events: int,
    first_open_month: str,
) -> PeriodClosed:
    """Close a month that is over, after all before it, when no money event waits unposted.

    Refuses `period-already-closed`, `month-not-over`, `earlier-month-still-open`, `money-event-parked`.
    """
    if books.closed_at is not None: raise Refused("period-already-closed", month=month)
    if month >= month_of(today): raise Refused("month-not-over", month=month)
    if first_open_month < month: raise Refused("earlier-month-still-open", month=first_open_month)
    if parked_money_events: raise Refused("money-event-parked", count=parked_money_events)
    return PeriodClosed(month=month, position=position, trial_balance_hash=trial_balance_hash)


def post_adjustment(
    books: Books, *, postings: tuple[Posting, ...], reason: str, signed_by: tuple[str, str], on: date
) -> AdjustmentPosted:
    """An entry by hand: it sums to zero, says why, and two different people sign it.

    Refuses `period-already-closed`, `two-people-must-sign`, `reason-missing`, `entry-does-not-balance`.
    """
    if books.closed_at is not None: raise Refused("period-already-closed", month=month_of(on))
    first, second = (name.strip() for name in signed_by)
    if not first or not second or first == second: raise Refused("two-people-must-sign")
    if not reason.strip(): raise Refused("reason-missing")
    moves = len(postings) > 1 and all(posting.amount_yen != 0 for posting in postings)
    if not moves or sum(posting.amount_yen for posting in postings) != 0: raise Refused("entry-does-not-balance")
    return AdjustmentPosted(effective_on=on, postings=postings, reason=reason, signed_by=signed_by)


def reversed_postings(postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """The postings that undo these: an adjustment is reversible like any entry, by another one signed by two."""
    return tuple(replace(posting, amount_yen=-posting.amount_yen) for posting in postings)


def record_export(*, from_position: int, to_position: int, file_format: str) -> Exported:
    """A range left as a file. Refuses `export-range-empty`."""
    if not 0 < from_position <= to_position: raise Refused("export-range-empty")
    return Exported(from_position=from_position, to_position=to_position, format=file_format)


def sign_reconciliation(
    books: Books, *, on: date, position: int, difference_yen: int, signed_by: str, today: date
) -> ReconciliationSigned:
    """A person stands for a day's reconciliation. A later position may be signed again.

    Refuses `day-not-over`, `reconciliation-already-signed`, `signer-missing`.
    """
    if on >= today: raise Refused("day-not-over", day=on)
    if not signed_by.strip(): raise Refused("signer-missing")
    if books.signed.get(on, 0) >= position: raise Refused("reconciliation-already-signed", day=on)
    return ReconciliationSigned(on=on, position=position, difference_yen=difference_yen, signed_by=signed_by)
