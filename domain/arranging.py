"""Arranging an interview (面接): who may name times, pick one, or call it off, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.hire import Side
from domain.ids import VaultRef
from domain.interview import (
    DAYS_AHEAD,
    MINUTES,
    MOST_TIMES,
    InterviewAgreed,
    InterviewCancelled,
    InterviewTimesNamed,
    Slot,
)
from domain.introduction import SHARED, Introduction, Status
from domain.refusal import Refused


def name_times(
    state: Introduction, times: tuple[Slot, ...], *, by: Side, place_ref: VaultRef | None = None, now: datetime
) -> InterviewTimesNamed:
    """One side names up to three times; where one is agreed already, this asks to move it.

    The candidate may name theirs with the approval too: the company sees them once the details are handed over.
    Refuses `not-in-selection`, `share-revoked`, `no-interview-times`, `too-many-interview-times`,
    `interview-time-twice`, `interview-time-over`, `interview-time-too-far`, `interview-length-unknown`.
    """
    if not (by is Side.CANDIDATE and state.status is Status.APPROVED): _in_selection(state, by)
    if not times: raise Refused("no-interview-times")
    if len(times) > MOST_TIMES: raise Refused("too-many-interview-times", most=MOST_TIMES)
    if len({slot.starts_at for slot in times}) < len(times): raise Refused("interview-time-twice")
    for slot in times:
        if slot.starts_at <= now: raise Refused("interview-time-over", starts_at=slot.starts_at)
        if slot.starts_at > now + timedelta(days=DAYS_AHEAD): raise Refused("interview-time-too-far", days=DAYS_AHEAD)
        if slot.minutes not in MINUTES: raise Refused("interview-length-unknown")
    in_order = tuple(sorted(times, key=lambda slot: slot.starts_at))
    # A move by the person keeps the place that the company gave.
    place = state.interview.agreed_place_ref or state.interview.place_ref if by is Side.CANDIDATE else place_ref
    return InterviewTimesNamed(naming=state.interview.naming + 1, by=by, times=in_order, place_ref=place)


def pick(state: Introduction, *, by: Side, naming: int, starts_at: datetime, now: datetime) -> InterviewAgreed:
    """The other side picks one of the times it saw.

    Refuses `not-in-selection`, `share-revoked`, `interview-not-named`, `interview-changed-meanwhile`,
    `interview-time-not-named`, `interview-time-over`.
    """
    _in_selection(state, by)
    interview = state.interview
    if interview.named_by in {None, by}: raise Refused("interview-not-named")
    if naming != interview.naming: raise Refused("interview-changed-meanwhile")
    slot = next((each for each in interview.times if each.starts_at == starts_at), None)
    if slot is None: raise Refused("interview-time-not-named")
    if slot.starts_at <= now: raise Refused("interview-time-over", starts_at=slot.starts_at)
    return InterviewAgreed(naming=naming, by=by, time=slot)


def cancel(state: Introduction, *, by: Side) -> InterviewCancelled:
    """Called off by either side; times may be named anew. Refuses `not-in-selection`, `share-revoked`, `no-interview`."""
    _in_selection(state, by)
    if state.interview.agreed is None and state.interview.named_by is None: raise Refused("no-interview")
    return InterviewCancelled(by=by)


def _in_selection(state: Introduction, by: Side) -> None:
    if state.status in SHARED and state.revoked and by is Side.HIRING: raise Refused("share-revoked")
    if state.status not in SHARED or state.revoked: raise Refused("not-in-selection")
