"""Rule 10: every yen in the ledger comes from an event, and every entry sums to zero.

`post` maps an event to its lines and computes nothing: each amount, leg and model is in the event, so a rebuild years
later writes the same rows. The entry's id is the event's position, a line's its place in the tuple.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, assert_never

from domain import account as acc
from domain import books, fee, treasury
from domain.event import Event, Recorded
from domain.rules import ledger_accounts as to
from domain.rules.ledger_accounts import Line, Lines, credit, debit
from domain.rules.ledger_fee import post_fee

MEMO: Final = (
    fee.FeeHeld, fee.InvoiceRequested, fee.InvoiceIssued, fee.InvoiceVoided, fee.PrepaymentSpent, fee.CreditCounted,
    fee.PayableOffset, fee.ClawbackOffset, fee.ReleaseScheduled, fee.PayableReleased, fee.ReversalRequested,
    fee.ReversalFellShort, fee.RefundRequested, fee.RefundVoided, acc.CustomerOpened, acc.ConnectedAccountOpened,
    acc.CapabilityChanged, acc.TransfersHeld, acc.TransfersResumed, acc.PayoutAccountChanged, acc.PayoutPaid, acc.PayoutFailed,
    acc.StatementClosed, books.PeriodClosed, books.AdjustmentProposed, books.AdjustmentDecided, books.Exported,
    books.ReconciliationSigned,
)  # fmt: skip
"""Facts of the money streams that move no yen: documents, holds, intents, the other half of an entry made elsewhere."""


def post(recorded: Recorded[Event]) -> tuple[Line, ...]:
    """The entry of one event; empty for a memo and for every event of another stream. Lines of ¥0 are left out."""
    event = recorded.event
    lines: Lines = []
    if isinstance(event, MEMO): return ()
    if isinstance(event, fee.FeeEvent):
        lines = post_fee(event)
    elif isinstance(event, acc.AccountEvent):
        lines = _account(event)
    elif isinstance(event, treasury.TreasuryEvent):
        lines = _treasury(event)
    elif isinstance(event, books.AdjustmentPosted):
        lines = [Line(posting.account, posting.company, posting.amount_yen) for posting in event.postings]
    return tuple(line for line in lines if line.amount_yen)


def period_of(effective_on: date, closed_months: Collection[str]) -> str:
    """The month an entry counts in: its own, or the first open one if that is later. Months are `2027-03`."""
    month = books.month_of(effective_on)
    return max(month, next_month(max(closed_months))) if closed_months else month


def next_month(month: str) -> str:
    """The month after `2027-12` is `2028-01`."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _account(event: acc.AccountEvent) -> Lines:
    match event:
        case acc.ClawbackNetted(company=who, amount_yen=yen):
            return [debit(to.PAYABLE, who, yen), credit(to.CLAWBACK, who, yen)]
        case acc.CreditGranted(company=who, amount_yen=yen):
            return [debit(to.CONTRA_REWARD, who, yen), credit(to.CREDIT, who, yen)]
        case acc.CreditApplied(company=who, amount_yen=yen):
            return [debit(to.CREDIT, who, yen), credit(to.RECEIVABLE, who, yen)]
        case acc.CreditExpired(company=who, amount_yen=yen):
            return [debit(to.CREDIT, who, yen), credit(to.BREAKAGE, who, yen)]
        case acc.SlotGranted():
            return [Line(to.SLOT_ISSUED, event.company, 1, to.SLOT), Line(to.SLOT_OWED, event.company, -1, to.SLOT)]
        case acc.SlotUsed():
            return [Line(to.SLOT_OWED, event.company, 1, to.SLOT), Line(to.SLOT_ISSUED, event.company, -1, to.SLOT)]
        case _:
            return []


def _treasury(event: treasury.TreasuryEvent) -> Lines:
    yen = event.amount_yen
    match event:
        case treasury.PlatformPayoutCreated():
            return [debit(to.IN_TRANSIT, None, yen), credit(to.CLEARING, None, yen)]
        case treasury.PlatformPayoutPaid():
            return [debit(to.BANK, None, yen), credit(to.IN_TRANSIT, None, yen)]
        case treasury.PlatformPayoutFailed():
            return [debit(to.CLEARING, None, yen), credit(to.BANK if event.was_paid else to.IN_TRANSIT, None, yen)]
        case treasury.ToppedUp():
            return [debit(to.CLEARING, None, yen), credit(to.BANK, None, yen)]
        case treasury.StripeFeeCharged():
            fees = [debit(to.STRIPE_FEES, None, yen - event.tax_yen), debit(to.TAX_INPUT, None, event.tax_yen)]
            return [*fees, credit(to.CLEARING, None, yen)]
        case treasury.UnknownMovementSeen():
            return [debit(to.CLEARING, None, yen), credit(to.SUSPENSE, None, yen)]
        case _:
            assert_never(event)
