"""Rule 10 for fees: which accounts each event of a fee moves. It maps; every amount is in the event."""

from __future__ import annotations

from typing import assert_never

from domain import fee
from domain.company import RewardMode
from domain.rules import ledger_accounts as to
from domain.rules.ledger_accounts import Line, Lines, credit, debit


def post_fee(event: fee.FeeEvent) -> Lines:
    """The lines of one event of a fee; none for its memos."""
    match event:
        case fee.FeeAccrued() | fee.FeeAdjusted() | fee.SharesAllocated() | fee.FeeWrittenOff() | fee.FeeRecovered():
            return _owed(event)
        case fee.PaymentSettled() | fee.OverpaymentReceived() | fee.PrepaymentApplied():
            return _collected(event)
        case fee.TransferRequested() | fee.TransferPosted() | fee.TransferVoided() | fee.TransferReversed():
            return _sent(event)
        case fee.ReturnDetermined() | fee.RefundSettled() | fee.RefundFailed():
            return _returned(event)
        case fee.DisputeOpened() | fee.DisputeWon() | fee.DisputeLost():
            return _disputed(event)
        case _:
            return []


def _owed(
    event: fee.FeeAccrued | fee.FeeAdjusted | fee.SharesAllocated | fee.FeeWrittenOff | fee.FeeRecovered
) -> Lines:
    match event:
        case fee.FeeAccrued():
            income = to.COMMISSION if event.model is fee.Model.AGENT else to.REVENUE
            cash = [leg for leg in event.legs if leg.mode is RewardMode.CASH]
            return [
                debit(to.RECEIVABLE, event.hiring, event.total_yen),
                *(credit(to.PAYABLE, leg.source, leg.amount_yen) for leg in cash),
                credit(to.UNASSIGNED, None, event.unassigned_yen),
                credit(income, None, event.commission_yen),
                credit(to.TAX_OUTPUT, None, event.commission_tax_yen),
            ]
        case fee.FeeAdjusted():
            undone = [Line(line.account, line.company, -line.amount_yen) for line in _owed(event.old)]
            excess = [
                debit(to.RECEIVABLE, event.new.hiring, event.excess_yen),
                credit(to.PREPAYMENT, event.new.hiring, event.excess_yen),
            ]
            return [*undone, *_owed(event.new), *excess]
        case fee.SharesAllocated():
            allocated_yen = sum(leg.amount_yen for leg in event.legs)
            return [
                debit(to.UNASSIGNED, None, allocated_yen - event.rounding_yen),
                debit(to.COMMISSION, None, event.rounding_yen),
                *(credit(to.PAYABLE, leg.source, leg.amount_yen) for leg in event.legs),
            ]
        case fee.FeeWrittenOff():
            return [
                *(debit(to.PAYABLE, leg.source, leg.amount_yen) for leg in event.legs),
                debit(to.UNASSIGNED, None, event.unassigned_yen),
                debit(to.BAD_DEBT, None, event.bad_debt_yen),
                debit(to.TAX_OUTPUT, None, event.tax_yen),
                credit(to.RECEIVABLE, event.hiring, event.receivable_yen),
            ]
        case fee.FeeRecovered():
            return [
                debit(to.CLEARING, None, event.amount_yen - event.provider_fee_yen),
                debit(to.STRIPE_FEES, None, event.provider_fee_yen),
                *(credit(to.PAYABLE, leg.source, leg.amount_yen) for leg in event.legs),
                credit(to.UNASSIGNED, None, event.unassigned_yen),
                credit(to.BAD_DEBT, None, event.bad_debt_yen),
                credit(to.TAX_OUTPUT, None, event.tax_yen),
            ]
        case _:
            assert_never(event)


def _collected(event: fee.PaymentSettled | fee.OverpaymentReceived | fee.PrepaymentApplied) -> Lines:
    match event:
        case fee.PaymentSettled():
            return [
                debit(to.CLEARING, None, event.gross_yen - event.provider_fee_yen),
                debit(to.STRIPE_FEES, None, event.provider_fee_yen),
                credit(to.RECEIVABLE, event.hiring, event.gross_yen),
            ]
        case fee.OverpaymentReceived(hiring=who, amount_yen=yen):
            return [debit(to.CLEARING, None, yen), credit(to.PREPAYMENT, who, yen)]
        case fee.PrepaymentApplied(hiring=who, amount_yen=yen):
            return [debit(to.PREPAYMENT, who, yen), credit(to.RECEIVABLE, who, yen)]
        case _:
            assert_never(event)


def _sent(event: fee.TransferRequested | fee.TransferPosted | fee.TransferVoided | fee.TransferReversed) -> Lines:
    yen = event.amount_yen
    match event:
        case fee.TransferRequested(beneficiary=who):
            return [debit(to.PAYABLE, who, yen), credit(to.IN_FLIGHT, who, yen)]
        case fee.TransferPosted(beneficiary=who):
            return [debit(to.IN_FLIGHT, who, yen), credit(to.CLEARING, None, yen)]
        case fee.TransferVoided(beneficiary=who, netted_yen=netted_yen):
            back = [credit(to.PAYABLE, who, yen - netted_yen), credit(to.CLAWBACK, who, netted_yen)]
            return [debit(to.IN_FLIGHT, who, yen), *back]
        case fee.TransferReversed(source=who):
            return [debit(to.CLEARING, None, yen), credit(to.CLAWBACK, who, yen)]
        case _:
            assert_never(event)


def _returned(event: fee.ReturnDetermined | fee.RefundSettled | fee.RefundFailed) -> Lines:
    match event:
        case fee.ReturnDetermined():
            return [
                debit(to.CONTRA_REVENUE, None, event.contra_revenue_yen),
                debit(to.TAX_OUTPUT, None, event.tax_yen),
                *_borne(event.legs),
                debit(to.UNASSIGNED, None, event.unassigned_yen),
                credit(to.RECEIVABLE, event.hiring, event.receivable_credited_yen),
                credit(to.REFUND_PAYABLE, event.hiring, event.refund_yen),
            ]
        case fee.RefundSettled(hiring=who, amount_yen=yen):
            return [debit(to.REFUND_PAYABLE, who, yen), credit(to.CLEARING, None, yen)]
        case fee.RefundFailed(hiring=who, amount_yen=yen):
            return [debit(to.CLEARING, None, yen), credit(to.REFUND_PAYABLE, who, yen)]
        case _:
            assert_never(event)


def _disputed(event: fee.DisputeOpened | fee.DisputeWon | fee.DisputeLost) -> Lines:
    yen = event.amount_yen
    match event:
        case fee.DisputeOpened(provider_fee_yen=fee_yen):
            withheld = [debit(to.DISPUTE_WITHHELD, None, yen), debit(to.STRIPE_FEES, None, fee_yen)]
            return [*withheld, credit(to.CLEARING, None, yen + fee_yen)]
        case fee.DisputeWon():
            return [debit(to.CLEARING, None, yen), credit(to.DISPUTE_WITHHELD, None, yen)]
        case fee.DisputeLost():
            return [
                debit(to.DISPUTE_LOSS, None, event.loss_yen),
                *_borne(event.legs),
                debit(to.UNASSIGNED, None, event.unassigned_yen),
                credit(to.DISPUTE_WITHHELD, None, yen),
            ]
        case _:
            assert_never(event)


def _borne(legs: tuple[fee.ReturnLeg, ...]) -> Lines:
    lines: Lines = []
    for leg in legs:
        lines.append(debit(to.PAYABLE, leg.source, leg.from_payable_yen))
        lines.append(debit(to.CLAWBACK, leg.source, leg.from_clawback_yen))
    return lines
