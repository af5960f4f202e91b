"""Rule 7: one hire, one fee; one transfer for each beneficiary and tranche; each movement at Stripe is told once."""

from __future__ import annotations

from collections.abc import Hashable
from uuid import UUID

from domain import fee
from domain.event import MoneyEvent, Recorded
from domain.events import AnyEvent
from domain.ids import fee_of
from marketplace.run.check.invariant import Answer, Context, Finding, Invariant, found

NAME = "one-hire-one-fee"

_OBJECTS = ("balance_transaction", "payout", "dispute")
"""The fields that name what moved at the provider; the first of them that an event has is the one."""


def check(context: Context) -> Answer:
    """The first fee, transfer or movement that is there a second time."""
    seen: dict[Hashable, int] = {}
    for entry in context.events():
        if (finding := _second(entry, seen)) is not None:
            return finding
    return None


def _second(entry: Recorded[AnyEvent], seen: dict[Hashable, int]) -> Finding | None:
    event, position = entry.event, entry.position
    match event:
        case fee.FeeAccrued(hire=hire):
            first = seen.setdefault(("fee", hire), position)
            if first != position or entry.stream != fee_of(hire):
                return found(NAME, "second-fee", position, hire=hire, first=first)
        case fee.TransferRequested(beneficiary=who, tranche=tranche):
            first = seen.setdefault(_sending(entry.stream, who, tranche), position)
            if first != position:
                return found(NAME, "second-transfer", position, fee=entry.stream, first=first)
        case fee.TransferVoided(beneficiary=who, tranche=tranche):
            seen.pop(_sending(entry.stream, who, tranche), None)
        case fee.TransferPosted(transfer=transfer):
            first = seen.setdefault(("transfer", transfer), position)
            if first != position:
                return found(NAME, "told-twice", position, object=transfer, first=first)
        case _:
            pass
    return _told_twice(entry, seen)


def _sending(stream: UUID, beneficiary: UUID, tranche: int) -> Hashable:
    return ("sending", stream, beneficiary, tranche)


def _told_twice(entry: Recorded[AnyEvent], seen: dict[Hashable, int]) -> Finding | None:
    """Each kind of movement is posted once for each object: one charge may be payment and overpayment at once."""
    event = entry.event
    if not isinstance(event, MoneyEvent):
        return None
    moved = next((str(value) for name in _OBJECTS if (value := getattr(event, name, None))), None)
    if moved is None:
        return None
    first = seen.setdefault((type(event), moved), entry.position)
    return None if first == entry.position else found(NAME, "told-twice", entry.position, object=moved, first=first)


INVARIANT = Invariant(name=NAME, check=check)
