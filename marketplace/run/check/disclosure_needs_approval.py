"""No one was shown to a company without having said yes: every disclosure rests on the approval of that very share.

The log is folded in position order, and each disclosure is held against what was known at its position and moment: an
approval that stands, the time to undo it over, only items that were approved, the consent to be listed live, no pause,
no block of the company or its group, no erasure; and both provision records in the same append (rules 2, 3, 5).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from domain import consent as consents
from domain import introduction as introductions
from domain.candidate import CandidateErasureStarted, CandidatesMerged
from domain.company import CompanyAdmitted, GroupDeclared
from domain.consent import LIST, Consent, ConsentEvent
from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import CandidateId, CompanyId, CompanyToken
from domain.introduction import (
    Direction,
    IdentityDisclosed,
    Introduction,
    IntroductionEvent,
    IntroductionRequested,
    ProvisionRecorded,
    ShareApproved,
    Status,
)
from domain.policy import Policy
from marketplace.run.check.invariant import Answer, Context, Invariant, found

NAME = "disclosure-needs-approval"


class _Asked(msgspec.Struct):
    """An introduction that is not disclosed yet; when the yes was given, and under which policy."""

    state: Introduction
    approved_at: datetime | None = None
    policy_version: int = 0


class _Unrecorded(msgspec.Struct):
    """A disclosure whose provision records are still to come, in the same append."""

    entry: Recorded[AnyEvent]
    missing: set[Direction]


class _Known(msgspec.Struct):
    """What is known at a position: no more than a disclosure is decided on."""

    asked: dict[UUID, _Asked] = {}
    consents: dict[CandidateId, Consent] = {}
    gone: set[UUID] = set()
    own: dict[CompanyId, CompanyToken] = {}
    groups: dict[UUID, frozenset[CompanyToken]] = {}

    def tokens(self, company: CompanyId) -> frozenset[CompanyToken]:
        """The company's token and those of its group, whoever declared the group."""
        belongs = [self.groups.get(each, frozenset()) | {token} for each, token in self.own.items()]
        reach = self.groups.get(company, frozenset()) | ({self.own[company]} if company in self.own else set())
        while wider := frozenset().union(*(tokens for tokens in belongs if tokens & reach)) - reach:
            reach |= wider
        return reach


def check(context: Context) -> Answer:
    """The first disclosure that should not have been."""
    known = _Known()
    open_records: _Unrecorded | None = None
    for entry in context.events():
        if open_records is not None:
            open_records = _recorded(open_records, entry)
            if open_records is not None and not _same_append(open_records, entry):
                break
        if isinstance(entry.event, IdentityDisclosed):
            if (why := _objection(known, entry, entry.event, context.policy)) is not None:
                return found(NAME, why, entry.position, introduction=entry.stream, company=entry.event.hiring)
            known.asked.pop(entry.stream, None)
            open_records = _Unrecorded(entry, set(Direction))
        else:
            _learn(known, entry)
    if open_records is None:
        return None
    return found(NAME, "not-recorded", open_records.entry.position, introduction=open_records.entry.stream)


def _same_append(waiting: _Unrecorded, entry: Recorded[AnyEvent]) -> bool:
    return waiting.entry.meta.command == entry.meta.command


def _recorded(waiting: _Unrecorded, entry: Recorded[AnyEvent]) -> _Unrecorded | None:
    """What is still missing after `entry`; None: both records are there."""
    ours = entry.stream == waiting.entry.stream and _same_append(waiting, entry)
    if ours and isinstance(entry.event, ProvisionRecorded):
        waiting.missing.discard(entry.event.direction)
    return waiting if waiting.missing else None


def _learn(known: _Known, entry: Recorded[AnyEvent]) -> None:
    event = entry.event
    match event:
        case IntroductionRequested():
            known.asked[entry.stream] = _Asked(introductions.evolve(introductions.INITIAL, event))
        case CandidateErasureStarted():
            known.gone.add(entry.stream)
        case CandidatesMerged(absorbed=absorbed):
            known.gone.add(absorbed)
        case CompanyAdmitted(company=company, token=token):
            known.own[company] = token
        case GroupDeclared(tokens=tokens):
            known.groups[entry.stream] = frozenset(tokens)
        case _ if isinstance(event, ConsentEvent):
            before = known.consents.get(event.candidate, consents.INITIAL)
            known.consents[event.candidate] = consents.evolve(before, event)
        case _ if isinstance(event, IntroductionEvent) and entry.stream in known.asked:
            _answered(known, entry, event)


def _answered(known: _Known, entry: Recorded[AnyEvent], event: IntroductionEvent) -> None:
    asked = known.asked[entry.stream]
    asked.state = introductions.evolve(asked.state, event)
    if isinstance(event, ShareApproved):
        asked.approved_at, asked.policy_version = entry.meta.recorded_at, entry.meta.policy_version
    if asked.state.status not in introductions.PENDING:
        del known.asked[entry.stream]


def _objection(known: _Known, entry: Recorded[AnyEvent], event: IdentityDisclosed, policy: Policy) -> str | None:
    """Why this disclosure should not have been; None if all was as it must be."""
    asked = known.asked.get(entry.stream)
    if asked is None or asked.state.status is not Status.APPROVED or asked.approved_at is None:
        return "no-approval"
    ask, moment = asked.state, entry.meta.recorded_at
    if (ask.candidate, ask.hiring) != (event.candidate, event.hiring):
        return "another-share"
    if not _undo_is_over(asked, moment, policy):
        return "too-early"
    if ask.seen is None or not set(event.items) <= set(ask.approved) <= set(ask.seen.items):
        return "item-not-approved"
    return _person_objects(known, event, moment)


def _undo_is_over(asked: _Asked, moment: datetime, policy: Policy) -> bool:
    not_before = asked.state.disclose_not_before
    if not_before is None or asked.approved_at is None or moment < not_before:
        return False
    # Under an older policy the time to undo was another; then the approval's own date stands.
    known = asked.policy_version == policy.version
    return not known or moment >= asked.approved_at + timedelta(minutes=policy.undo_minutes)


def _person_objects(known: _Known, event: IdentityDisclosed, moment: datetime) -> str | None:
    consent = known.consents.get(event.candidate, consents.INITIAL)
    if event.candidate in known.gone or consent.ended:
        return "erased"
    if consent.blocked and consent.blocks(known.tokens(event.hiring)):
        return "blocked"
    if consent.paused:
        return "paused"
    return None if consent.allows(LIST, moment) else "consent-not-live"


INVARIANT = Invariant(name=NAME, check=check)
