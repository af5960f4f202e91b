"""A company's account with the relay: its places at Stripe, holds, credit and slots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.event import Event, MoneyEvent
from domain.ids import CompanyId, FeeId
from domain.refusal import Refused

PAYOUT_CHANGE = "payout-account-changed"


class CustomerOpened(Event, frozen=True, kw_only=True):
    """The company can be invoiced at Stripe."""

    company: CompanyId
    customer: str


class ConnectedAccountOpened(Event, frozen=True, kw_only=True):
    """The company can be paid at Stripe, once its capability is active."""

    company: CompanyId
    account: str


class CapabilityChanged(Event, frozen=True, kw_only=True):
    """Stripe allows transfers to it, or no longer does."""

    transfers_active: bool


class TransfersHeld(Event, frozen=True, kw_only=True):
    """Nothing is transferred until resumed; what is payable stays payable."""

    cause: str


class TransfersResumed(Event, frozen=True, kw_only=True):
    """Transfers go on."""


class PayoutAccountChanged(Event, frozen=True, kw_only=True):
    """The bank account changed: seven days' hold and a second person."""

    changed_by: str
    hold_until: date


class PayoutPaid(Event, frozen=True, kw_only=True):
    """Memo: Stripe paid the source's balance out to its bank."""

    payout: str
    amount_yen: int
    arrived_on: date


class PayoutFailed(Event, frozen=True, kw_only=True):
    """Memo: the bank sent it back."""

    payout: str
    amount_yen: int
    cause: str


class ClawbackNetted(MoneyEvent, frozen=True, kw_only=True):
    """What the source owed for one fee was taken from what it is owed for another."""

    company: CompanyId
    owed_for: FeeId
    paid_from: FeeId
    amount_yen: int


class CreditGranted(MoneyEvent, frozen=True, kw_only=True):
    """Account credit instead of cash, after collection and report window, so it is never clawed back; no cash-out."""

    company: CompanyId
    fee: FeeId
    credit: UUID
    amount_yen: int
    expires_on: date


class CreditApplied(MoneyEvent, frozen=True, kw_only=True):
    """Credit paid for a fee the company owed."""

    company: CompanyId
    credit: UUID
    fee: FeeId
    amount_yen: int


class CreditExpired(MoneyEvent, frozen=True, kw_only=True):
    """Unused credit lapsed; ¥0 where all of it had been used."""

    company: CompanyId
    credit: UUID
    amount_yen: int


class SlotGranted(MoneyEvent, frozen=True, kw_only=True):
    """The right to one hire without a fee; no yen."""

    company: CompanyId
    fee: FeeId
    slot: UUID


class SlotUsed(MoneyEvent, frozen=True, kw_only=True):
    """The right was used; that fee is zero."""

    company: CompanyId
    slot: UUID
    fee: FeeId


class StatementClosed(Event, frozen=True, kw_only=True):
    """The month's statement for the company is final."""

    month: str
    position: int


AccountEvent = (
    CustomerOpened
    | ConnectedAccountOpened
    | CapabilityChanged
    | TransfersHeld
    | TransfersResumed
    | PayoutAccountChanged
    | PayoutPaid
    | PayoutFailed
    | ClawbackNetted
    | CreditGranted
    | CreditApplied
    | CreditExpired
    | SlotGranted
    | SlotUsed
    | StatementClosed
)


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """Credit that was granted, and what is left of it."""

    fee: FeeId
    left_yen: int
    expires_on: date
    is_expired: bool = False


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A hire without a fee that was granted for `fee`; used up by the fee in `used_by`."""

    fee: FeeId
    used_by: FeeId | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What the relay knows of a company's money matters."""

    company: CompanyId | None = None
    customer: str | None = None
    connected: str | None = None
    transfers_active: bool = False
    held_for: tuple[str, ...] = ()
    payout_changed_by: str | None = None
    payout_held_until: date | None = None
    payouts: dict[str, bool] = {}
    credits: dict[UUID, Credit] = {}
    slots: dict[UUID, Slot] = {}
    netted_yen: dict[FeeId, int] = {}
    statements: frozenset[str] = frozenset()


INITIAL = Account()


def evolve(state: Account, event: AccountEvent) -> Account:
    """The account after one more fact."""
    match event:
        case CustomerOpened():
            return replace(state, company=event.company, customer=event.customer)
        case ConnectedAccountOpened():
            return replace(state, company=event.company, connected=event.account)
        case CapabilityChanged():
            return replace(state, transfers_active=event.transfers_active)
        case TransfersHeld():
            return replace(state, held_for=(*state.held_for, event.cause))
        case TransfersResumed():
            return replace(state, held_for=(), payout_changed_by=None, payout_held_until=None)
        case PayoutAccountChanged():
            held_for = (*state.held_for, PAYOUT_CHANGE)
            return replace(
                state, held_for=held_for, payout_changed_by=event.changed_by, payout_held_until=event.hold_until
            )
        case PayoutPaid():
            return replace(state, payouts={**state.payouts, event.payout: True})
        case PayoutFailed():
            return replace(state, payouts={**state.payouts, event.payout: False})
        case ClawbackNetted():
            netted_yen = state.netted_yen.get(event.owed_for, 0) + event.amount_yen
            return replace(state, netted_yen={**state.netted_yen, event.owed_for: netted_yen})
        case CreditGranted():
            credit = Credit(fee=event.fee, left_yen=event.amount_yen, expires_on=event.expires_on)
            return replace(state, company=event.company, credits={**state.credits, event.credit: credit})
        case CreditApplied() | CreditExpired():
            credit = state.credits[event.credit]
            is_expired = isinstance(event, CreditExpired)
            credit = replace(credit, left_yen=credit.left_yen - event.amount_yen, is_expired=is_expired)
            return replace(state, credits={**state.credits, event.credit: credit})
        case SlotGranted():
            return replace(state, company=event.company, slots={**state.slots, event.slot: Slot(fee=event.fee)})
        case SlotUsed():
            used = replace(state.slots[event.slot], used_by=event.fee)
            return replace(state, slots={**state.slots, event.slot: used})
        case StatementClosed():
            return replace(state, statements=state.statements | {event.month})
        case _:
            assert_never(event)


def open_customer(account: Account, company: CompanyId, *, customer: str) -> CustomerOpened:
    """The company can be invoiced. Refuses `customer-already-open`."""
    if account.customer is not None: raise Refused("customer-already-open")
    return CustomerOpened(company=company, customer=customer)


def open_connected(
    account: Account, company: CompanyId, *, connected: str, country: str, currency: str
) -> ConnectedAccountOpened:
    """The company can be paid; in Japan and in yen only, for Stripe pays nowhere else from here.

    Refuses `connected-account-already-open`, `payouts-in-japan-only`.
    """
    if account.connected is not None: raise Refused("connected-account-already-open")
    if (country, currency.lower()) != ("JP", "jpy"): raise Refused("payouts-in-japan-only")
    return ConnectedAccountOpened(company=company, account=connected)


def change_capability(account: Account, *, transfers_active: bool) -> CapabilityChanged:
    """Stripe says whether it may be paid. Refuses `payout-account-missing`, `capability-unchanged`."""
    if account.connected is None: raise Refused("payout-account-missing")
    if account.transfers_active == transfers_active: raise Refused("capability-unchanged")
    return CapabilityChanged(transfers_active=transfers_active)


def hold_transfers(account: Account, *, cause: str) -> TransfersHeld:
    """Nothing is sent until resumed. Refuses `transfers-already-held` for the same cause."""
    if cause in account.held_for: raise Refused("transfers-already-held")
    return TransfersHeld(cause=cause)


def resume_transfers(account: Account, *, by: str, on: date) -> TransfersResumed:
    """Transfers go on. After a change of the bank account only a second person may say so, after the hold.

    Refuses `transfers-not-held`, `second-person-needed`, `payout-change-on-hold`.
    """
    if not account.held_for: raise Refused("transfers-not-held")
    if by == account.payout_changed_by: raise Refused("second-person-needed")
    until = account.payout_held_until
    if until is not None and on < until: raise Refused("payout-change-on-hold", hold_until=until)
    return TransfersResumed()


def change_payout_account(account: Account, *, by: str, on: date, hold_days: int) -> PayoutAccountChanged:
    """The bank account changed: nothing is sent for `hold_days`, until a second person agrees.

    Refuses `payout-account-missing`.
    """
    if account.connected is None: raise Refused("payout-account-missing")
    return PayoutAccountChanged(changed_by=by, hold_until=on + timedelta(days=hold_days))


def check_transferable(account: Account) -> None:
    """The company may be sent money. Refuses `payout-account-missing`, `transfers-not-active`, `transfers-held`."""
    if account.connected is None: raise Refused("payout-account-missing")
    if not account.transfers_active: raise Refused("transfers-not-active")
    if account.held_for: raise Refused("transfers-held")


def payout_paid(account: Account, *, payout: str, amount_yen: int, arrived_on: date) -> PayoutPaid:
    """Stripe paid the company's balance out to its bank. Refuses `payout-already-recorded`."""
    if payout in account.payouts: raise Refused("payout-already-recorded")
    return PayoutPaid(payout=payout, amount_yen=amount_yen, arrived_on=arrived_on)


def payout_failed(account: Account, *, payout: str, amount_yen: int, cause: str) -> PayoutFailed:
    """The bank sent it back, even after it had been paid. Refuses `payout-already-recorded` for a second failure."""
    if account.payouts.get(payout) is False: raise Refused("payout-already-recorded")
    return PayoutFailed(payout=payout, amount_yen=amount_yen, cause=cause)


def close_statement(account: Account, *, month: str, position: int, this_month: str) -> StatementClosed:
    """The month's statement is final. Refuses `month-not-over`, `statement-already-closed`."""
    if month >= this_month: raise Refused("month-not-over", month=month)
    if month in account.statements: raise Refused("statement-already-closed", month=month)
    return StatementClosed(month=month, position=position)
