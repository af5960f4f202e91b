"""Leaving early returns a part of the fee: what is still open is credited first, only the rest is paid back (rule 9).

`refund = max(0, collected − (fee − return))`. Each source bears its part out of what it has not been paid, else owes it
back: the claw-back names the exact transfer it reverses. The hiring company's refund never waits for that. While a
transfer is in flight or its outcome unknown, nothing is reversed; the source's part is a claw-back until Stripe says
which it was (`fee_release.transfer_posted`, `transfer_voided`). After a write-off a leave only caps recovery.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.fee import (
    Fee,
    FeeEvent,
    Progress,
    Refund,
    RefundFailed,
    RefundRequested,
    RefundSettled,
    RefundVoided,
    ReturnDetermined,
    Reversal,
    ReversalFellShort,
    ReversalRequested,
    TransferReversed,
    evolve,
    intent_of,
)
from domain.money import portion
from domain.refusal import Refused
from domain.rules.fee_parts import accrued, asked_back_yen, borne_by_sources, step


def determine_return(fee: Fee, *, return_bps: int, refund_due_on: date, on: date) -> tuple[FeeEvent, ...]:
    """`return_bps` of the whole fee returns; what Stripe is asked to take and to pay back follows in the same append.

    Refuses `return-already-determined` unless it is more than before.
    """
    accrual = accrued(fee)
    if return_bps <= fee.return_bps: raise Refused("return-already-determined", return_bps=fee.return_bps)
    owed_after_yen = fee.total_yen - portion(fee.total_yen, return_bps)
    # What was written off or lost has already left `open` and `kept`: it is not returned a second time.
    return_yen = max(0, fee.open_yen + fee.kept_yen - owed_after_yen)
    credited_yen = min(fee.open_yen, return_yen)
    share = step(fee, return_yen)
    returned = ReturnDetermined(
        effective_on=on,
        hiring=accrual.hiring,
        model=accrual.model,
        return_bps=return_bps,
        total_yen=return_yen,
        contra_revenue_yen=share.revenue_yen,
        tax_yen=share.tax_yen,
        legs=borne_by_sources(fee, share),
        receivable_credited_yen=credited_yen,
        refund_yen=return_yen - credited_yen,
        refund_due_on=refund_due_on,
        unassigned_yen=share.unassigned_yen,
    )
    after = evolve(fee, returned)
    return returned, *request_reversals(after), *request_refunds(after)


def request_reversals(fee: Fee) -> tuple[ReversalRequested, ...]:
    """Ask back what sources owe, each from exactly the transfers it was sent, newest first. Empty if nothing can be."""
    accrual = accrued(fee)
    asked: list[ReversalRequested] = []
    for source, part in fee.parts.items():
        owed_yen = part.clawback_yen - asked_back_yen(fee, source)
        for sent in reversed(fee.transfers.values()):
            left_yen = sent.amount_yen - sent.reversing_yen - sent.reversed_yen
            amount_yen = min(owed_yen, left_yen)
            if sent.beneficiary != source or sent.progress is not Progress.DONE or amount_yen <= 0: continue
            intent = intent_of(accrual.fee, "reversal", len(fee.reversals) + len(asked))
            asked.append(ReversalRequested(intent=intent, source=source, transfer=sent.transfer, amount_yen=amount_yen))
            owed_yen -= amount_yen
    return tuple(asked)


def transfer_reversed(
    fee: Fee, *, intent: UUID, reversal: str, balance_transaction: str, amount_yen: int, on: date
) -> TransferReversed:
    """Stripe took it, or a part of it, back. Refuses `reversal-not-asked-for`, `movement-already-recorded`."""
    asked = _open_reversal(fee, intent, amount_yen)
    if balance_transaction in fee.movements: raise Refused("movement-already-recorded")
    return TransferReversed(
        effective_on=on,
        intent=intent,
        source=asked.source,
        transfer=asked.transfer,
        reversal=reversal,
        balance_transaction=balance_transaction,
        amount_yen=amount_yen,
    )


def reversal_fell_short(fee: Fee, *, intent: UUID) -> ReversalFellShort:
    """The source's balance did not cover the rest: it stays owed and is netted. Refuses `reversal-not-asked-for`."""
    asked = _open_reversal(fee, intent, 1)
    return ReversalFellShort(intent=intent, source=asked.source, transfer=asked.transfer, amount_yen=asked.open_yen)


def request_refunds(fee: Fee) -> tuple[RefundRequested, ...]:
    """Ask Stripe to pay back what is due, charge by charge; nothing while a dispute is open, for Stripe refuses it.

    What came in as credit or prepayment has no charge of this fee to go back to: it stays owed for a person to settle.
    """
    accrual = accrued(fee)
    if any(fee.disputes.values()): return ()
    back_yen = {name: paid.gross_yen - paid.refunding_yen - paid.refunded_yen for name, paid in fee.charges.items()}
    due_yen = fee.refund_payable_yen - sum(paid.refunding_yen for paid in fee.charges.values())
    due_yen = min(due_yen, sum(back_yen.values()) - fee.lost_yen)
    asked: list[RefundRequested] = []
    for charge, left_yen in back_yen.items():
        amount_yen = min(due_yen, left_yen)
        if amount_yen <= 0: continue
        intent = intent_of(accrual.fee, "refund", len(fee.refunds) + len(asked))
        asked.append(RefundRequested(intent=intent, hiring=accrual.hiring, charge=charge, amount_yen=amount_yen))
        due_yen -= amount_yen
    return tuple(asked)


def refund_settled(fee: Fee, *, intent: UUID, refund: str, balance_transaction: str, on: date) -> RefundSettled:
    """It left our balance. Refuses `refund-not-asked-for`."""
    asked = _open_refund(fee, intent)
    return RefundSettled(
        effective_on=on,
        intent=intent,
        hiring=accrued(fee).hiring,
        refund=refund,
        balance_transaction=balance_transaction,
        amount_yen=asked.amount_yen,
    )


def refund_failed(fee: Fee, *, refund: str, balance_transaction: str, cause: str, on: date) -> RefundFailed:
    """It came back and is owed again; `request_refunds` asks anew. Refuses `refund-not-settled`."""
    for paid in fee.refunds.values():
        if paid.refund == refund and paid.progress is Progress.DONE:
            return RefundFailed(
                effective_on=on,
                hiring=accrued(fee).hiring,
                refund=refund,
                balance_transaction=balance_transaction,
                amount_yen=paid.amount_yen,
                cause=cause,
            )
    raise Refused("refund-not-settled")


def refund_voided(fee: Fee, *, intent: UUID, cause: str) -> RefundVoided:
    """Stripe definitely did not: it is still owed. Refuses `refund-not-asked-for`."""
    _open_refund(fee, intent)
    return RefundVoided(intent=intent, cause=cause)


def _open_reversal(fee: Fee, intent: UUID, amount_yen: int) -> Reversal:
    asked = fee.reversals.get(intent)
    if asked is None or not 0 < amount_yen <= asked.open_yen: raise Refused("reversal-not-asked-for")
    return asked


def _open_refund(fee: Fee, intent: UUID) -> Refund:
    asked = fee.refunds.get(intent)
    if asked is None or asked.progress is not Progress.REQUESTED: raise Refused("refund-not-asked-for")
    return asked
