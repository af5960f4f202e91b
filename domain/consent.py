"""All that one person permits or forbids, in one stream: consents, blocks, pauses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec

from domain import wishes
from domain.applicant import Channel
from domain.event import Event
from domain.ids import NIL, CandidateId, CompanyId, CompanyToken, IntroductionId
from domain.refusal import Refused


class Scope(StrEnum):
    """What a consent is for; each is given and withdrawn apart."""

    RETAIN = "retain"
    LIST = "list"
    OUTCOME_TO_SOURCE = "outcome-to-source"
    CHANNEL = "channel"


class OutcomeLevel(StrEnum):
    """What the source may learn: nothing, that the person was hired, or also where."""

    NONE = "none"
    HIRED = "hired"
    WHERE = "where"


class WithdrawalCause(StrEnum):
    """Why a consent ended before its time."""

    PERSON = "person"
    MERGE = "merge"
    ERASURE = "erasure"
    DISOWNED = "disowned"
    DEAD_CHANNEL = "dead-channel"


class BlockCause(StrEnum):
    """Why a company never sees the person."""

    CHOSEN = "chosen"
    EMPLOYER = "employer"
    MERGE = "merge"


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Which consent: the scope and, where the scope needs one, the company or the channel."""

    scope: Scope
    company: CompanyId | None = None
    channel: Channel | None = None


class ConsentGiven(Event, frozen=True, kw_only=True):
    """The person agreed to exactly this text. `receipt` is the digest of the signed receipt (ISO/IEC TS 27560)."""

    candidate: CandidateId
    permission: Permission
    level: OutcomeLevel | None
    text_version: str
    language: str
    expires_at: datetime
    receipt: str


class ConsentRenewed(Event, frozen=True, kw_only=True):
    """The same consent, for longer."""

    candidate: CandidateId
    permission: Permission
    text_version: str
    expires_at: datetime
    receipt: str


class ConsentExpired(Event, frozen=True, kw_only=True):
    """Its time ran out; it had stopped holding at that moment, whoever noticed when."""

    candidate: CandidateId
    permission: Permission


class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    """The person took it back; it holds from the moment this is acknowledged (rule 3)."""

    candidate: CandidateId
    permissions: tuple[Permission, ...]
    cause: WithdrawalCause


class ConsentExercised(Event, frozen=True, kw_only=True):
    """A disclosure used the consent; written in the same append as the disclosure."""

    candidate: CandidateId
    introduction: IntroductionId
    consent_version: int


class CompanyBlocked(Event, frozen=True, kw_only=True):
    """This company and its group never see, count or receive the person (rule 5)."""

    candidate: CandidateId
    token: CompanyToken
    cause: BlockCause


class CompanyUnblocked(Event, frozen=True, kw_only=True):
    """The person lifted the block."""

    candidate: CandidateId
    token: CompanyToken


class Paused(Event, frozen=True, kw_only=True):
    """The card is gone until the person resumes; shares not yet disclosed are cancelled."""

    candidate: CandidateId


class Resumed(Event, frozen=True, kw_only=True):
    """The pause is over."""

    candidate: CandidateId


ConsentEvent = (
    ConsentGiven
    | ConsentRenewed
    | ConsentExpired
    | ConsentWithdrawn
    | ConsentExercised
    | CompanyBlocked
    | CompanyUnblocked
    | Paused
    | Resumed
    | wishes.WishEvent
)


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """One consent as it was last given or renewed. `expires_at` is exclusive."""

    permission: Permission
    level: OutcomeLevel | None
    text_version: str
    language: str
    expires_at: datetime
    receipt: str


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A company, by its token, that never sees the person."""

    token: CompanyToken
    cause: BlockCause


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person permits and forbids as it stands. `ended`: erasure began, nothing is permitted ever again."""

    candidate: CandidateId = CandidateId(NIL)
    grants: tuple[Grant, ...] = ()
    blocked: tuple[Block, ...] = ()
    paused: bool = False
    ended: bool = False
    wishes: wishes.Wishes = wishes.INITIAL

    @property
    def lists(self) -> bool:
        """Was being listed agreed to and not taken back?"""
        return self.grant_of(LIST) is not None

    def grant_of(self, permission: Permission) -> Grant | None:
        """The consent as last given and not withdrawn, whether or not its time has run out."""
        return next((grant for grant in self.grants if grant.permission == permission), None)

    def allows(self, permission: Permission, now: datetime) -> bool:
        """Given, not withdrawn, not expired. A pause suspends being listed and leaves the other consents alone."""
        grant = self.grant_of(permission)
        if grant is None or self.ended or now >= grant.expires_at:
            return False
        return not (self.paused and permission.scope is Scope.LIST)

    def outcome_level(self, source: CompanyId, now: datetime) -> OutcomeLevel:
        """What this source may learn of how it went on. Without a live consent: nothing."""
        permission = Permission(scope=Scope.OUTCOME_TO_SOURCE, company=source)
        grant = self.grant_of(permission)
        if grant is None or grant.level is None or not self.allows(permission, now):
            return OutcomeLevel.NONE
        return grant.level

    def blocks(self, tokens: frozenset[CompanyToken]) -> bool:
        """One of these companies never sees, counts or receives the person (rule 5)."""
        return any(block.token in tokens for block in self.blocked)


INITIAL = Consent()
LIST = Permission(scope=Scope.LIST)


def evolve(state: Consent, event: ConsentEvent) -> Consent:
    """What is permitted after `event`."""
    state = msgspec.structs.replace(state, candidate=event.candidate)
    match event:
        case ConsentGiven():
            new = Grant(
                permission=event.permission,
                level=event.level,
                text_version=event.text_version,
                language=event.language,
                expires_at=event.expires_at,
                receipt=event.receipt,
            )
            return msgspec.structs.replace(state, grants=(*_other_than(state, event.permission), new))
        case ConsentRenewed():
            return msgspec.structs.replace(state, grants=tuple(_renewed(grant, event) for grant in state.grants))
        case ConsentExpired():
            return msgspec.structs.replace(state, grants=_other_than(state, event.permission))
        case ConsentWithdrawn():
            ended = state.ended or event.cause is WithdrawalCause.ERASURE
            left = _other_than(state, *event.permissions)
            return _searching(msgspec.structs.replace(state, grants=left, ended=ended))
        case ConsentExercised():
            return state
        case CompanyBlocked():
            return msgspec.structs.replace(
                state, blocked=(*_without(state, event.token), Block(token=event.token, cause=event.cause))
            )
        case CompanyUnblocked():
            return msgspec.structs.replace(state, blocked=_without(state, event.token))
        case Paused():
            return msgspec.structs.replace(state, paused=True)
        case Resumed():
            resumed = msgspec.structs.replace(state.wishes, pause_until=None)
            return msgspec.structs.replace(state, paused=False, wishes=resumed)
        case (
            wishes.PauseLimited()
            | wishes.OpenAsksLimited()
            | wishes.AskReached()
            | wishes.SearchEndSaid()
            | wishes.SearchEndUndone()
        ):
            return msgspec.structs.replace(state, wishes=wishes.evolve(state.wishes, event))
        case _:
            assert_never(event)


def give(
    consent: Consent,
    *,
    candidate: CandidateId,
    permission: Permission,
    level: OutcomeLevel | None,
    text_version: str,
    language: str,
    expires_at: datetime,
    receipt: str,
    now: datetime,
) -> ConsentGiven:
    """The person agrees to exactly this text. Again only where level or text differ, or it no longer holds."""
    _open(consent)
    _whole(permission, level)
    if now >= expires_at: raise Refused("consent-over-before-given")
    grant = consent.grant_of(permission)
    same = grant is not None and now < grant.expires_at and (grant.level, grant.text_version) == (level, text_version)
    if same: raise Refused("consent-already-given")
    return ConsentGiven(
        candidate=candidate,
        permission=permission,
        level=level,
        text_version=text_version,
        language=language,
        expires_at=expires_at,
        receipt=receipt,
    )


def renew(
    consent: Consent, permission: Permission, *, text_version: str, expires_at: datetime, receipt: str, now: datetime
) -> ConsentRenewed:
    """The same consent for longer, while it is live; once over it is given anew."""
    _open(consent)
    grant = consent.grant_of(permission)
    if grant is None or now >= grant.expires_at: raise Refused("consent-not-live")
    if expires_at <= grant.expires_at: raise Refused("consent-not-longer")
    return ConsentRenewed(
        candidate=consent.candidate,
        permission=permission,
        text_version=text_version,
        expires_at=expires_at,
        receipt=receipt,
    )


def expire(consent: Consent, permission: Permission, *, now: datetime) -> ConsentExpired:
    """Written down after the fact: the consent stopped holding at its `expires_at`."""
    grant = consent.grant_of(permission)
    if grant is None: raise Refused("consent-not-given")
    if now < grant.expires_at: raise Refused("consent-still-live")
    return ConsentExpired(candidate=consent.candidate, permission=permission)


def withdraw(consent: Consent, permissions: frozenset[Permission], *, cause: WithdrawalCause) -> ConsentWithdrawn:
    """The person takes back those of `permissions` that stand (rule 3). Erasure takes back everything, even nothing."""
    erasing = cause is WithdrawalCause.ERASURE
    standing = tuple(g.permission for g in consent.grants if erasing or g.permission in permissions)
    if consent.ended: raise Refused("candidate-erased")
    if not standing and not erasing: raise Refused("consent-not-given")
    return ConsentWithdrawn(candidate=consent.candidate, permissions=standing, cause=cause)


def block(consent: Consent, token: CompanyToken, *, candidate: CandidateId, cause: BlockCause) -> CompanyBlocked:
    """This company and its group never see the person. No consent is needed to forbid."""
    _open(consent)
    if consent.blocks(frozenset({token})): raise Refused("company-already-blocked")
    return CompanyBlocked(candidate=candidate, token=token, cause=cause)


def unblock(consent: Consent, token: CompanyToken) -> CompanyUnblocked:
    """The person lifts the block."""
    _open(consent)
    if not consent.blocks(frozenset({token})): raise Refused("company-not-blocked")
    return CompanyUnblocked(candidate=consent.candidate, token=token)


def pause(consent: Consent, *, candidate: CandidateId) -> Paused:
    """The card goes until the person resumes."""
    _open(consent)
    if consent.paused: raise Refused("already-paused")
    return Paused(candidate=candidate)


def resume(consent: Consent) -> Resumed:
    """The pause is over; consents that ran out meanwhile stay over."""
    _open(consent)
    if not consent.paused: raise Refused("not-paused")
    return Resumed(candidate=consent.candidate)


def _open(consent: Consent) -> None:
    if consent.ended: raise Refused("candidate-erased")


def _whole(permission: Permission, level: OutcomeLevel | None) -> None:
    """A scope stands with what it needs and nothing else; a form cannot get this wrong, so it is a ValueError."""
    needs_company = permission.scope in {Scope.RETAIN, Scope.OUTCOME_TO_SOURCE}
    if needs_company != (permission.company is not None): raise ValueError("company belongs to retain and outcome")
    if (permission.scope is Scope.CHANNEL) != (permission.channel is not None): raise ValueError("channel to channel")
    if (permission.scope is Scope.OUTCOME_TO_SOURCE) != (level is not None): raise ValueError("level to outcome")


def _renewed(grant: Grant, event: ConsentRenewed) -> Grant:
    if grant.permission != event.permission:
        return grant
    return msgspec.structs.replace(
        grant, text_version=event.text_version, expires_at=event.expires_at, receipt=event.receipt
    )


def _searching(consent: Consent) -> Consent:
    """Who is not listed any more has nothing left to end."""
    if consent.lists: return consent
    return msgspec.structs.replace(consent, wishes=msgspec.structs.replace(consent.wishes, search_ends_at=None))


def _other_than(consent: Consent, *permissions: Permission) -> tuple[Grant, ...]:
    return tuple(grant for grant in consent.grants if grant.permission not in permissions)


def _without(consent: Consent, token: CompanyToken) -> tuple[Block, ...]:
    return tuple(block for block in consent.blocked if block.token != token)
