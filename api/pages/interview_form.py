"""The form in which either side names interview times: up to three, in Japan's time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from api.body import BadField
from api.text_types import Body, Count
from domain.calendar import JST
from domain.interview import Slot

LocalTime = Annotated[str, Meta(max_length=16, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\Z")]
"""What an input of type `datetime-local` sends; it is meant in Japan's time."""


class TimesForm(Body, frozen=True):
    """Up to three times, and how long the interview takes; `place` is the company's to say."""

    first: LocalTime | None = None
    second: LocalTime | None = None
    third: LocalTime | None = None
    minutes: Count = 60
    place: Annotated[str, Meta(max_length=1_000)] = ""

    def slots(self) -> tuple[Slot, ...]:
        """The times that were filled in. Raises BadField for a day that there is not."""
        return slots_of(first=self.first, second=self.second, third=self.third, minutes=self.minutes)


class PickForm(Body, frozen=True):
    """One of the times that were seen: the button's value is the naming and the moment."""

    naming: Count
    starts_at: datetime


def slots_of(*, minutes: int, **named: str | None) -> tuple[Slot, ...]:
    """The times that were filled in. Raises BadField for a day that there is not."""
    return tuple(Slot(starts_at=_moment(name, said), minutes=minutes) for name, said in named.items() if said)


def _moment(name: str, said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=JST)
    except ValueError:
        raise BadField(f"$.{name}", "no such moment") from None
