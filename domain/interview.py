"""Interview times (面接日時) of one introduction: one side names up to three, the other picks one; either moves or cancels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.hire import Side
from domain.ids import VaultRef

MOST_TIMES = 3
DAYS_AHEAD = 90
MINUTES = (15, 30, 45, 60, 90, 120, 180)
"""How long an interview may take."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One interview: when it begins, and how long it takes."""

    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.starts_at + timedelta(minutes=self.minutes)


class InterviewTimesNamed(Event, frozen=True, kw_only=True):
    """One side named times for the other to pick from; they replace times that were named before and not picked.

    `naming` counts up, so that a pick says which times were seen. `place_ref` has the place or the call's address, where
    the company gave one. A time that was agreed before stands until one of these is picked.
    """

    naming: int
    by: Side
    times: tuple[Slot, ...]
    place_ref: VaultRef | None


class InterviewAgreed(Event, frozen=True, kw_only=True):
    """The other side picked one of the times."""

    naming: int
    by: Side
    time: Slot


class InterviewCancelled(Event, frozen=True, kw_only=True):
    """One side called it off: named times and an agreed time are gone, selection itself goes on. No reason is asked."""

    by: Side


InterviewEvent = InterviewTimesNamed | InterviewAgreed | InterviewCancelled


class Interview(msgspec.Struct, frozen=True, kw_only=True):
    """As it stands. `times` wait to be picked by the side other than `named_by`; `agreed` is the time that holds."""

    naming: int = 0
    named_by: Side | None = None
    times: tuple[Slot, ...] = ()
    place_ref: VaultRef | None = None
    agreed: Slot | None = None
    agreed_naming: int = 0
    agreed_place_ref: VaultRef | None = None
    cancelled_by: Side | None = None

    def waits_for(self, side: Side, now: datetime) -> bool:
        """Is it this side's turn to pick, and is there still a time to pick?"""
        return self.named_by is not None and self.named_by is not side and bool(self.open_times(now))

    def open_times(self, now: datetime) -> tuple[Slot, ...]:
        """The times that were named and have not begun."""
        return tuple(slot for slot in self.times if now < slot.starts_at)


INITIAL = Interview()


def evolve(state: Interview, event: InterviewEvent) -> Interview:
    """The interview after `event`."""
    match event:
        case InterviewTimesNamed():
            return replace(
                state, naming=event.naming, named_by=event.by, times=event.times, place_ref=event.place_ref,
                cancelled_by=None,
            )
        case InterviewAgreed():
            return Interview(
                naming=state.naming, agreed=event.time, agreed_naming=event.naming, agreed_place_ref=state.place_ref
            )
        case InterviewCancelled():
            return Interview(naming=state.naming, cancelled_by=event.by)
        case _:
            assert_never(event)
