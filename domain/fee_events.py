"""The events of a fee (紹介手数料): what money did because of one hire. Every amount and every leg is in the event."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.company import RewardMode
from domain.event import Event, MoneyEvent
from domain.ids import CompanyId, FeeId, HireId, IntroductionId, VaultRef


class Model(StrEnum):
    """Agent: the source's part is never our revenue (cash). Principal: the whole fee is (credit, slot, none)."""

    AGENT = "agent"
    PRINCIPAL = "principal"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One source's part, tax included, in yen. Only a cash leg is payable; a credit leg may be granted later."""

    source: CompanyId
    mode: RewardMode
    amount_yen: int


class ReturnLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One source's part of a return: first out of what it has not been paid, the rest it owes back (claw-back)."""

    source: CompanyId
    from_payable_yen: int
    from_clawback_yen: int


class FeeAccrued(MoneyEvent, frozen=True, kw_only=True):
    """The person started: the fee is owed. `total_yen` = `fee_yen` + `tax_yen`.

    Cash legs + unassigned + commission + its tax = total. Principal: there is no cash leg, the commission is the fee.
    `release_on` is the first day after guarantee and report window; None for a fee of ¥0.
    """

    fee: FeeId
    hire: HireId
    introduction: IntroductionId
    number: str
    hiring: CompanyId
    model: Model
    fee_yen: int
    tax_rate_bps: int
    tax_yen: int
    total_yen: int
    commission_yen: int
    commission_tax_yen: int
    legs: tuple[Leg, ...]
    unassigned_yen: int
    due_on: date
    guarantee_ends_on: date
    release_on: date | None


class FeeHeld(Event, frozen=True, kw_only=True):
    """Nothing is released until someone decides."""

    cause: str


class FeeAdjusted(MoneyEvent, frozen=True, kw_only=True):
    """The accrual was wrong: the old one is reversed, the new one posted, documents are reissued.

    `excess_yen` is what had been paid beyond the new total; it becomes prepayment.
    """

    old: FeeAccrued
    new: FeeAccrued
    excess_yen: int = 0


class InvoiceRequested(Event, frozen=True, kw_only=True):
    """An invoice is to be issued."""

    intent: UUID
    total_yen: int


class InvoiceIssued(Event, frozen=True, kw_only=True):
    """The invoice is out, with our number and Stripe's."""

    intent: UUID
    invoice_no: str
    provider_invoice: str
    total_yen: int
    due_on: date


class InvoiceVoided(Event, frozen=True, kw_only=True):
    """It no longer holds."""

    provider_invoice: str


class PaymentSettled(MoneyEvent, frozen=True, kw_only=True):
    """Money for the invoice arrived: gross, less Stripe's fee, is in our Stripe balance."""

    hiring: CompanyId
    charge: str
    balance_transaction: str
    gross_yen: int
    provider_fee_yen: int


class OverpaymentReceived(MoneyEvent, frozen=True, kw_only=True):
    """More than the fee arrived; it waits for the company's next invoice."""

    hiring: CompanyId
    balance_transaction: str
    amount_yen: int


class PrepaymentApplied(MoneyEvent, frozen=True, kw_only=True):
    """What waited pays this fee."""

    hiring: CompanyId
    amount_yen: int


class PrepaymentSpent(Event, frozen=True, kw_only=True):
    """Memo in the fee where it waited: it paid another fee; the entry is that fee's `PrepaymentApplied`."""

    amount_yen: int
    paid_to: FeeId


class CreditCounted(Event, frozen=True, kw_only=True):
    """Memo: the hiring company's credit paid a part of this fee; the entry is `CreditApplied` in the account."""

    credit: UUID
    amount_yen: int
    effective_on: date


class PayableOffset(Event, frozen=True, kw_only=True):
    """Memo: this fee's payable was used up by a claw-back of another; the entry is `ClawbackNetted` in the account."""

    source: CompanyId
    amount_yen: int
    owed_for: FeeId


class ClawbackOffset(Event, frozen=True, kw_only=True):
    """Memo: what the source owed for this fee was taken out of another's payable; the entry is `ClawbackNetted`."""

    source: CompanyId
    amount_yen: int
    paid_from: FeeId


class ReleaseScheduled(Event, frozen=True, kw_only=True):
    """The source's part may be transferred from this day on. After `FeeHeld` it is the decision to go on."""

    release_on: date


class PayableReleased(Event, frozen=True, kw_only=True):
    """Memo: its day came and nothing stands in the way; the source's part waits for a transfer run of two people."""

    beneficiary: CompanyId
    tranche: int
    amount_yen: int


class TransferRequested(MoneyEvent, frozen=True, kw_only=True):
    """Send the source its part; at most once per beneficiary and tranche."""

    intent: UUID
    beneficiary: CompanyId
    tranche: int
    amount_yen: int
    charge: str


class TransferPosted(MoneyEvent, frozen=True, kw_only=True):
    """Stripe moved it."""

    intent: UUID
    beneficiary: CompanyId
    tranche: int
    amount_yen: int
    transfer: str
    balance_transaction: str


class TransferVoided(MoneyEvent, frozen=True, kw_only=True):
    """Stripe definitely did not; the payable is back, less `netted_yen` that the source owes by a leave meanwhile."""

    intent: UUID
    beneficiary: CompanyId
    tranche: int
    amount_yen: int
    cause: str
    netted_yen: int = 0


class ReturnDetermined(MoneyEvent, frozen=True, kw_only=True):
    """The ladder returns a part: open receivable is credited first, the rest is owed as a refund.

    `total_yen` = contra revenue + tax + legs + unassigned = receivable credited + refund. `return_bps` of the fee.
    """

    hiring: CompanyId
    model: Model
    return_bps: int
    total_yen: int
    contra_revenue_yen: int
    tax_yen: int
    legs: tuple[ReturnLeg, ...]
    receivable_credited_yen: int
    refund_yen: int
    refund_due_on: date
    unassigned_yen: int = 0


class ReversalRequested(Event, frozen=True, kw_only=True):
    """Take back from exactly this transfer."""

    intent: UUID
    source: CompanyId
    transfer: str
    amount_yen: int


class TransferReversed(MoneyEvent, frozen=True, kw_only=True):
    """Stripe took it back."""

    intent: UUID
    source: CompanyId
    transfer: str
    reversal: str
    balance_transaction: str
    amount_yen: int


class ReversalFellShort(Event, frozen=True, kw_only=True):
    """The source's balance at Stripe did not cover it; the claw-back stays owed and is netted from what comes next."""

    intent: UUID
    source: CompanyId
    transfer: str
    amount_yen: int


class RefundRequested(Event, frozen=True, kw_only=True):
    """Pay the hiring company back; never waits for the source's money."""

    intent: UUID
    hiring: CompanyId
    charge: str
    amount_yen: int


class RefundSettled(MoneyEvent, frozen=True, kw_only=True):
    """It left our Stripe balance."""

    intent: UUID
    hiring: CompanyId
    refund: str
    balance_transaction: str
    amount_yen: int


class RefundFailed(MoneyEvent, frozen=True, kw_only=True):
    """It came back; it is still owed."""

    hiring: CompanyId
    refund: str
    balance_transaction: str
    amount_yen: int
    cause: str


class RefundVoided(Event, frozen=True, kw_only=True):
    """Memo: Stripe definitely did not refund, no money moved; it is still owed."""

    intent: UUID
    cause: str


class DisputeOpened(MoneyEvent, frozen=True, kw_only=True):
    """Stripe withheld the amount, and its fee."""

    dispute: str
    balance_transaction: str
    amount_yen: int
    provider_fee_yen: int


class DisputeWon(MoneyEvent, frozen=True, kw_only=True):
    """It is back."""

    dispute: str
    balance_transaction: str
    amount_yen: int


class DisputeLost(MoneyEvent, frozen=True, kw_only=True):
    """It is gone: each source bears its part by contract (payable, else claw-back), the platform the rest."""

    dispute: str
    amount_yen: int
    loss_yen: int
    legs: tuple[ReturnLeg, ...] = ()
    unassigned_yen: int = 0


class FeeWrittenOff(MoneyEvent, frozen=True, kw_only=True):
    """It will not be paid; the source's part falls away with it. `legal_ground_ref` is what the tax office wants."""

    hiring: CompanyId
    receivable_yen: int
    legs: tuple[Leg, ...]
    bad_debt_yen: int
    tax_yen: int
    legal_ground_ref: VaultRef
    unassigned_yen: int = 0


class FeeRecovered(MoneyEvent, frozen=True, kw_only=True):
    """It was paid after all. `provider_fee_yen` is what Stripe kept of `amount_yen`."""

    hiring: CompanyId
    charge: str
    balance_transaction: str
    amount_yen: int
    provider_fee_yen: int
    legs: tuple[Leg, ...]
    bad_debt_yen: int
    tax_yen: int
    unassigned_yen: int = 0


class SharesAllocated(MoneyEvent, frozen=True, kw_only=True):
    """Who earned it was decided after accrual: unassigned becomes the sources'.

    `whole_legs` are the parts of the whole fee, `legs` what is left of them after returns. Odd yen of several sources,
    `rounding_yen`, are the platform's.
    """

    legs: tuple[Leg, ...]
    whole_legs: tuple[Leg, ...]
    rounding_yen: int = 0


FeeEvent = (
    FeeAccrued
    | FeeHeld
    | FeeAdjusted
    | InvoiceRequested
    | InvoiceIssued
    | InvoiceVoided
    | PaymentSettled
    | OverpaymentReceived
    | PrepaymentApplied
    | PrepaymentSpent
    | CreditCounted
    | PayableOffset
    | ClawbackOffset
    | ReleaseScheduled
    | PayableReleased
    | TransferRequested
    | TransferPosted
    | TransferVoided
    | ReturnDetermined
    | ReversalRequested
    | TransferReversed
    | ReversalFellShort
    | RefundRequested
    | RefundSettled
    | RefundFailed
    | RefundVoided
    | DisputeOpened
    | DisputeWon
    | DisputeLost
    | FeeWrittenOff
    | FeeRecovered
    | SharesAllocated
)
