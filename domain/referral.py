"""A referral (紹介): a source company stands behind a person, and the person confirms who passed them on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from domain.candidate import ProfileFacts
from domain.event import Event
from domain.ids import NIL, ApplicantId, CandidateId, CompanyId, VaultRef
from domain.refusal import Refused


class ReferralMade(Event, frozen=True, kw_only=True):
    """The source refers the person; `reached` is how far they came there, as a stage code."""

    candidate: CandidateId
    source: CompanyId
    applicant: ApplicantId
    reached: str


class RecommendationWritten(Event, frozen=True, kw_only=True):
    """A recommendation (推薦文) for the person to read first; each version is read anew before it is shown."""

    version: int
    ref: VaultRef
    commit: str
    lexemes_ref: VaultRef


class RecommendationRead(Event, frozen=True, kw_only=True):
    """The candidate read this version and lets it be shown."""

    version: int


class OwnershipConfirmed(Event, frozen=True, kw_only=True):
    """The candidate confirmed: this source passed me on. The window (rule 7) runs from `confirmed_at`."""

    candidate: CandidateId
    source: CompanyId
    confirmed_at: datetime
    window_until: datetime


class CardPublished(Event, frozen=True, kw_only=True):
    """The anonymous card is in the catalogue: codes and bands of one profile version, and a recommendation if read."""

    candidate: CandidateId
    profile_version: int
    facts: ProfileFacts
    reached: str
    lexemes_ref: VaultRef
    recommendation_version: int | None


class CardSuspended(Event, frozen=True, kw_only=True):
    """The card left the catalogue."""

    candidate: CandidateId
    cause: str


class ReferralEnded(Event, frozen=True, kw_only=True):
    """The source no longer stands behind the person; confirmed ownership keeps its window."""

    cause: str


ReferralEvent = (
    ReferralMade
    | RecommendationWritten
    | RecommendationRead
    | OwnershipConfirmed
    | CardPublished
    | CardSuspended
    | ReferralEnded
)


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue shows of the person through this referral."""

    profile_version: int
    facts: ProfileFacts
    recommendation_version: int | None


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """One source behind one person. `window_until` lies on the window's last JST date, which still counts."""

    candidate: CandidateId = CandidateId(NIL)
    source: CompanyId = CompanyId(NIL)
    applicant: ApplicantId = ApplicantId(NIL)
    reached: str = ""
    recommendation_version: int = 0
    recommendation_ref: VaultRef = VaultRef(NIL)
    recommendation_commit: str = ""
    recommendation_lexemes_ref: VaultRef = VaultRef(NIL)
    read_version: int = 0
    confirmed_at: datetime | None = None
    window_until: datetime | None = None
    card: Card | None = None
    ended: bool = False

    @property
    def made(self) -> bool:
        """The source has referred the person."""
        return self.source != NIL

    @property
    def recommendation_is_read(self) -> bool:
        """There is a recommendation, and the person read this very version of it."""
        return 0 < self.recommendation_version == self.read_version


INITIAL = Referral()


def evolve(state: Referral, event: ReferralEvent) -> Referral:
    """The referral after `event`. The earliest confirmation keeps its date, whatever is told later (rule 7)."""
    match event:
        case ReferralMade():
            return msgspec.structs.replace(
                state,
                candidate=event.candidate,
                source=event.source,
                applicant=event.applicant,
                reached=event.reached,
                ended=False,
            )
        case RecommendationWritten():
            return msgspec.structs.replace(
                state,
                recommendation_version=event.version,
                recommendation_ref=event.ref,
                recommendation_commit=event.commit,
                recommendation_lexemes_ref=event.lexemes_ref,
            )
        case RecommendationRead():
            return msgspec.structs.replace(state, read_version=event.version)
        case OwnershipConfirmed():
            if state.confirmed_at is not None and state.confirmed_at <= event.confirmed_at:
                return state
            # A claim carried over by a merge may come without a referral: it counts, but nobody stands behind it.
            return msgspec.structs.replace(
                state,
                candidate=event.candidate,
                source=event.source,
                confirmed_at=event.confirmed_at,
                window_until=event.window_until,
                ended=state.ended or not state.made,
            )
        case CardPublished():
            card = Card(
                profile_version=event.profile_version,
                facts=event.facts,
                recommendation_version=event.recommendation_version,
            )
            return msgspec.structs.replace(state, card=card)
        case CardSuspended():
            return msgspec.structs.replace(state, card=None)
        case ReferralEnded():
            return msgspec.structs.replace(state, card=None, ended=True)
        case _:
            assert_never(event)


def refer(
    referral: Referral, *, candidate: CandidateId, source: CompanyId, applicant: ApplicantId, reached: str
) -> ReferralMade:
    """The source stands behind a person who claimed its record; `reached` is a stage code, never an evaluation."""
    if referral.made and not referral.ended: raise Refused("already-referred")
    return ReferralMade(candidate=candidate, source=source, applicant=applicant, reached=reached)


def write_recommendation(
    referral: Referral, *, ref: VaultRef, commit: str, lexemes_ref: VaultRef
) -> RecommendationWritten:
    """A new version of the recommendation (推薦文); nobody but the person sees it before they have read it."""
    _standing(referral)
    return RecommendationWritten(
        version=referral.recommendation_version + 1, ref=ref, commit=commit, lexemes_ref=lexemes_ref
    )


def read_recommendation(referral: Referral, *, version: int) -> RecommendationRead:
    """The person read this version and lets it be shown; a newer one must be read anew."""
    _standing(referral)
    if referral.recommendation_version == 0: raise Refused("no-recommendation")
    if version != referral.recommendation_version: raise Refused("recommendation-changed")
    if version == referral.read_version: raise Refused("recommendation-already-read")
    return RecommendationRead(version=version)


def confirm_ownership(referral: Referral, *, now: datetime, window_days: int) -> tuple[OwnershipConfirmed, ...]:
    """The person confirms who passed them on; the window's last day counts whole (JST). A second yes adds nothing."""
    _standing(referral)
    if referral.confirmed_at is not None:
        return ()
    return (
        OwnershipConfirmed(
            candidate=referral.candidate,
            source=referral.source,
            confirmed_at=now,
            window_until=now + timedelta(days=window_days),
        ),
    )


def suspend_card(referral: Referral, *, cause: str) -> tuple[CardSuspended, ...]:
    """The card leaves the catalogue; without a card there is nothing to say."""
    if referral.card is None:
        return ()
    return (CardSuspended(candidate=referral.candidate, cause=cause),)


def end(referral: Referral, *, cause: str) -> tuple[CardSuspended | ReferralEnded, ...]:
    """The source steps back. Its card goes; confirmed ownership keeps its window."""
    _standing(referral)
    return (*suspend_card(referral, cause=cause), ReferralEnded(cause=cause))


def _standing(referral: Referral) -> None:
    if not referral.made: raise Refused("not-referred")
    if referral.ended: raise Refused("referral-ended")
