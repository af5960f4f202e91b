"""Deciding what a person wishes for themselves: limits, the end of a pause, and the end of their search."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.consent import Consent
from domain.ids import CandidateId
from domain.refusal import Refused
from domain.wishes import FEWEST_ASKS, MOST_ASKS, OpenAsksLimited, PauseLimited, SearchEndSaid, SearchEndUndone

LONGEST_PAUSE_DAYS = 730


def limit_pause(candidate: CandidateId, *, last_day: date | None, today: date) -> PauseLimited:
    """How long a pause lasts; without a day until the person resumes. Refuses `pause-over-already`, `pause-too-long`."""
    if last_day is not None and last_day < today: raise Refused("pause-over-already", last_day=last_day)
    if last_day is not None and last_day > today + timedelta(days=LONGEST_PAUSE_DAYS): raise Refused("pause-too-long")
    return PauseLimited(candidate=candidate, last_day=last_day)


def is_over(consent: Consent, *, today: date) -> bool:
    """Was the last day of the pause yesterday or earlier?"""
    return consent.paused and consent.wishes.pause_until is not None and consent.wishes.pause_until < today


def limit_asks(consent: Consent, *, candidate: CandidateId, most: int) -> OpenAsksLimited:
    """At most so many asks at once. Refuses `candidate-erased`, `ask-limit-out-of-range`, `ask-limit-is-that`."""
    if consent.ended: raise Refused("candidate-erased")
    if not FEWEST_ASKS <= most <= MOST_ASKS: raise Refused("ask-limit-out-of-range", fewest=FEWEST_ASKS, most=MOST_ASKS)
    if consent.wishes.most_open_asks == most: raise Refused("ask-limit-is-that")
    return OpenAsksLimited(candidate=candidate, most=most)


def say_search_ended(consent: Consent, *, candidate: CandidateId, undo_minutes: int, at: datetime) -> SearchEndSaid:
    """「転職先が決まりました」. Refuses `candidate-erased`, `search-end-said-already`, `not-listed-anyway`."""
    if consent.ended: raise Refused("candidate-erased")
    if consent.wishes.search_ends_at is not None: raise Refused("search-end-said-already")
    if not consent.lists: raise Refused("not-listed-anyway")
    return SearchEndSaid(candidate=candidate, takes_effect_at=at + timedelta(minutes=undo_minutes))


def undo_search_end(consent: Consent, *, at: datetime) -> SearchEndUndone:
    """Taken back in time. Refuses `search-end-not-said`, `undo-window-closed`."""
    ends_at = consent.wishes.search_ends_at
    if ends_at is None: raise Refused("search-end-not-said")
    if at >= ends_at: raise Refused("undo-window-closed")
    return SearchEndUndone(candidate=consent.candidate)
