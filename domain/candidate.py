"""A candidate (候補者): a person who registered by their own step. Who they are is in the vault."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec

from domain import reach
from domain.calendar import add_years
from domain.event import Event
from domain.ids import NIL, CandidateId, CompanyId, HireId, VaultRef
from domain.refusal import Refused


class Entrance(StrEnum):
    """How the person came."""

    INVITATION = "invitation"
    NEUTRAL_LINK = "neutral-link"


class ProfileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The coded, coarse part of a profile: codes of our vocabulary and bands, nothing that names or singles out."""

    skills: tuple[str, ...]
    occupations: tuple[str, ...]
    prefecture: str
    seniority: str
    salary_band: str
    languages: tuple[str, ...]


class CandidateRegistered(Event, frozen=True, kw_only=True):
    """A mailbox was verified and a person registered."""

    candidate: CandidateId
    entrance: Entrance
    language: str
    contact_ref: VaultRef


class AdulthoodDeclared(Event, frozen=True, kw_only=True):
    """The person declared: 18 or older and no pupil (rule 1)."""


class ProfileSaved(Event, frozen=True, kw_only=True):
    """A new version of the profile; `ref` has the words, `commit` proves later which words were shown."""

    version: int
    ref: VaultRef
    commit: str
    facts: ProfileFacts
    lexemes_ref: VaultRef


class ProfileConfirmed(Event, frozen=True, kw_only=True):
    """The person said: still true."""

    version: int


class SeekerRecordSealed(Event, frozen=True, kw_only=True):
    """Name, address and birth date for the seeker ledger (求職管理簿): asked before the first introduction, sealed."""

    ref: VaultRef
    retain_until: date


class CandidatesMerged(Event, frozen=True, kw_only=True):
    """Two registrations were one person, and the person said so. Written to both streams."""

    survivor: CandidateId
    absorbed: CandidateId


class CandidatePlaced(Event, frozen=True, kw_only=True):
    """The relay placed the person. With an indefinite term they are not solicited until the date (rule 12)."""

    hire: HireId
    hiring: CompanyId
    no_solicitation_until: date | None


class CandidateErasureStarted(Event, frozen=True, kw_only=True):
    """From here on nothing is shown, counted, disclosed, decrypted or sent."""


class CandidateErased(Event, frozen=True, kw_only=True):
    """The keys are destroyed. `remaining` names the statutory records that the law makes us keep, and until when."""

    remaining: tuple[tuple[str, date], ...]
    certificate_ref: VaultRef


CandidateEvent = (
    CandidateRegistered
    | AdulthoodDeclared
    | ProfileSaved
    | ProfileConfirmed
    | SeekerRecordSealed
    | CandidatesMerged
    | CandidatePlaced
    | CandidateErasureStarted
    | CandidateErased
    | reach.ReachEvent
)


class SeekerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed entry for the seeker ledger; destroyed after `retain_until`, which is its last day."""

    ref: VaultRef
    retain_until: date


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A hire through the relay. `no_solicitation_until` is inclusive; None for a fixed term."""

    hire: HireId
    hiring: CompanyId
    no_solicitation_until: date | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A registered person as far as facts may know one. `merged_into` is set on the registration that gave way."""

    id: CandidateId = CandidateId(NIL)
    entrance: Entrance = Entrance.INVITATION
    language: str = ""
    contact_ref: VaultRef = VaultRef(NIL)
    adult: bool = False
    profile_version: int = 0
    profile_ref: VaultRef = VaultRef(NIL)
    profile_commit: str = ""
    facts: ProfileFacts | None = None
    lexemes_ref: VaultRef = VaultRef(NIL)
    seeker_record: SeekerRecord | None = None
    merged_into: CandidateId | None = None
    absorbed: tuple[CandidateId, ...] = ()
    placements: tuple[Placement, ...] = ()
    erasing: bool = False
    erased: bool = False
    reach: reach.Reach = reach.INITIAL

    @property
    def registered(self) -> bool:
        """The person came by their own step."""
        return self.id != NIL

    @property
    def live(self) -> bool:
        """Registered, and neither merged away nor being erased."""
        return self.registered and self.merged_into is None and not self.erasing


INITIAL = Candidate()


def evolve(state: Candidate, event: CandidateEvent) -> Candidate:
    """The candidate after `event`."""
    match event:
        case CandidateRegistered():
            return msgspec.structs.replace(
                state,
                id=event.candidate,
                entrance=event.entrance,
                language=event.language,
                contact_ref=event.contact_ref,
            )
        case AdulthoodDeclared():
            return msgspec.structs.replace(state, adult=True)
        case ProfileSaved():
            return msgspec.structs.replace(
                state,
                profile_version=event.version,
                profile_ref=event.ref,
                profile_commit=event.commit,
                facts=event.facts,
                lexemes_ref=event.lexemes_ref,
            )
        case ProfileConfirmed():
            return state
        case SeekerRecordSealed():
            record = SeekerRecord(ref=event.ref, retain_until=event.retain_until)
            return msgspec.structs.replace(state, seeker_record=record)
        case CandidatesMerged():
            if event.absorbed == state.id:
                return msgspec.structs.replace(state, merged_into=event.survivor)
            return msgspec.structs.replace(state, absorbed=(*state.absorbed, event.absorbed))
        case CandidatePlaced():
            placement = Placement(
                hire=event.hire, hiring=event.hiring, no_solicitation_until=event.no_solicitation_until
            )
            return msgspec.structs.replace(state, placements=(*state.placements, placement))
        case CandidateErasureStarted():
            return msgspec.structs.replace(state, erasing=True)
        case CandidateErased():
            return msgspec.structs.replace(state, erased=True, facts=None, seeker_record=None)
        case reach.ContactChanged():
            reached = reach.evolve(state.reach, event)
            return msgspec.structs.replace(state, contact_ref=event.contact_ref, reach=reached)
        case reach.ContactFailed() | reach.LineConnected() | reach.LineDisconnected():
            return msgspec.structs.replace(state, reach=reach.evolve(state.reach, event))
        case _:
            assert_never(event)


def register(
    candidate: Candidate, *, candidate_id: CandidateId, entrance: Entrance, language: str, contact_ref: VaultRef
) -> CandidateRegistered:
    """A person registers, after the mailbox was verified."""
    if candidate.erasing: raise Refused("candidate-erased")
    if candidate.registered: raise Refused("candidate-already-registered")
    return CandidateRegistered(
        candidate=candidate_id, entrance=entrance, language=language, contact_ref=contact_ref
    )


def declare_adulthood(candidate: Candidate, *, is_adult: bool, is_pupil: bool) -> AdulthoodDeclared:
    """18 or older and no pupil (rule 1). No birth date is asked for this."""
    _live(candidate)
    if not is_adult: raise Refused("candidate-under-18")
    if is_pupil: raise Refused("candidate-is-a-pupil")
    if candidate.adult: raise Refused("adulthood-already-declared")
    return AdulthoodDeclared()


def save_profile(
    candidate: Candidate,
    *,
    expected_version: int,
    ref: VaultRef,
    commit: str,
    facts: ProfileFacts,
    lexemes_ref: VaultRef,
) -> ProfileSaved:
    """The next version of the profile. `expected_version` is the one the person edited, 0 for the first."""
    _live(candidate)
    if expected_version != candidate.profile_version:
        raise Refused("profile-changed-meanwhile", version=candidate.profile_version)
    return ProfileSaved(
        version=candidate.profile_version + 1, ref=ref, commit=commit, facts=facts, lexemes_ref=lexemes_ref
    )


def confirm_profile(candidate: Candidate, *, version: int) -> ProfileConfirmed:
    """Still true: the card is fresh again."""
    _live(candidate)
    if candidate.profile_version == 0: raise Refused("profile-missing")
    if version != candidate.profile_version:
        raise Refused("profile-changed-meanwhile", version=candidate.profile_version)
    return ProfileConfirmed(version=version)


def seal_seeker_record(candidate: Candidate, *, ref: VaultRef, retain_until: date) -> SeekerRecordSealed:
    """Name, address, birth date for the seeker ledger (求職管理簿); sealed again where it must be kept longer."""
    _live(candidate)
    sealed = candidate.seeker_record
    if sealed is not None and retain_until < sealed.retain_until: raise Refused("seeker-record-kept-longer")
    return SeekerRecordSealed(ref=ref, retain_until=retain_until)


def merge(survivor: Candidate, absorbed: Candidate) -> CandidatesMerged:
    """Two registrations are one person, and the person said so. The same fact goes to both streams."""
    _live(survivor)
    _live(absorbed)
    if survivor.id == absorbed.id: raise Refused("merge-with-itself")
    return CandidatesMerged(survivor=survivor.id, absorbed=absorbed.id)


def place(
    candidate: Candidate,
    *,
    hire: HireId,
    hiring: CompanyId,
    hired_on: date,
    is_indefinite: bool,
    no_solicitation_years: int,
) -> CandidatePlaced:
    """The relay placed the person; with an indefinite term they are left in peace for two years (rule 12)."""
    if not candidate.registered: raise Refused("candidate-not-registered")
    if any(placement.hire == hire for placement in candidate.placements): raise Refused("candidate-already-placed")
    until = add_years(hired_on, no_solicitation_years) if is_indefinite else None
    return CandidatePlaced(hire=hire, hiring=hiring, no_solicitation_until=until)


def start_erasure(candidate: Candidate) -> CandidateErasureStarted:
    """From here on nothing is shown, counted, disclosed, decrypted or sent. A merged registration can be erased too."""
    if not candidate.registered: raise Refused("candidate-not-registered")
    if candidate.erasing: raise Refused("candidate-erased")
    return CandidateErasureStarted()


def erase(
    candidate: Candidate, *, remaining: tuple[tuple[str, date], ...], certificate_ref: VaultRef
) -> CandidateErased:
    """The keys are destroyed; `remaining` is what `personal_data.statutory_remains` says."""
    if not candidate.erasing: raise Refused("erasure-not-started")
    if candidate.erased: raise Refused("candidate-erased")
    return CandidateErased(remaining=remaining, certificate_ref=certificate_ref)


def _live(candidate: Candidate) -> None:
    if not candidate.registered: raise Refused("candidate-not-registered")
    if candidate.erasing: raise Refused("candidate-erased")
    if candidate.merged_into is not None: raise Refused("candidate-merged-away")
