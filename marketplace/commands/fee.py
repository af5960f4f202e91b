"""A fee, from the first day of work to the hiring company's money: accrued, invoiced, collected."""

from __future__ import annotations

from datetime import date

import msgspec

from domain import hire as hires
from domain.calendar import jst_date
from domain.company import RewardMode
from domain.fee import Fee, FeeRecovered, PaymentSettled
from domain.hire import Hire, HireStatus
from domain.ids import CompanyId, FeeId, HireId, VaultRef, fee_of
from domain.introduction import Introduction
from domain.refusal import Refused
from domain.rules import fee_accrual, fee_collection, guarantee, reward_grant
from domain.rules.fee_accrual import HireFacts
from domain.rules.fee_parts import accrued
from domain.rules.licence import reward_mode_of
from marketplace.commands.draft import Draft, fees_with, nothing_to_do
from marketplace.commands.fee_steps import invoiced, release_again, returned, schedule_if_collected, void_invoice
from marketplace.commands.office import Office, once
from marketplace.messages.outbox import Message, To
from marketplace.settlement import movements
from marketplace.settlement.movements import Posted
from marketplace.store.log import Appended, Command

PREPAYMENT_EVENTS = ("overpayment-received.v1", "fee-adjusted.v1")


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A charge that Stripe settled: gross, and what it kept of it, in yen."""

    charge: str
    balance_transaction: str
    gross_yen: int
    provider_fee_yen: int
    on: date


@once
def accrue(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """The person started: the fee is owed, with the reward modes that the licences give (rules 7 and 8).

    A slot of the hiring company makes it ¥0; what waits as prepayment or credit pays it at once. A leave that was
    determined before returns its part in the same append. Refuses `hire-not-started`, `ownership-not-resolved-yet`.
    """
    loaded = office.hire(hire)
    state = loaded.state
    if state.status not in {HireStatus.STARTED, HireStatus.LEFT}: raise Refused("hire-not-started")
    if state.resolved is None: raise Refused("ownership-not-resolved-yet")
    draft, fee_id = Draft(office, command), fee_of(hire)
    # A leave determined at this moment must not fall between accrual and return: whoever comes second decides again.
    draft.bind(hire, loaded.version)
    introduction = office.introduction(state.introduction).state
    facts = HireFacts(
        hire=hire,
        introduction=state.introduction,
        number=introduction.number,
        hiring=state.hiring,
        started_on=state.started_on,
        base_yen=state.base_yen,
        shares=state.resolved.shares,
        fee_bps=state.resolved.fee_bps,
    )
    modes = _modes(office, state, introduction)
    accrual = fee_accrual.accrue(draft.fee(fee_id), facts, state.terms, modes)
    if accrual.fee_yen and _has_slot(draft, state.hiring):
        draft.of_account(
            state.hiring, reward_grant.use_slot(draft.account(state.hiring), fee=fee_id, on=state.started_on)
        )
        accrual = fee_accrual.accrue(
            draft.fee(fee_id), msgspec.structs.replace(facts, on_slot=True), state.terms, modes
        )
    draft.of_fee(fee_id, accrual)
    if accrual.total_yen and guarantee.returned_bps(state):
        # First, so that nothing is taken from prepayment or credit for what is no longer owed.
        returned(draft, fee_id, state)
    _pay_with_what_waits(draft, fee_id, state.hiring)
    schedule_if_collected(draft, fee_id, state)
    return draft.append()


@once
def request_invoice(office: Office, command: Command, /, *, fee: FeeId) -> Appended:
    """Stripe is asked to invoice what is open. Refuses `customer-not-open-yet`: the timer tries again."""
    draft = Draft(office, command)
    if draft.fee(fee).open_yen or draft.fee(fee).accrual is None:
        invoiced(draft, fee)
    # Nothing open: the command is stored all the same, so that its timer is done.
    return draft.append()


@once
def invoice_issued(
    office: Office, command: Command, /, *, fee: FeeId, provider_invoice: str, total_yen: int
) -> Appended:
    """Stripe finalised it; our number is the introduction's and an ordinal. What is no longer owed is voided."""
    draft = Draft(office, command)
    state = draft.fee(fee)
    asked = state.invoice
    if asked is None: raise Refused("invoice-not-requested")
    if asked.provider_invoice == provider_invoice:
        return nothing_to_do(office)
    accrual = accrued(state)
    issued = fee_collection.invoice_issued(
        state,
        intent=asked.intent,
        invoice_no=f"{accrual.number}-{state.invoice_count}",
        provider_invoice=provider_invoice,
        total_yen=total_yen,
        due_on=accrual.due_on,
    )
    draft.of_fee(fee, issued)
    draft.tell(Message(template="invoice-issued", to=To.COMPANY, recipient=accrual.hiring, about={"fee": str(fee)}))
    if state.open_yen != total_yen:
        void_invoice(draft, fee)
    return draft.append()


@once
def invoice_voided(office: Office, command: Command, /, *, fee: FeeId, provider_invoice: str) -> Appended:
    """The invoice no longer holds; what is still open is invoiced anew."""
    draft = Draft(office, command)
    state = draft.fee(fee)
    if state.invoice is None or state.invoice.provider_invoice != provider_invoice:
        return nothing_to_do(office)
    draft.of_fee(fee, fee_collection.void_invoice(state))
    if draft.fee(fee).open_yen:
        invoiced(draft, fee)
    return draft.append()


@once
def settle_payment(office: Office, command: Command, /, *, fee: FeeId, payment: Payment) -> Appended:
    """The hiring company's money arrived; what is beyond the fee waits as prepayment. Its cash is posted once."""
    draft = Draft(office, command)
    state = draft.fee(fee)
    if payment.balance_transaction in state.movements:
        return nothing_to_do(office)
    arrived = fee_collection.settle_payment(
        state,
        charge=payment.charge,
        balance_transaction=payment.balance_transaction,
        gross_yen=payment.gross_yen,
        provider_fee_yen=payment.provider_fee_yen,
        on=payment.on,
    )
    draft.of_fee(fee, *arrived)
    net_yen = payment.gross_yen - payment.provider_fee_yen
    draft.post(fee, Posted(payment.charge, movements.PAYMENT, payment.balance_transaction, net_yen))
    if not any(isinstance(event, PaymentSettled) for event in arrived):
        # The reaction to PaymentSettled schedules the release; nothing reacts to what was written off and came after all.
        schedule_if_collected(draft, fee, _hire(office, state))
    if state.release_on is not None and any(isinstance(event, FeeRecovered) for event in arrived):
        # The timer ended with the first transfer; what came after all is payable besides.
        draft.do(release_again(fee, command, command.now))
    return draft.append()


@once
def write_off(office: Office, command: Command, /, *, fee: FeeId, legal_ground_ref: VaultRef) -> Appended:
    """A person of the operator gives the open part up, on a legal ground."""
    draft = Draft(office, command)
    lost = fee_collection.write_off(draft.fee(fee), legal_ground_ref=legal_ground_ref, on=jst_date(command.now))
    draft.of_fee(fee, lost)
    void_invoice(draft, fee)
    schedule_if_collected(draft, fee, _hire(office, draft.fee(fee)))
    return draft.append()





def _modes(office: Office, hire: Hire, introduction: Introduction) -> dict[CompanyId, RewardMode]:
    """Rule 8, decided again for the days of disclosure and start."""
    if introduction.disclosed_at is None: raise Refused("not-disclosed")
    days = (jst_date(introduction.disclosed_at), hire.started_on)
    shares = hire.resolved.shares if hire.resolved else ()
    return {share.source: reward_mode_of(office.company(share.source).state, on=days) for share in shares}


def _has_slot(draft: Draft, hiring: CompanyId) -> bool:
    return any(slot.used_by is None for slot in draft.account(hiring).slots.values())


def _pay_with_what_waits(draft: Draft, fee: FeeId, hiring: CompanyId) -> None:
    """Prepayment first, which is the company's own money, then its credit."""
    today = jst_date(draft.command.now)
    for waiting in fees_with(draft.office, "prepayment", hiring, PREPAYMENT_EVENTS):
        if waiting == fee or not draft.fee(fee).open_yen or not draft.fee(waiting).prepayment_yen: continue
        spent, applied = fee_collection.apply_prepayment(draft.fee(waiting), draft.fee(fee), on=today)
        draft.of_fee(waiting, spent)
        draft.of_fee(fee, applied)
    account = draft.account(hiring)
    usable = any(credit.left_yen and today <= credit.expires_on for credit in account.credits.values())
    if usable and draft.fee(fee).open_yen:
        paid, counted = reward_grant.apply_credit(account, draft.fee(fee), on=today)
        draft.of_account(hiring, *paid)
        draft.of_fee(fee, *counted)



def _hire(office: Office, fee: Fee) -> Hire:
    return office.log.load(accrued(fee).hire, hires.INITIAL, hires.evolve).state
