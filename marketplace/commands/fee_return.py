"""The way back: a leave returns a part, sources give back what they owe, the hiring company is refunded on time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from domain.fee import Progress
from domain.hire import HireStatus
from domain.ids import FeeId, HireId, fee_of
from domain.refusal import Refused
from domain.rules import fee_dispute, fee_return, guarantee
from domain.rules.fee_parts import accrued
from marketplace.commands.draft import Draft, nothing_to_do
from marketplace.commands.fee_steps import asked, returned, schedule_if_collected
from marketplace.commands.office import Office, once
from marketplace.settlement import movements
from marketplace.settlement.movements import Posted
from marketplace.store.log import Appended, Command


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of our balance at Stripe for an object of Stripe's: signed, in yen, on a JST business date."""

    object_id: str
    balance_transaction: str
    net_yen: int
    on: date


@once
def determine_return(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """What a leave returns; reversals and refunds are asked for in the same append. Before accrual: then, with it.

    A hire that was cancelled after its fee accrued returns all of it.
    """
    state = office.hire(hire).state
    if state.determined is None and state.status is not HireStatus.CANCELLED: raise Refused("leave-not-determined")
    draft, fee = Draft(office, command), fee_of(hire)
    if draft.fee(fee).accrual is None:
        return nothing_to_do(office)
    if not draft.fee(fee).total_yen or guarantee.returned_bps(state) <= draft.fee(fee).return_bps:
        return nothing_to_do(office)
    returned(draft, fee, state)
    schedule_if_collected(draft, fee, state)
    return draft.append()




@once
def transfer_reversed(
    office: Office, command: Command, /, *, fee: FeeId, intent: UUID, moved: Moved
) -> Appended:
    """Stripe took it back from the source."""
    draft = Draft(office, command)
    if moved.balance_transaction in draft.fee(fee).movements:
        return nothing_to_do(office)
    event = fee_return.transfer_reversed(
        draft.fee(fee),
        intent=intent,
        reversal=moved.object_id,
        balance_transaction=moved.balance_transaction,
        amount_yen=moved.net_yen,
        on=moved.on,
    )
    draft.of_fee(fee, event)
    draft.post(fee, Posted(moved.object_id, movements.TRANSFER_REVERSAL, moved.balance_transaction, moved.net_yen))
    return draft.append()


@once
def reversal_fell_short(office: Office, command: Command, /, *, fee: FeeId, intent: UUID) -> Appended:
    """The source's balance did not cover it: it stays owed, and is netted from what comes next."""
    draft = Draft(office, command)
    known = draft.fee(fee).reversals.get(intent)
    if known is not None and not known.open_yen:
        return nothing_to_do(office)
    draft.of_fee(fee, fee_return.reversal_fell_short(draft.fee(fee), intent=intent))
    return draft.append()


@once
def refund_settled(office: Office, command: Command, /, *, fee: FeeId, intent: UUID, moved: Moved) -> Appended:
    """The refund left our balance."""
    draft = Draft(office, command)
    if moved.balance_transaction in draft.fee(fee).movements:
        return nothing_to_do(office)
    event = fee_return.refund_settled(
        draft.fee(fee),
        intent=intent,
        refund=moved.object_id,
        balance_transaction=moved.balance_transaction,
        on=moved.on,
    )
    draft.of_fee(fee, event)
    draft.post(fee, Posted(moved.object_id, movements.REFUND, moved.balance_transaction, moved.net_yen))
    return draft.append()


@once
def refund_failed(office: Office, command: Command, /, *, fee: FeeId, moved: Moved, cause: str) -> Appended:
    """It came back and is owed again. A person asks anew, or pays it from the bank: never by itself."""
    draft = Draft(office, command)
    if moved.balance_transaction in draft.fee(fee).movements:
        return nothing_to_do(office)
    event = fee_return.refund_failed(
        draft.fee(fee),
        refund=moved.object_id,
        balance_transaction=moved.balance_transaction,
        cause=cause,
        on=moved.on,
    )
    draft.of_fee(fee, event)
    draft.post(fee, Posted(moved.object_id, movements.REFUND_FAILURE, moved.balance_transaction, moved.net_yen))
    return draft.append()


@once
def refund_voided(office: Office, command: Command, /, *, fee: FeeId, intent: UUID, cause: str) -> Appended:
    """Stripe did not refund, and no money moved: it is still owed."""
    draft = Draft(office, command)
    known = draft.fee(fee).refunds.get(intent)
    if known is not None and known.progress is Progress.VOID:
        return nothing_to_do(office)
    draft.of_fee(fee, fee_return.refund_voided(draft.fee(fee), intent=intent, cause=cause))
    return draft.append()


@once
def ask_refund_again(office: Office, command: Command, /, *, fee: FeeId) -> Appended:
    """A person lets Stripe try again to pay back what is still owed. Refuses `nothing-to-refund`."""
    draft = Draft(office, command)
    requests = fee_return.request_refunds(draft.fee(fee))
    if not requests: raise Refused("nothing-to-refund")
    asked(draft, fee, requests)
    return draft.append()


@once
def dispute_opened(
    office: Office, command: Command, /, *, fee: FeeId, moved: Moved, amount_yen: int, provider_fee_yen: int
) -> Appended:
    """The payer contests the charge: Stripe withholds it, and nothing goes out until it is decided."""
    draft = Draft(office, command)
    if moved.object_id in draft.fee(fee).disputes:
        return nothing_to_do(office)
    event = fee_dispute.dispute_opened(
        draft.fee(fee),
        dispute=moved.object_id,
        balance_transaction=moved.balance_transaction,
        amount_yen=amount_yen,
        provider_fee_yen=provider_fee_yen,
        on=moved.on,
    )
    draft.of_fee(fee, event)
    draft.post(fee, Posted(moved.object_id, movements.DISPUTE, moved.balance_transaction, moved.net_yen))
    return draft.append()


@once
def dispute_won(office: Office, command: Command, /, *, fee: FeeId, moved: Moved) -> Appended:
    """It is back; what had to wait for it is asked for now."""
    draft = Draft(office, command)
    if draft.fee(fee).disputes.get(moved.object_id) == 0:
        return nothing_to_do(office)
    event = fee_dispute.dispute_won(
        draft.fee(fee), dispute=moved.object_id, balance_transaction=moved.balance_transaction, on=moved.on
    )
    draft.of_fee(fee, event)
    draft.post(fee, Posted(moved.object_id, movements.DISPUTE_REVERSAL, moved.balance_transaction, moved.net_yen))
    _ask_what_is_owed(draft, fee)
    return draft.append()


@once
def dispute_lost(office: Office, command: Command, /, *, fee: FeeId, dispute: str, on: date) -> Appended:
    """It is gone: each source bears its part, and what it has been sent of it is asked back."""
    draft = Draft(office, command)
    if draft.fee(fee).disputes.get(dispute) == 0:
        return nothing_to_do(office)
    draft.of_fee(fee, fee_dispute.dispute_lost(draft.fee(fee), dispute=dispute, on=on))
    _ask_what_is_owed(draft, fee)
    return draft.append()


def _ask_what_is_owed(draft: Draft, fee: FeeId) -> None:
    accrued(draft.fee(fee))
    asked(draft, fee, fee_return.request_reversals(draft.fee(fee)))
    asked(draft, fee, fee_return.request_refunds(draft.fee(fee)))
