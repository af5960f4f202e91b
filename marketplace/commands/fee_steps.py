"""Steps that several commands of a fee take: ask for an invoice or void one, schedule the release, return a part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from domain.calendar import jst_date
from domain.company import RewardMode
from domain.fee import CreditCounted, FeeEvent, PrepaymentApplied, RefundRequested, ReversalRequested
from domain.hire import Hire
from domain.ids import FeeId
from domain.refusal import Refused
from domain.rules import fee_collection, fee_release, fee_return, guarantee
from domain.rules.fee_parts import accrued
from marketplace.commands.draft import Draft, intent_for
from marketplace.settlement.intents import task
from marketplace.settlement.stripe import calls
from marketplace.settlement.stripe.calls import Intent, InvoiceLine, LineCode
from marketplace.store.log import Command

RELEASE_AGAIN = "release-again"
"""The task that tries a release again where the timer no longer does: after a part went, or came back."""


def invoiced(draft: Draft, fee: FeeId) -> None:
    """Ask for an invoice over what is open, line by line as it came about."""
    state = draft.fee(fee)
    accrual = accrued(state)
    asked = fee_collection.request_invoice(state)
    customer = draft.account(accrual.hiring).customer
    if customer is None: raise Refused("customer-not-open-yet")
    today = jst_date(draft.command.now)
    call = calls.build_invoice(
        Intent(asked.intent),
        customer_id=customer,
        fee_id=fee,
        introduction_no=accrual.number,
        lines=_lines(draft, fee, asked.total_yen),
        total_yen=asked.total_yen,
        days_until_due=max(0, (accrual.due_on - today).days),
    )
    draft.of_fee(fee, asked)
    draft.ask(asked.intent, call, stream=fee, company=accrual.hiring)


def void_invoice(draft: Draft, fee: FeeId) -> None:
    """Take back an invoice that was issued and says too much; where none was, there is nothing to take back."""
    state = draft.fee(fee)
    if state.invoice is None or not state.invoice.provider_invoice:
        return
    intent = Intent(intent_for(state, f"void-invoice:{state.invoice.provider_invoice}"))
    call = calls.build_void_invoice(intent, invoice_id=state.invoice.provider_invoice)
    draft.ask(intent.id, call, stream=fee, company=accrued(state).hiring)


def schedule_if_collected(draft: Draft, fee: FeeId, hire: Hire) -> None:
    """Say when the sources' parts may go, if the fee is collected now, nobody has said it yet and nobody holds it."""
    state = draft.fee(fee)
    if not state.total_yen or state.collected_on is None or state.open_yen:
        return
    if state.release_on is not None or state.held_for is not None:
        return
    if not any(leg.amount_yen or leg.mode is RewardMode.SLOT for leg in accrued(state).legs) and not state.parts:
        return
    scheduled = fee_release.schedule_release(state, hire.terms, started_on=hire.started_on)
    if not state.parts and accrued(state).release_on is not None:
        # Credit and slots wait for the end of the report window, however long that is (no money is held for them).
        last = max(scheduled.release_on, accrued(state).release_on or scheduled.release_on)
        scheduled = msgspec.structs.replace(scheduled, release_on=last)
    draft.of_fee(fee, scheduled)


def release_again(fee: FeeId, command: Command, run_at: datetime) -> dict[str, str]:
    """The task that tries a release again where the timer no longer does."""
    return task(RELEASE_AGAIN, fee, run_at, about=str(command.id))


def returned(draft: Draft, fee: FeeId, hire: Hire) -> None:
    """The ladder's part of the fee goes back: open receivable first, then a refund, each source bearing its part."""
    today = jst_date(draft.command.now)
    due_on = today + timedelta(days=hire.terms.payment_due_days)
    decided = fee_return.determine_return(
        draft.fee(fee), return_bps=guarantee.returned_bps(hire), refund_due_on=due_on, on=today
    )
    had_open_yen = draft.fee(fee).open_yen
    asked(draft, fee, decided)
    if draft.fee(fee).open_yen != had_open_yen:
        void_invoice(draft, fee)


def asked(draft: Draft, fee: FeeId, events: tuple[FeeEvent, ...]) -> None:
    """Facts of a fee, and a call for each reversal and refund among them; each names its transfer or its charge."""
    draft.of_fee(fee, *events)
    for event in events:
        if isinstance(event, ReversalRequested):
            call = calls.build_reversal(
                Intent(event.intent), transfer_id=event.transfer, amount_yen=event.amount_yen, fee_id=fee
            )
            draft.ask(event.intent, call, stream=fee, company=event.source)
        elif isinstance(event, RefundRequested):
            call = calls.build_refund(
                Intent(event.intent), charge_id=event.charge, amount_yen=event.amount_yen, fee_id=fee
            )
            draft.ask(event.intent, call, stream=fee, company=event.hiring)


def _lines(draft: Draft, fee: FeeId, total_yen: int) -> Sequence[InvoiceLine]:
    """Fee, tax once, what was paid otherwise, and whatever else changed what is open since the accrual."""
    accrual = accrued(draft.fee(fee))
    events = [recorded.event for recorded in draft.office.log.history(fee)]
    credit_yen = sum(event.amount_yen for event in events if isinstance(event, CreditCounted))
    prepaid_yen = sum(event.amount_yen for event in events if isinstance(event, PrepaymentApplied))
    rest_yen = total_yen - (accrual.fee_yen + accrual.tax_yen - credit_yen - prepaid_yen)
    amounts: tuple[tuple[LineCode, int], ...] = (
        ("referral-fee", accrual.fee_yen),
        ("consumption-tax-10", accrual.tax_yen),
        ("prepayment-applied", -prepaid_yen),
        ("credit-applied", -credit_yen),
        ("adjustment", rest_yen),
    )
    return [InvoiceLine(code, amount_yen) for code, amount_yen in amounts if amount_yen]
