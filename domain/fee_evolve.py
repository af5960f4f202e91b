"""How each fact changes a fee. Facts are taken as they are: whether they were allowed was decided before."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from msgspec.structs import replace

from domain.company import RewardMode
from domain.fee_events import (
    ClawbackOffset,
    CreditCounted,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    FeeAccrued,
    FeeAdjusted,
    FeeEvent,
    FeeHeld,
    FeeRecovered,
    FeeWrittenOff,
    InvoiceIssued,
    InvoiceRequested,
    InvoiceVoided,
    OverpaymentReceived,
    PayableOffset,
    PayableReleased,
    PaymentSettled,
    PrepaymentApplied,
    PrepaymentSpent,
    RefundFailed,
    RefundRequested,
    RefundSettled,
    RefundVoided,
    ReleaseScheduled,
    ReturnDetermined,
    ReturnLeg,
    ReversalFellShort,
    ReversalRequested,
    SharesAllocated,
    TransferPosted,
    TransferRequested,
    TransferReversed,
    TransferVoided,
)
from domain.fee_state import Charge, Fee, Invoice, Part, Progress, Refund, Reversal, Transfer
from domain.ids import CompanyId


def evolve(state: Fee, event: FeeEvent) -> Fee:
    """The fee after one more fact."""
    match event:
        case FeeAccrued() | FeeAdjusted() | SharesAllocated() | FeeWrittenOff() | FeeRecovered():
            return _owed(state, event)
        case InvoiceRequested() | InvoiceIssued() | InvoiceVoided():
            return _invoiced(state, event)
        case PaymentSettled() | OverpaymentReceived() | PrepaymentApplied() | PrepaymentSpent() | CreditCounted():
            return _collected(state, event)
        case FeeHeld() | ReleaseScheduled():
            return _scheduled(state, event)
        case PayableReleased() | TransferRequested() | TransferPosted() | TransferVoided():
            return _sent(state, event)
        case PayableOffset() | ClawbackOffset() | ReversalRequested() | TransferReversed() | ReversalFellShort():
            return _taken_back(state, event)
        case ReturnDetermined() | RefundRequested() | RefundSettled() | RefundFailed() | RefundVoided():
            return _returned(state, event)
        case DisputeOpened() | DisputeWon() | DisputeLost():
            return _disputed(state, event)
        case _:
            assert_never(event)


def _owed(state: Fee, event: FeeAccrued | FeeAdjusted | SharesAllocated | FeeWrittenOff | FeeRecovered) -> Fee:
    match event:
        case FeeAccrued():
            return _accrued(state, event)
        case FeeAdjusted():
            state = replace(
                _accrued(state, event.new),
                paid_yen=state.paid_yen - event.excess_yen,
                prepayment_yen=state.prepayment_yen + event.excess_yen,
                collected_on=None,
                release_on=None,
            )
            return _close_if_paid(state, event.effective_on)
        case SharesAllocated():
            return _allocated(state, event)
        case FeeWrittenOff():
            for leg in event.legs:
                state = _payable(state, leg.source, -leg.amount_yen)
            state = replace(
                state,
                written_off_yen=state.written_off_yen + event.receivable_yen,
                unassigned_yen=state.unassigned_yen - event.unassigned_yen,
            )
            return _close_if_paid(state, event.effective_on)
        case FeeRecovered():
            for leg in event.legs:
                state = _payable(state, leg.source, leg.amount_yen)
            state = replace(
                state,
                written_off_yen=state.written_off_yen - event.amount_yen,
                unassigned_yen=state.unassigned_yen + event.unassigned_yen,
            )
            return _close_if_paid(_paid(state, event, event.amount_yen), event.effective_on)
        case _:
            assert_never(event)


def _accrued(state: Fee, event: FeeAccrued) -> Fee:
    cash = (leg for leg in event.legs if leg.mode is RewardMode.CASH)
    return replace(
        state,
        accrual=event,
        parts={leg.source: Part(whole_yen=leg.amount_yen, payable_yen=leg.amount_yen) for leg in cash},
        unassigned_whole_yen=event.unassigned_yen,
        unassigned_yen=event.unassigned_yen,
    )


def _allocated(state: Fee, event: SharesAllocated) -> Fee:
    """The accrual in force then names who earned it: that is what a later adjustment reverses."""
    wholes = {leg.source: leg.amount_yen for leg in event.whole_legs}
    for leg in event.legs:
        part = state.parts.get(leg.source, Part(whole_yen=0))
        whole_yen, payable_yen = part.whole_yen + wholes[leg.source], part.payable_yen + leg.amount_yen
        state = _with_part(state, leg.source, replace(part, whole_yen=whole_yen, payable_yen=payable_yen))
    if state.accrual is not None:
        legs = (*state.accrual.legs, *event.whole_legs)
        state = replace(state, accrual=replace(state.accrual, legs=legs, unassigned_yen=0))
    return replace(state, unassigned_whole_yen=0, unassigned_yen=0)


def _invoiced(state: Fee, event: InvoiceRequested | InvoiceIssued | InvoiceVoided) -> Fee:
    match event:
        case InvoiceRequested():
            invoice = Invoice(intent=event.intent, total_yen=event.total_yen)
            return replace(state, invoice=invoice, invoice_count=state.invoice_count + 1)
        case InvoiceIssued():
            invoice = Invoice(
                intent=event.intent,
                total_yen=event.total_yen,
                invoice_no=event.invoice_no,
                provider_invoice=event.provider_invoice,
            )
            return replace(state, invoice=invoice)
        case InvoiceVoided():
            return replace(state, invoice=None)
        case _:
            assert_never(event)


def _collected(
    state: Fee, event: PaymentSettled | OverpaymentReceived | PrepaymentApplied | PrepaymentSpent | CreditCounted
) -> Fee:
    match event:
        case PaymentSettled():
            return _close_if_paid(_paid(state, event, event.gross_yen), event.effective_on)
        case OverpaymentReceived():
            movements = state.movements | {event.balance_transaction}
            return replace(state, prepayment_yen=state.prepayment_yen + event.amount_yen, movements=movements)
        case PrepaymentSpent():
            return replace(state, prepayment_yen=state.prepayment_yen - event.amount_yen)
        case PrepaymentApplied() | CreditCounted():
            return _close_if_paid(replace(state, paid_yen=state.paid_yen + event.amount_yen), event.effective_on)
        case _:
            assert_never(event)


def _paid(state: Fee, event: PaymentSettled | FeeRecovered, gross_yen: int) -> Fee:
    charge = state.charges.get(event.charge, Charge(gross_yen=0))
    return replace(
        state,
        paid_yen=state.paid_yen + gross_yen,
        charges={**state.charges, event.charge: replace(charge, gross_yen=charge.gross_yen + gross_yen)},
        movements=state.movements | {event.balance_transaction},
    )


def _close_if_paid(state: Fee, on: date) -> Fee:
    """The day on which nothing was open any more is kept: release counts from it."""
    return replace(state, collected_on=on) if state.open_yen == 0 and state.collected_on is None else state


def _scheduled(state: Fee, event: FeeHeld | ReleaseScheduled) -> Fee:
    match event:
        case FeeHeld():
            return replace(state, held_for=event.cause)
        case ReleaseScheduled():
            return replace(state, held_for=None, release_on=event.release_on)
        case _:
            assert_never(event)


def _sent(state: Fee, event: PayableReleased | TransferRequested | TransferPosted | TransferVoided) -> Fee:
    match event:
        case PayableReleased():
            return replace(state, released={**state.released, event.beneficiary: event.tranche})
        case TransferRequested():
            sent = Transfer(
                beneficiary=event.beneficiary, tranche=event.tranche, amount_yen=event.amount_yen, charge=event.charge
            )
            state = replace(state, transfers={**state.transfers, event.intent: sent})
            return _payable(state, event.beneficiary, -event.amount_yen, in_flight_yen=event.amount_yen)
        case TransferPosted():
            sent = replace(state.transfers[event.intent], progress=Progress.DONE, transfer=event.transfer)
            movements = state.movements | {event.balance_transaction}
            state = replace(state, transfers={**state.transfers, event.intent: sent}, movements=movements)
            return _payable(state, event.beneficiary, 0, in_flight_yen=-event.amount_yen)
        case TransferVoided():
            sent = replace(state.transfers[event.intent], progress=Progress.VOID)
            state = replace(state, transfers={**state.transfers, event.intent: sent})
            back_yen = event.amount_yen - event.netted_yen
            flown_yen = -event.amount_yen
            return _payable(state, event.beneficiary, back_yen, in_flight_yen=flown_yen, clawback_yen=-event.netted_yen)
        case _:
            assert_never(event)


def _taken_back(
    state: Fee, event: PayableOffset | ClawbackOffset | ReversalRequested | TransferReversed | ReversalFellShort
) -> Fee:
    match event:
        case PayableOffset():
            state = replace(state, offset_yen=state.offset_yen + event.amount_yen)
            return _payable(state, event.source, -event.amount_yen)
        case ClawbackOffset():
            return _payable(state, event.source, 0, clawback_yen=-event.amount_yen)
        case ReversalRequested():
            asked = Reversal(source=event.source, transfer=event.transfer, open_yen=event.amount_yen)
            state = replace(state, reversals={**state.reversals, event.intent: asked})
            return _reversing(state, event.transfer, event.amount_yen, 0)
        case TransferReversed():
            state = replace(_answered(state, event), movements=state.movements | {event.balance_transaction})
            state = _reversing(state, event.transfer, -event.amount_yen, event.amount_yen)
            return _payable(state, event.source, 0, clawback_yen=-event.amount_yen)
        case ReversalFellShort():
            return _reversing(_answered(state, event), event.transfer, -event.amount_yen, 0)
        case _:
            assert_never(event)


def _answered(state: Fee, event: TransferReversed | ReversalFellShort) -> Fee:
    asked = state.reversals[event.intent]
    asked = replace(asked, open_yen=asked.open_yen - event.amount_yen)
    return replace(state, reversals={**state.reversals, event.intent: asked})


def _reversing(state: Fee, transfer: str, reversing_yen: int, reversed_yen: int) -> Fee:
    intent, sent = next((intent, sent) for intent, sent in state.transfers.items() if sent.transfer == transfer)
    sent = replace(
        sent, reversing_yen=sent.reversing_yen + reversing_yen, reversed_yen=sent.reversed_yen + reversed_yen
    )
    return replace(state, transfers={**state.transfers, intent: sent})


def _returned(
    state: Fee, event: ReturnDetermined | RefundRequested | RefundSettled | RefundFailed | RefundVoided
) -> Fee:
    match event:
        case ReturnDetermined():
            state = _borne(state, event.legs, event.unassigned_yen)
            state = replace(
                state,
                return_bps=event.return_bps,
                credited_yen=state.credited_yen + event.receivable_credited_yen,
                refund_due_yen=state.refund_due_yen + event.refund_yen,
            )
            return _close_if_paid(state, event.effective_on)
        case RefundRequested():
            refund = Refund(charge=event.charge, amount_yen=event.amount_yen)
            state = replace(state, refunds={**state.refunds, event.intent: refund})
            return _refunding(state, event.charge, event.amount_yen, 0)
        case RefundSettled():
            refund = replace(state.refunds[event.intent], progress=Progress.DONE, refund=event.refund)
            state = replace(
                state,
                refunds={**state.refunds, event.intent: refund},
                refunded_yen=state.refunded_yen + event.amount_yen,
                movements=state.movements | {event.balance_transaction},
            )
            return _refunding(state, refund.charge, -event.amount_yen, event.amount_yen)
        case RefundFailed():
            intent = next(intent for intent, refund in state.refunds.items() if refund.refund == event.refund)
            refund = replace(state.refunds[intent], progress=Progress.VOID)
            state = replace(
                state,
                refunds={**state.refunds, intent: refund},
                refunded_yen=state.refunded_yen - event.amount_yen,
                movements=state.movements | {event.balance_transaction},
            )
            return _refunding(state, refund.charge, 0, -event.amount_yen)
        case RefundVoided():
            refund = replace(state.refunds[event.intent], progress=Progress.VOID)
            state = replace(state, refunds={**state.refunds, event.intent: refund})
            return _refunding(state, refund.charge, -refund.amount_yen, 0)
        case _:
            assert_never(event)


def _refunding(state: Fee, charge: str, refunding_yen: int, refunded_yen: int) -> Fee:
    was = state.charges[charge]
    now = replace(was, refunding_yen=was.refunding_yen + refunding_yen, refunded_yen=was.refunded_yen + refunded_yen)
    return replace(state, charges={**state.charges, charge: now})


def _disputed(state: Fee, event: DisputeOpened | DisputeWon | DisputeLost) -> Fee:
    match event:
        case DisputeOpened():
            movements = state.movements | {event.balance_transaction}
            return replace(state, disputes={**state.disputes, event.dispute: event.amount_yen}, movements=movements)
        case DisputeWon():
            movements = state.movements | {event.balance_transaction}
            return replace(state, disputes={**state.disputes, event.dispute: 0}, movements=movements)
        case DisputeLost():
            state = _borne(state, event.legs, event.unassigned_yen)
            lost_yen = state.lost_yen + min(event.amount_yen, state.kept_yen)
            return replace(state, disputes={**state.disputes, event.dispute: 0}, lost_yen=lost_yen)
        case _:
            assert_never(event)


def _borne(state: Fee, legs: tuple[ReturnLeg, ...], unassigned_yen: int) -> Fee:
    for leg in legs:
        state = _payable(state, leg.source, -leg.from_payable_yen, clawback_yen=leg.from_clawback_yen)
    return replace(state, unassigned_yen=state.unassigned_yen - unassigned_yen)


def _payable(state: Fee, source: CompanyId, payable_yen: int, *, in_flight_yen: int = 0, clawback_yen: int = 0) -> Fee:
    part = state.parts[source]
    return _with_part(
        state,
        source,
        replace(
            part,
            payable_yen=part.payable_yen + payable_yen,
            in_flight_yen=part.in_flight_yen + in_flight_yen,
            clawback_yen=part.clawback_yen + clawback_yen,
        ),
    )


def _with_part(state: Fee, source: CompanyId, part: Part) -> Fee:
    return replace(state, parts={**state.parts, source: part})
