"""The books of a month: closed, exported and signed by events, never by columns."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.event import Event, MoneyEvent
from domain.ids import CompanyId
from domain.refusal import Refused
from domain.rules.ledger_accounts import YEN_ACCOUNTS


class AdjustmentCause(StrEnum):
    """Why an entry is written by hand."""

    MOVEMENT_EXPLAINED = "movement-explained"
    WRONG_ENTRY = "wrong-entry"
    PAID_OUTSIDE = "paid-outside"
    OPENING_BALANCE = "opening-balance"


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


class AdjustmentProposed(Event, frozen=True, kw_only=True):
    """One person wrote an entry by hand; it counts once a second person has signed it. `cause` is a code."""

    adjustment: UUID
    on: date
    postings: tuple[Posting, ...]
    cause: AdjustmentCause
    signed_by: str


class AdjustmentDecided(Event, frozen=True, kw_only=True):
    """Memo: a second person signed (`is_posted`, the entry is `AdjustmentPosted`), or somebody took it off the table."""

    adjustment: UUID
    is_posted: bool
    signed_by: str


BooksEvent = PeriodClosed | AdjustmentProposed | AdjustmentDecided | AdjustmentPosted | Exported | ReconciliationSigned


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one month."""

    closed_at: int | None = None
    signed: dict[date, int] = {}
    exports: tuple[Exported, ...] = ()
    proposed: dict[UUID, AdjustmentProposed] = {}


INITIAL = Books()


def evolve(state: Books, event: BooksEvent) -> Books:
    """The books after one more fact."""
    match event:
        case PeriodClosed():
            return replace(state, closed_at=event.position)
        case AdjustmentProposed():
            return replace(state, proposed={**state.proposed, event.adjustment: event})
        case AdjustmentDecided():
            left = {key: each for key, each in state.proposed.items() if key != event.adjustment}
            return replace(state, proposed=left)
        case AdjustmentPosted():
            return state
        case Exported():
            return replace(state, exports=(*state.exports, event))
        case ReconciliationSigned():
            return replace(state, signed={**state.signed, event.on: event.position})
        case _:
            assert_never(event)


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be in order before a month closes. `is_complete`: Stripe was read to its end after the month was over."""

    parked_money_events: int
    suspense_yen: int
    is_complete: bool
    is_reconciled: bool
    open_adjustments: int


def check_list(found: Checklist) -> None:
    """A month closes on books that stand.

    Refuses `money-event-parked`, `suspense-not-empty`, `month-not-read`, `month-not-reconciled`, `adjustment-not-signed`.
    """
    if found.parked_money_events: raise Refused("money-event-parked", count=found.parked_money_events)
    if found.suspense_yen: raise Refused("suspense-not-empty", amount_yen=found.suspense_yen)
    if not found.is_complete: raise Refused("month-not-read")
    if not found.is_reconciled: raise Refused("month-not-reconciled")
    if found.open_adjustments: raise Refused("adjustment-not-signed", count=found.open_adjustments)


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
    _check_balance(postings)
    return AdjustmentPosted(effective_on=on, postings=postings, reason=reason, signed_by=signed_by)


def propose_adjustment(
    books: Books,
    *,
    adjustment: UUID,
    postings: tuple[Posting, ...],
    cause: AdjustmentCause,
    signed_by: str,
    on: date,
    today: date,
) -> AdjustmentProposed:
    """One person writes an entry for a day that is not in the future.

    Refuses `period-already-closed`, `day-in-the-future`, `signer-missing`, `account-unknown`, `entry-does-not-balance`.
    """
    if books.closed_at is not None: raise Refused("period-already-closed", month=month_of(on))
    if on > today: raise Refused("day-in-the-future", day=on)
    if not signed_by.strip(): raise Refused("signer-missing")
    if any(posting.account not in YEN_ACCOUNTS for posting in postings): raise Refused("account-unknown")
    _check_balance(postings)
    return AdjustmentProposed(
        adjustment=adjustment, on=on, postings=postings, cause=cause, signed_by=signed_by.strip()
    )


def sign_adjustment(books: Books, *, adjustment: UUID, by: str) -> tuple[AdjustmentPosted, AdjustmentDecided]:
    """A second person signs: it is posted. Refuses `adjustment-not-proposed`, and what `post_adjustment` refuses."""
    proposed = _proposed(books, adjustment)
    signed_by = (proposed.signed_by, by)
    posted = post_adjustment(
        books, postings=proposed.postings, reason=str(proposed.cause), signed_by=signed_by, on=proposed.on
    )
    return posted, AdjustmentDecided(adjustment=adjustment, is_posted=True, signed_by=by)


def drop_adjustment(books: Books, *, adjustment: UUID, by: str) -> AdjustmentDecided:
    """It is taken off the table. Refuses `adjustment-not-proposed`."""
    _proposed(books, adjustment)
    return AdjustmentDecided(adjustment=adjustment, is_posted=False, signed_by=by)


def _proposed(books: Books, adjustment: UUID) -> AdjustmentProposed:
    proposed = books.proposed.get(adjustment)
    if proposed is None: raise Refused("adjustment-not-proposed")
    return proposed


def _check_balance(postings: tuple[Posting, ...]) -> None:
    moves = len(postings) > 1 and all(posting.amount_yen != 0 for posting in postings)
    if not moves or sum(posting.amount_yen for posting in postings) != 0: raise Refused("entry-does-not-balance")


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
