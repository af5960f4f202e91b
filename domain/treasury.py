"""Money that moved at the provider without a fee of ours behind it. One stream per movement: told once."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import MoneyEvent
from domain.refusal import Refused


class PlatformPayoutCreated(MoneyEvent, frozen=True, kw_only=True):
    """Our Stripe balance is on its way to our bank."""

    payout: str
    balance_transaction: str
    amount_yen: int


class PlatformPayoutPaid(MoneyEvent, frozen=True, kw_only=True):
    """It arrived."""

    payout: str
    amount_yen: int


class PlatformPayoutFailed(MoneyEvent, frozen=True, kw_only=True):
    """It came back into the Stripe balance; `was_paid`: after the bank had already been told to have it."""

    payout: str
    balance_transaction: str
    amount_yen: int
    was_paid: bool = False


class ToppedUp(MoneyEvent, frozen=True, kw_only=True):
    """We paid into our Stripe balance from the bank."""

    balance_transaction: str
    amount_yen: int


class StripeFeeCharged(MoneyEvent, frozen=True, kw_only=True):
    """Stripe took a fee of its own; `tax_yen` is the part that is input tax."""

    balance_transaction: str
    amount_yen: int
    tax_yen: int


class UnknownMovementSeen(MoneyEvent, frozen=True, kw_only=True):
    """A movement that nothing of ours explains; it stands in suspense, signed, until a person decides."""

    balance_transaction: str
    kind: str
    amount_yen: int


TreasuryEvent = (
    PlatformPayoutCreated
    | PlatformPayoutPaid
    | PlatformPayoutFailed
    | ToppedUp
    | StripeFeeCharged
    | UnknownMovementSeen
)


class Status(StrEnum):
    """How far a movement has come. Only a payout of ours goes on after it was told."""

    UNTOLD = "untold"
    TOLD = "told"
    PAID = "paid"
    FAILED = "failed"


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One movement at the provider."""

    status: Status = Status.UNTOLD
    payout: str | None = None
    amount_yen: int = 0


INITIAL = Movement()


def evolve(state: Movement, event: TreasuryEvent) -> Movement:
    """The movement after one more fact."""
    match event:
        case PlatformPayoutCreated():
            return Movement(status=Status.TOLD, payout=event.payout, amount_yen=event.amount_yen)
        case PlatformPayoutPaid():
            return replace(state, status=Status.PAID)
        case PlatformPayoutFailed():
            return replace(state, status=Status.FAILED)
        case ToppedUp() | StripeFeeCharged() | UnknownMovementSeen():
            return Movement(status=Status.TOLD, amount_yen=event.amount_yen)
        case _:
            assert_never(event)


def payout_created(
    movement: Movement, *, payout: str, balance_transaction: str, amount_yen: int, on: date
) -> PlatformPayoutCreated:
    """Our balance is on its way to our bank. Refuses `movement-already-told`, `amount-not-positive`."""
    _check_new(movement, amount_yen)
    return PlatformPayoutCreated(
        effective_on=on, payout=payout, balance_transaction=balance_transaction, amount_yen=amount_yen
    )


def payout_paid(movement: Movement, *, on: date) -> PlatformPayoutPaid:
    """It arrived. Refuses `payout-not-on-its-way`."""
    if movement.status is not Status.TOLD or movement.payout is None: raise Refused("payout-not-on-its-way")
    return PlatformPayoutPaid(effective_on=on, payout=movement.payout, amount_yen=movement.amount_yen)


def payout_failed(movement: Movement, *, balance_transaction: str, on: date) -> PlatformPayoutFailed:
    """It came back, on its way or from the bank. Refuses `payout-not-on-its-way`."""
    on_its_way = movement.status in (Status.TOLD, Status.PAID)
    if not on_its_way or movement.payout is None: raise Refused("payout-not-on-its-way")
    return PlatformPayoutFailed(
        effective_on=on,
        payout=movement.payout,
        balance_transaction=balance_transaction,
        amount_yen=movement.amount_yen,
        was_paid=movement.status is Status.PAID,
    )


def topped_up(movement: Movement, *, balance_transaction: str, amount_yen: int, on: date) -> ToppedUp:
    """We paid in from the bank. Refuses `movement-already-told`, `amount-not-positive`."""
    _check_new(movement, amount_yen)
    return ToppedUp(effective_on=on, balance_transaction=balance_transaction, amount_yen=amount_yen)


def stripe_fee_charged(
    movement: Movement, *, balance_transaction: str, amount_yen: int, tax_yen: int, on: date
) -> StripeFeeCharged:
    """Stripe took a fee of its own, tax included. Refuses `movement-already-told`, `amount-not-positive`."""
    _check_new(movement, amount_yen)
    if not 0 <= tax_yen <= amount_yen: raise Refused("amount-not-positive")
    return StripeFeeCharged(
        effective_on=on, balance_transaction=balance_transaction, amount_yen=amount_yen, tax_yen=tax_yen
    )


def unknown_movement_seen(
    movement: Movement, *, balance_transaction: str, kind: str, amount_yen: int, on: date
) -> UnknownMovementSeen:
    """Nothing of ours explains it; it is never dropped. `amount_yen` is signed as Stripe has it.

    Refuses `movement-already-told`.
    """
    if movement.status is not Status.UNTOLD: raise Refused("movement-already-told")
    return UnknownMovementSeen(
        effective_on=on, balance_transaction=balance_transaction, kind=kind, amount_yen=amount_yen
    )


def _check_new(movement: Movement, amount_yen: int) -> None:
    if movement.status is not Status.UNTOLD: raise Refused("movement-already-told")
    if amount_yen <= 0: raise Refused("amount-not-positive")
