"""How much and how long a person wants to be asked: a pause with an end, a limit of open asks, 「転職先が決まりました」."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.ids import CandidateId, IntroductionId

FEWEST_ASKS, MOST_ASKS = 1, 10
"""Between these a person chooses how many asks may be open at once."""


class PauseLimited(Event, frozen=True, kw_only=True):
    """The pause ends by itself after `last_day`; None: when the person resumes."""

    candidate: CandidateId
    last_day: date | None


class OpenAsksLimited(Event, frozen=True, kw_only=True):
    """The person takes at most so many asks at once."""

    candidate: CandidateId
    most: int


class AskReached(Event, frozen=True, kw_only=True):
    """An ask went to the person: it counts towards their limit until it is answered or over."""

    candidate: CandidateId
    introduction: IntroductionId
    reached_at: datetime
    expires_at: datetime


class SearchEndSaid(Event, frozen=True, kw_only=True):
    """「転職先が決まりました」: from `takes_effect_at` on they are not listed any more; until then it can be undone."""

    candidate: CandidateId
    takes_effect_at: datetime


class SearchEndUndone(Event, frozen=True, kw_only=True):
    """The person took that back in time."""

    candidate: CandidateId


WishEvent = PauseLimited | OpenAsksLimited | AskReached | SearchEndSaid | SearchEndUndone


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """An ask that went to the person, and until when it can be open."""

    introduction: IntroductionId
    expires_at: datetime


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """As they stand. `search_ends_at` is set while the person has said that their search is over and can still undo it."""

    pause_until: date | None = None
    most_open_asks: int | None = None
    reached: tuple[Reached, ...] = ()
    search_ends_at: datetime | None = None


INITIAL = Wishes()


def evolve(state: Wishes, event: WishEvent) -> Wishes:
    """The wishes after `event`. Asks whose time was over when another one came are forgotten."""
    match event:
        case PauseLimited(last_day=day):
            return replace(state, pause_until=day)
        case OpenAsksLimited(most=most):
            return replace(state, most_open_asks=most)
        case AskReached():
            running = (each for each in state.reached if each.expires_at > event.reached_at)
            reached = Reached(introduction=event.introduction, expires_at=event.expires_at)
            return replace(state, reached=(*running, reached))
        case SearchEndSaid(takes_effect_at=moment):
            return replace(state, search_ends_at=moment)
        case SearchEndUndone():
            return replace(state, search_ends_at=None)
        case _:
            assert_never(event)
