"""The hiring company pays: net collected never exceeds what is owed, and more than that waits as prepayment.

What was written off may still be paid; a leave since then only caps how much of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.company import RewardMode
from domain.fee import (
    Fee,
    FeeEvent,
    FeeRecovered,
    FeeWrittenOff,
    InvoiceIssued,
    InvoiceRequested,
    InvoiceVoided,
    Leg,
    OverpaymentReceived,
    PaymentSettled,
    PrepaymentApplied,
    PrepaymentSpent,
    evolve,
    intent_of,
)
from domain.ids import VaultRef
from domain.money import portion
from domain.refusal import Refused
from domain.rules.fee_parts import accrued, step


def request_invoice(fee: Fee) -> InvoiceRequested:
    """An invoice over what is open. Refuses `invoice-already-requested`, `nothing-to-invoice`."""
    accrual = accrued(fee)
    if fee.invoice is not None: raise Refused("invoice-already-requested")
    if fee.open_yen == 0: raise Refused("nothing-to-invoice")
    return InvoiceRequested(intent=intent_of(accrual.fee, "invoice", fee.invoice_count), total_yen=fee.open_yen)


def invoice_issued(
    fee: Fee, *, intent: UUID, invoice_no: str, provider_invoice: str, total_yen: int, due_on: date
) -> InvoiceIssued:
    """Stripe finalised it. Refuses `invoice-not-requested`, `invoice-already-issued`, `invoice-total-differs`."""
    asked = fee.invoice
    if asked is None or asked.intent != intent: raise Refused("invoice-not-requested")
    if asked.provider_invoice: raise Refused("invoice-already-issued", invoice_no=asked.invoice_no)
    if asked.total_yen != total_yen:
        raise Refused("invoice-total-differs", expected_yen=asked.total_yen, total_yen=total_yen)
    return InvoiceIssued(
        intent=intent, invoice_no=invoice_no, provider_invoice=provider_invoice, total_yen=total_yen, due_on=due_on
    )


def void_invoice(fee: Fee) -> InvoiceVoided:
    """It no longer holds, because what is owed changed. Refuses `no-invoice-in-force`."""
    if fee.invoice is None or not fee.invoice.provider_invoice: raise Refused("no-invoice-in-force")
    return InvoiceVoided(provider_invoice=fee.invoice.provider_invoice)


def settle_payment(
    fee: Fee, *, charge: str, balance_transaction: str, gross_yen: int, provider_fee_yen: int, on: date
) -> tuple[FeeEvent, ...]:
    """Money arrived: it pays what is open, then what was written off and still owed; the rest waits as prepayment.

    One movement may so become up to three facts, the first of which bears Stripe's fee. Refuses
    `movement-already-recorded`, `amount-not-positive`.
    """
    hiring = accrued(fee).hiring
    if balance_transaction in fee.movements: raise Refused("movement-already-recorded")
    if gross_yen <= 0 or not 0 <= provider_fee_yen <= gross_yen: raise Refused("amount-not-positive")
    events: list[FeeEvent] = []
    settled_yen = min(gross_yen, fee.open_yen)
    recovered_yen = min(gross_yen - settled_yen, recoverable_yen(fee))
    if settled_yen or not recovered_yen:
        settled = PaymentSettled(
            effective_on=on,
            hiring=hiring,
            charge=charge,
            balance_transaction=balance_transaction,
            gross_yen=settled_yen,
            provider_fee_yen=provider_fee_yen,
        )
        events.append(settled)
        fee, provider_fee_yen = evolve(fee, settled), 0
    if recovered_yen:
        events.append(_recovered(fee, recovered_yen, charge, balance_transaction, provider_fee_yen, on))
    if excess_yen := gross_yen - settled_yen - recovered_yen:
        over = OverpaymentReceived(
            effective_on=on, hiring=hiring, balance_transaction=balance_transaction, amount_yen=excess_yen
        )
        events.append(over)
    return tuple(events)


def recoverable_yen(fee: Fee) -> int:
    """What of the written-off part would still be owed after the returns that were determined."""
    still_owed_yen = fee.total_yen - portion(fee.total_yen, fee.return_bps) - fee.kept_yen - fee.open_yen
    return max(0, min(fee.written_off_yen, still_owed_yen))


def apply_prepayment(waiting: Fee, owing: Fee, *, on: date) -> tuple[PrepaymentSpent, PrepaymentApplied]:
    """What waits in one fee pays another of the same company: one append, to both. The second posts.

    Refuses `prepayment-of-another-company`, `no-prepayment-waiting`, `nothing-owed`.
    """
    source, target = accrued(waiting), accrued(owing)
    if source.hiring != target.hiring: raise Refused("prepayment-of-another-company")
    if waiting.prepayment_yen == 0: raise Refused("no-prepayment-waiting")
    if owing.open_yen == 0: raise Refused("nothing-owed")
    amount_yen = min(waiting.prepayment_yen, owing.open_yen)
    spent = PrepaymentSpent(amount_yen=amount_yen, paid_to=target.fee)
    return spent, PrepaymentApplied(effective_on=on, hiring=target.hiring, amount_yen=amount_yen)


def write_off(fee: Fee, *, legal_ground_ref: VaultRef, on: date) -> FeeWrittenOff:
    """It will not be paid; each source's part falls away with it, for it is paid only out of what was collected.

    Refuses `nothing-to-write-off`.
    """
    accrual = accrued(fee)
    if fee.open_yen == 0: raise Refused("nothing-to-write-off")
    lost = step(fee, fee.open_yen)
    return FeeWrittenOff(
        effective_on=on,
        hiring=accrual.hiring,
        receivable_yen=fee.open_yen,
        legs=_legs(fee, 1, lost.legs.values()),
        bad_debt_yen=lost.revenue_yen,
        tax_yen=lost.tax_yen,
        legal_ground_ref=legal_ground_ref,
        unassigned_yen=lost.unassigned_yen,
    )


def _recovered(
    fee: Fee, amount_yen: int, charge: str, balance_transaction: str, provider_fee_yen: int, on: date
) -> FeeRecovered:
    back = step(fee, -amount_yen)
    return FeeRecovered(
        effective_on=on,
        hiring=accrued(fee).hiring,
        charge=charge,
        balance_transaction=balance_transaction,
        amount_yen=amount_yen,
        provider_fee_yen=provider_fee_yen,
        legs=_legs(fee, -1, back.legs.values()),
        bad_debt_yen=-back.revenue_yen,
        tax_yen=-back.tax_yen,
        unassigned_yen=-back.unassigned_yen,
    )


def _legs(fee: Fee, sign: int, amounts: Iterable[int]) -> tuple[Leg, ...]:
    return tuple(
        Leg(source=source, mode=RewardMode.CASH, amount_yen=sign * amount_yen)
        for source, amount_yen in zip(fee.parts, amounts, strict=True)
        if amount_yen
    )
