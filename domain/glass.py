"""Breaking the glass (rule 11): a person of the operator sees one person's values for minutes, and the person sees that.

Everybody who runs the relay works with masked values. Whoever has to see more says why, by a code that the person is
shown and in words that lie in the vault, and sees one person's contact and profile until `open_until`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from domain.candidate import Candidate
from domain.company import MemberRole
from domain.event import Event
from domain.ids import NIL, CandidateId, UserId, VaultRef
from domain.refusal import Refused

LASTS = timedelta(minutes=15)


class Reason(StrEnum):
    """Why somebody had to see; the person is told the code's words."""

    ASKED_BY_PERSON = "asked-by-person"
    DISPUTE = "dispute"
    AUTHORITY = "authority"
    MISUSE = "misuse"
    FAULT = "fault"


class GlassBroken(Event, frozen=True, kw_only=True):
    """A person of the operator may see this person's values until `open_until` (exclusive); `words_ref` says why."""

    candidate: CandidateId
    broken_by: UserId
    reason: Reason
    words_ref: VaultRef
    open_until: datetime


class GlassMended(Event, frozen=True, kw_only=True):
    """Whoever broke it has seen enough: it is closed before its time."""

    candidate: CandidateId
    broken_by: UserId


GlassEvent = GlassBroken | GlassMended


class Glass(msgspec.Struct, frozen=True, kw_only=True):
    """One breaking, as it stands."""

    candidate: CandidateId = CandidateId(NIL)
    broken_by: UserId = UserId(NIL)
    open_until: datetime | None = None
    mended: bool = False


INITIAL = Glass()


def evolve(state: Glass, event: GlassEvent) -> Glass:
    """What is known after one more fact."""
    match event:
        case GlassBroken():
            return Glass(candidate=event.candidate, broken_by=event.broken_by, open_until=event.open_until)
        case GlassMended():
            return msgspec.structs.replace(state, mended=True)
        case _:
            assert_never(event)


def break_it(
    person: Candidate, *, by: UserId, role: MemberRole | None, reason: Reason, words_ref: VaultRef, now: datetime
) -> GlassBroken:
    """Only an admin of the operator, and nobody who is gone. Refuses `not-permitted`, `not-found`, `candidate-erased`."""
    if role is not MemberRole.ADMIN: raise Refused("not-permitted")
    if not person.registered: raise Refused("not-found")
    if person.erasing: raise Refused("candidate-erased")
    return GlassBroken(candidate=person.id, broken_by=by, reason=reason, words_ref=words_ref, open_until=now + LASTS)


def mend(glass: Glass, *, by: UserId, now: datetime) -> GlassMended:
    """Who broke it closes it. Refuses `glass-not-open`, also to everybody else."""
    if glass.open_until is None or glass.mended or now >= glass.open_until or by != glass.broken_by:
        raise Refused("glass-not-open")
    return GlassMended(candidate=glass.candidate, broken_by=by)
