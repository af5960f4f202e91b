"""Money that moved at Stripe without a fee behind it: our payouts, top-ups, Stripe's own fees, and the unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from domain import treasury as decide
from domain.calendar import jst_date
from domain.event import Event
from domain.ids import MovementId, movement_of
from domain.treasury import Movement, Status
from marketplace.commands.draft import nothing_to_do
from marketplace.commands.office import Office, once
from marketplace.settlement import movements
from marketplace.settlement.movements import Posted
from marketplace.settlement.stripe import results
from marketplace.store.log import AlreadyThere, Appended, Command

PROVIDER = "stripe"


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """A payout to our own bank; its stream is that of the movement that began it."""

    payout: str
    balance_transaction: str
    amount_yen: int
    created_on: date

    @property
    def stream(self) -> MovementId:
        """Where it is told."""
        return movement_of(PROVIDER, self.balance_transaction)


@once
def payout_created(office: Office, command: Command, /, *, payout: Payout) -> Appended:
    """Our balance at Stripe is on its way to our bank."""
    return _tell(
        office,
        command,
        payout.stream,
        lambda movement: decide.payout_created(
            movement,
            payout=payout.payout,
            balance_transaction=payout.balance_transaction,
            amount_yen=payout.amount_yen,
            on=payout.created_on,
        ),
        Posted(payout.payout, movements.PAYOUT, payout.balance_transaction, -payout.amount_yen),
        told=Status.TOLD,
    )


@once
def payout_paid(office: Office, command: Command, /, *, payout: Payout, on: date) -> Appended:
    """It arrived."""
    return _tell(
        office, command, payout.stream, lambda movement: decide.payout_paid(movement, on=on), None, told=Status.PAID
    )


@once
def payout_failed(
    office: Office, command: Command, /, *, payout: Payout, balance_transaction: str, on: date
) -> Appended:
    """The bank sent it back."""
    return _tell(
        office,
        command,
        payout.stream,
        lambda movement: decide.payout_failed(movement, balance_transaction=balance_transaction, on=on),
        Posted(payout.payout, movements.PAYOUT_FAILURE, balance_transaction, payout.amount_yen),
        told=Status.FAILED,
    )


@once
def topped_up(office: Office, command: Command, /, *, moved: results.Movement) -> Appended:
    """We paid into our balance at Stripe from the bank."""
    return _tell(
        office,
        command,
        movement_of(PROVIDER, moved.movement_id),
        lambda movement: decide.topped_up(
            movement, balance_transaction=moved.movement_id, amount_yen=moved.net_yen, on=jst_date(moved.created_at)
        ),
        _posted(moved, movements.TOPUP),
    )


@once
def stripe_fee_charged(office: Office, command: Command, /, *, moved: results.Movement) -> Appended:
    """Stripe took a fee of its own; how it is taxed is not in the movement, so none of it is taken as input tax."""
    return _tell(
        office,
        command,
        movement_of(PROVIDER, moved.movement_id),
        lambda movement: decide.stripe_fee_charged(
            movement,
            balance_transaction=moved.movement_id,
            amount_yen=-moved.net_yen,
            tax_yen=0,
            on=jst_date(moved.created_at),
        ),
        _posted(moved, movements.STRIPE_FEE),
    )


@once
def unknown_movement_seen(office: Office, command: Command, /, *, moved: results.Movement) -> Appended:
    """Nothing of ours explains it: it stands in suspense until a person decides."""
    return _tell(
        office,
        command,
        movement_of(PROVIDER, moved.movement_id),
        lambda movement: decide.unknown_movement_seen(
            movement,
            balance_transaction=moved.movement_id,
            kind=moved.type,
            amount_yen=moved.net_yen,
            on=jst_date(moved.created_at),
        ),
        _posted(moved, movements.UNKNOWN),
    )


def _posted(moved: results.Movement, kind: str) -> Posted:
    # The movement is its own object here: one source may be charged several fees.
    return Posted(moved.movement_id, kind, moved.movement_id, moved.net_yen)


def _tell(
    office: Office,
    command: Command,
    stream: MovementId,
    decision: Callable[[Movement], Event],
    posted: Posted | None,
    *,
    told: Status = Status.TOLD,
) -> Appended:
    """Tell it once. What was told before, or whose cash is in the ledger already, is left as it is."""
    loaded = office.log.load(stream, decide.INITIAL, decide.evolve)
    order = list(Status)
    if order.index(loaded.state.status) >= order.index(told):
        return nothing_to_do(office)
    also = {"provider_movement": [posted.row(stream, command.id)]} if posted else None
    try:
        return office.log.append(command, {stream: (loaded.version, [decision(loaded.state)])}, also=also)
    except AlreadyThere:
        return nothing_to_do(office)
