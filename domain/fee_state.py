"""What a fee has come to: owed, collected, sent on, in flight, returned and refunded. Whole yen, tax included."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from domain.fee_events import FeeAccrued
from domain.ids import CompanyId, FeeId


class Progress(StrEnum):
    """How far something that Stripe does for us has come. An unknown outcome is still `requested`."""

    REQUESTED = "requested"
    DONE = "done"
    VOID = "void"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One source's cash part: of the whole fee, and what of it is payable, in flight, or owed back."""

    whole_yen: int
    payable_yen: int = 0
    in_flight_yen: int = 0
    clawback_yen: int = 0


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of the hiring company, and what of it went back or is on its way back."""

    gross_yen: int
    refunding_yen: int = 0
    refunded_yen: int = 0


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One sending to a source: what of it was asked back, and what came back."""

    beneficiary: CompanyId
    tranche: int
    amount_yen: int
    charge: str
    progress: Progress = Progress.REQUESTED
    transfer: str = ""
    reversing_yen: int = 0
    reversed_yen: int = 0


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """A taking-back asked of Stripe; `open_yen` is what it has not answered yet."""

    source: CompanyId
    transfer: str
    open_yen: int


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A paying-back asked of Stripe."""

    charge: str
    amount_yen: int
    progress: Progress = Progress.REQUESTED
    refund: str = ""


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice in force."""

    intent: UUID
    total_yen: int
    invoice_no: str = ""
    provider_invoice: str = ""


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """All that money has done for one hire so far."""

    accrual: FeeAccrued | None = None
    parts: dict[CompanyId, Part] = {}
    unassigned_whole_yen: int = 0
    unassigned_yen: int = 0
    paid_yen: int = 0
    credited_yen: int = 0
    refund_due_yen: int = 0
    refunded_yen: int = 0
    written_off_yen: int = 0
    lost_yen: int = 0
    return_bps: int = 0
    prepayment_yen: int = 0
    invoice: Invoice | None = None
    invoice_count: int = 0
    charges: dict[str, Charge] = {}
    released: dict[CompanyId, int] = {}
    """The tranche of each source that may go into a transfer run."""
    transfers: dict[UUID, Transfer] = {}
    reversals: dict[UUID, Reversal] = {}
    refunds: dict[UUID, Refund] = {}
    disputes: dict[str, int] = {}
    movements: frozenset[str] = frozenset()
    offset_yen: int = 0
    held_for: str | None = None
    collected_on: date | None = None
    release_on: date | None = None

    @property
    def total_yen(self) -> int:
        """The whole fee with tax, before any return."""
        return self.accrual.total_yen if self.accrual else 0

    @property
    def open_yen(self) -> int:
        """What the hiring company still has to pay."""
        return self.total_yen - self.credited_yen - self.written_off_yen - self.paid_yen

    @property
    def kept_yen(self) -> int:
        """Net collected: paid, less what returns and what a dispute lost."""
        return self.paid_yen - self.refund_due_yen - self.lost_yen

    @property
    def fallen_away_yen(self) -> int:
        """What of the whole fee was returned, written off or lost; every source's part falls with it."""
        return self.total_yen - self.open_yen - self.kept_yen

    @property
    def refund_payable_yen(self) -> int:
        """What the hiring company is to get back and has not got."""
        return self.refund_due_yen - self.refunded_yen

    @property
    def transferred_yen(self) -> int:
        """What sources got and did not have to give back."""
        posted = (sent for sent in self.transfers.values() if sent.progress is Progress.DONE)
        return sum(sent.amount_yen - sent.reversed_yen for sent in posted)


INITIAL = Fee()


def intent_of(fee: FeeId, kind: str, ordinal: int) -> UUID:
    """The id of the nth thing of a kind that this fee asks of Stripe: asking twice is asking once."""
    return uuid5(fee, f"{kind}:{ordinal}")
