"""An applicant as one source knows them: imported with a basis for keeping, invited decently, claimed by themselves."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID

import msgspec

from domain.event import Event
from domain.ids import NIL, ApplicantId, CandidateId, CompanyId, VaultRef


class RetentionBasis(StrEnum):
    """Why the source may keep the record after the selection ended (APPI, PPC Q&A 9-20)."""

    APPLICATION_NOTICE = "application-notice"
    EXPLICIT_CONSENT = "explicit-consent"


class Outcome(StrEnum):
    """How the application ended."""

    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ACTIVE = "active"
    HIRED = "hired"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    LINE = "line"


class ApplicantImported(Event, frozen=True, kw_only=True):
    """A source brought in a record. `invitable` is decided at import: we rejected them, none active, and a basis."""

    applicant: ApplicantId
    company: CompanyId
    batch: UUID
    basis: RetentionBasis | None
    notice_version: str
    channel: str
    job_type: str
    stage: str
    outcome: Outcome
    reason: str
    skills: tuple[str, ...]
    applied_on: date | None
    rejected_on: date | None
    invitable: bool
    may_email: bool
    ref: VaultRef
    commit: str


class ApplicantUpdated(Event, frozen=True, kw_only=True):
    """A later import said something else of the same record."""

    batch: UUID
    basis: RetentionBasis | None
    notice_version: str
    outcome: Outcome
    stage: str
    reason: str
    skills: tuple[str, ...]
    rejected_on: date | None
    invitable: bool
    may_email: bool
    ref: VaultRef
    commit: str


class EvaluationRecorded(Event, frozen=True, kw_only=True):
    """The source's own evaluation: scores 1 to 5, the words are in the vault. It never leaves the source."""

    scores: tuple[tuple[str, int], ...]
    ref: VaultRef


class InvitationScheduled(Event, frozen=True, kw_only=True):
    """An invitation in the source's name waits for the end of cooling-off and a decent hour (rule 4)."""

    invitation: UUID
    channel: Channel
    not_before: datetime


class InvitationCancelled(Event, frozen=True, kw_only=True):
    """It will not be sent."""

    invitation: UUID
    cause: str


class InvitationSent(Event, frozen=True, kw_only=True):
    """It was handed to the mail system."""

    invitation: UUID
    channel: Channel


class InvitationDisowned(Event, frozen=True, kw_only=True):
    """「心当たりがない」: the address is suppressed, the record frozen, the source told."""

    invitation: UUID


class Claimed(Event, frozen=True, kw_only=True):
    """The person proved the mailbox and said: this was me. The only link between source's record and candidate."""

    candidate: CandidateId


class Contacted(Event, frozen=True, kw_only=True):
    """The source stayed in touch."""

    channel: Channel
    kind: str


class ReappliedAt(Event, frozen=True, kw_only=True):
    """The person applied to the source again: the record is frozen for the relay."""

    on: date


class RetentionEnded(Event, frozen=True, kw_only=True):
    """The basis for keeping is gone."""

    cause: str


class ApplicantErased(Event, frozen=True, kw_only=True):
    """The source's key and record are destroyed; the stream stays as a tombstone that refuses re-import."""

    cause: str


ApplicantEvent = (
    ApplicantImported
    | ApplicantUpdated
    | EvaluationRecorded
    | InvitationScheduled
    | InvitationCancelled
    | InvitationSent
    | InvitationDisowned
    | Claimed
    | Contacted
    | ReappliedAt
    | RetentionEnded
    | ApplicantErased
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The coded part of one record as an import read it; names and words are in the vault under `ref`."""

    batch: UUID
    basis: RetentionBasis | None
    notice_version: str
    channel: str
    job_type: str
    stage: str
    outcome: Outcome
    reason: str
    skills: tuple[str, ...]
    applied_on: date | None
    rejected_on: date | None
    may_email: bool
    has_active_application: bool
    ref: VaultRef
    commit: str

    @property
    def invitable(self) -> bool:
        """We rejected them, nothing of theirs is still running, and there is a basis for having kept the record."""
        return self.outcome is Outcome.REJECTED and not self.has_active_application and self.basis is not None


class InvitationStatus(StrEnum):
    """How far an invitation has come."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    SENT = "sent"
    DISOWNED = "disowned"


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The last invitation of an applicant."""

    id: UUID
    channel: Channel
    not_before: datetime
    status: InvitationStatus


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """A source's record of a person. `frozen`: disowned or reapplied, so the relay leaves it exactly as it is."""

    id: ApplicantId = ApplicantId(NIL)
    company: CompanyId = CompanyId(NIL)
    batch: UUID = NIL
    basis: RetentionBasis | None = None
    notice_version: str = ""
    channel: str = ""
    job_type: str = ""
    stage: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    reason: str = ""
    skills: tuple[str, ...] = ()
    applied_on: date | None = None
    rejected_on: date | None = None
    invitable: bool = False
    may_email: bool = False
    ref: VaultRef = VaultRef(NIL)
    commit: str = ""
    invitation: Invitation | None = None
    candidate: CandidateId | None = None
    frozen: bool = False
    retention_ended: str = ""
    erased: bool = False

    @property
    def imported(self) -> bool:
        """The source has brought it in."""
        return self.id != NIL


INITIAL = Applicant()
UNDONE = "import-undone"
NO_LONGER_INVITABLE = "no-longer-invitable"


def evolve(state: Applicant, event: ApplicantEvent) -> Applicant:
    """The record after `event`."""
    match event:
        case ApplicantImported():
            return Applicant(
                id=event.applicant,
                company=event.company,
                channel=event.channel,
                job_type=event.job_type,
                applied_on=event.applied_on,
                candidate=state.candidate,
                **_said(event),
            )
        case ApplicantUpdated():
            return msgspec.structs.replace(state, **_said(event))
        case EvaluationRecorded() | Contacted():
            return state
        case InvitationScheduled():
            invitation = Invitation(
                id=event.invitation,
                channel=event.channel,
                not_before=event.not_before,
                status=InvitationStatus.SCHEDULED,
            )
            return msgspec.structs.replace(state, invitation=invitation)
        case InvitationCancelled():
            return _invitation(state, InvitationStatus.CANCELLED)
        case InvitationSent():
            return _invitation(state, InvitationStatus.SENT)
        case InvitationDisowned():
            return msgspec.structs.replace(_invitation(state, InvitationStatus.DISOWNED), frozen=True)
        case Claimed():
            return msgspec.structs.replace(state, candidate=event.candidate)
        case ReappliedAt():
            return msgspec.structs.replace(state, frozen=True)
        case RetentionEnded():
            return msgspec.structs.replace(state, retention_ended=event.cause, invitable=False)
        case ApplicantErased():
            return msgspec.structs.replace(state, erased=True, invitable=False)
        case _:
            assert_never(event)


def _said(event: ApplicantImported | ApplicantUpdated) -> dict[str, Any]:
    """What every import of the record says anew."""
    said = msgspec.structs.asdict(event)
    return {field: said[field] for field in ApplicantUpdated.__struct_fields__}


def _invitation(state: Applicant, status: InvitationStatus) -> Applicant:
    if state.invitation is None:
        return state
    return msgspec.structs.replace(state, invitation=msgspec.structs.replace(state.invitation, status=status))
