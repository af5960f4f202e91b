"""An introduction (紹介): one company asks for one person for one job, the person answers, selection follows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import duties as owed
from domain import interview as interviews
from domain import question as questions
from domain.duties import CompanyReminded, DeletionAsked, RequestExplained, RevokeCause
from domain.event import Event
from domain.frozen_terms import Terms
from domain.hire import Side
from domain.ids import NIL, CandidateId, CompanyId, IntroductionId, JobId, UserId, VaultRef
from domain.interview import InterviewAgreed, InterviewCancelled, InterviewTimesNamed
from domain.prior_contact import PriorContact
from domain.question import QuestionAnswered, QuestionAsked
from domain.refusal import Refused


class Item(StrEnum):
    """What can be shown of a person; each is chosen apart."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    CAREER = "career"
    EMPLOYER = "employer"
    SALARY_WISH = "salary-wish"
    RECOMMENDATION = "recommendation"


class Status(StrEnum):
    """How far an introduction has come."""

    NONE = "none"
    BLOCKED = "blocked"
    REQUESTED = "requested"
    ASKED = "asked"
    APPROVED = "approved"
    DISCLOSED = "disclosed"
    SELECTION = "selection"
    CLOSED = "closed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


PENDING = frozenset({Status.REQUESTED, Status.ASKED, Status.APPROVED})
"""Not yet disclosed, and it still could be."""
SHARED = frozenset({Status.DISCLOSED, Status.SELECTION})
"""Disclosed, and selection goes on."""


class Stage(StrEnum):
    """How far selection has come."""

    SCREENING = "screening"
    INTERVIEW = "interview"
    FINAL_INTERVIEW = "final-interview"
    OFFER = "offer"
    OFFER_ACCEPTED = "offer-accepted"


class Direction(StrEnum):
    """A provision record of the one who provides (APPI 29) or of the one who receives (APPI 30)."""

    PROVIDED = "provided"
    RECEIVED = "received"


class CancelCause(StrEnum):
    """Why a share that was not yet disclosed ended. From outside they all look the same."""

    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    BLOCKED = "blocked"
    ERASED = "erased"
    CONDITIONS_CHANGED = "conditions-changed"
    JOB_CLOSED = "job-closed"
    LICENCE = "licence"
    SUSPENDED = "suspended"
    PLACED = "placed"


class CloseCause(StrEnum):
    """Why an introduction is over."""

    HIRED = "hired"
    NOT_HIRED = "not-hired"
    WITHDRAWN_BY_CANDIDATE = "withdrawn-by-candidate"
    OFFER_DECLINED = "offer-declined"
    JOB_CLOSED = "job-closed"
    STALLED = "stalled"
    PRIOR_CONTACT = "prior-contact"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what the person had before their eyes: job conditions, profile version, items asked for."""

    job_version: int
    profile_version: int
    items: tuple[Item, ...]


class IntroductionRequested(Event, frozen=True, kw_only=True):
    """A company asks; terms freeze here (rule 6). `number` is the public 紹介番号; `expires_at` is exclusive."""

    introduction: IntroductionId
    number: str
    candidate: CandidateId
    hiring: CompanyId
    job: JobId
    job_version: int
    round_no: int
    requested_by: UserId
    terms: Terms
    items: tuple[Item, ...]
    requested_at: datetime
    expires_at: datetime


class IntroductionBlocked(Event, frozen=True, kw_only=True):
    """A block, pause or withdrawal was first. The company sees a request that nobody answers."""

    rule: str


class CandidateAsked(Event, frozen=True, kw_only=True):
    """The person was asked, and this is what they are shown."""

    seen: Seen
    profile_ref: VaultRef
    profile_commit: str


class ShareApproved(Event, frozen=True, kw_only=True):
    """The person agrees to show `items` to this company for this job; undone until `disclose_not_before`."""

    items: tuple[Item, ...]
    seen: Seen
    known_to_company: bool
    consent_version: int
    disclose_not_before: datetime


class ShareDeclined(Event, frozen=True, kw_only=True):
    """The person said no. No reason is asked."""


class ShareUndone(Event, frozen=True, kw_only=True):
    """The person took the yes back in time; the ask is open again until it expires."""


class ShareExpired(Event, frozen=True, kw_only=True):
    """Silence means no."""


class ShareCancelled(Event, frozen=True, kw_only=True):
    """Something ended it before disclosure."""

    cause: CancelCause


class IdentityDisclosed(Event, frozen=True, kw_only=True):
    """The company received `items`; its copy is `ref`, in the vault under a key of its own.

    `prior_contact_until` is the last business date on which the company may prove a prior contact (rule 7).
    """

    candidate: CandidateId
    hiring: CompanyId
    items: tuple[Item, ...]
    profile_version: int
    consent_version: int
    disclosed_at: datetime
    prior_contact_until: date
    ref: VaultRef
    commit: str


class ProvisionRecorded(Event, frozen=True, kw_only=True):
    """The record that the law wants of a provision to a third party (APPI 29 and 30), for one side."""

    direction: Direction
    provider: CompanyId
    receiver: CompanyId
    items: tuple[Item, ...]
    consent_version: int
    acquisition: str
    ref: VaultRef
    retain_until: date


class PriorContactClaimed(Event, frozen=True, kw_only=True):
    """The hirer says within the window: we knew this person already."""

    claimed_by: UserId
    last_contact_on: date
    evidence_ref: VaultRef


class PriorContactDecided(Event, frozen=True, kw_only=True):
    """A person of the operator decided; `fee_bps` is the part of the fee that remains owed."""

    upheld: bool
    fee_bps: int


class ShareRevoked(Event, frozen=True, kw_only=True):
    """The company's copy is closed and it is asked to confirm deletion."""

    candidate: CandidateId
    hiring: CompanyId
    cause: RevokeCause


class DeletionConfirmed(Event, frozen=True, kw_only=True):
    """The company says that it deleted what it had taken out."""

    confirmed_by: UserId


class StageReached(Event, frozen=True, kw_only=True):
    """Selection went on."""

    stage: Stage
    reached_on: date


class IntroductionClosed(Event, frozen=True, kw_only=True):
    """The introduction is over."""

    cause: CloseCause


IntroductionEvent = (
    IntroductionRequested
    | IntroductionBlocked
    | CandidateAsked
    | ShareApproved
    | ShareDeclined
    | ShareUndone
    | ShareExpired
    | ShareCancelled
    | IdentityDisclosed
    | ProvisionRecorded
    | PriorContactClaimed
    | PriorContactDecided
    | ShareRevoked
    | DeletionConfirmed
    | StageReached
    | IntroductionClosed
    | interviews.InterviewEvent
    | questions.QuestionEvent
    | owed.DutyEvent
)


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one introduction. `items` are those asked for, `approved` those the person chose out of them.

    `seen` is what the person has before their eyes since they were last asked. `records` are the directions for which
    a provision record exists. `revoked` closes the company's copy, whatever the status.
    """

    status: Status = Status.NONE
    introduction: IntroductionId = IntroductionId(NIL)
    number: str = ""
    candidate: CandidateId = CandidateId(NIL)
    hiring: CompanyId = CompanyId(NIL)
    job: JobId = JobId(NIL)
    job_version: int = 0
    round_no: int = 0
    frozen: Terms | None = None
    items: tuple[Item, ...] = ()
    requested_at: datetime | None = None
    expires_at: datetime | None = None
    seen: Seen | None = None
    profile_ref: VaultRef | None = None
    profile_commit: str = ""
    approved: tuple[Item, ...] = ()
    known_to_company: bool = False
    consent_version: int = 0
    disclose_not_before: datetime | None = None
    disclosed: tuple[Item, ...] = ()
    disclosed_at: datetime | None = None
    disclosed_ref: VaultRef | None = None
    records: tuple[Direction, ...] = ()
    prior_contact: PriorContact = PriorContact.NOT_CLAIMED
    prior_contact_until: date | None = None
    prior_contact_fee_bps: int = 10_000
    stage: Stage | None = None
    closed_because: CloseCause | None = None
    revoked: bool = False
    deletion_confirmed: bool = False
    interview: interviews.Interview = interviews.INITIAL
    questions: questions.Questions = ()
    duties: owed.Duties = owed.INITIAL

    @property
    def terms(self) -> Terms:
        """The frozen terms. Refuses `introduction-not-requested` where nobody asked."""
        if self.frozen is None: raise Refused("introduction-not-requested")
        return self.frozen

    def expired(self, now: datetime) -> bool:
        """Is it too late to answer? The moment of expiry itself is too late."""
        return self.expires_at is None or now >= self.expires_at


INITIAL = Introduction()


def evolve(state: Introduction, event: IntroductionEvent) -> Introduction:
    """What is known after one more fact."""
    match event:
        case IntroductionRequested():
            return _requested(event)
        case IntroductionBlocked():
            return replace(state, status=Status.BLOCKED)
        case CandidateAsked(seen=seen, profile_ref=ref, profile_commit=commit):
            return replace(_unapproved(state), seen=seen, profile_ref=ref, profile_commit=commit)
        case ShareApproved():
            return _approved(state, event)
        case ShareDeclined():
            return replace(state, status=Status.DECLINED)
        case ShareUndone():
            return _unapproved(state)
        case ShareExpired():
            return replace(_unapproved(state), status=Status.EXPIRED)
        case ShareCancelled():
            return replace(_unapproved(state), status=Status.CANCELLED)
        case IdentityDisclosed():
            return _disclosed(state, event)
        case ProvisionRecorded(direction=direction):
            return replace(state, records=(*state.records, direction))
        case PriorContactClaimed():
            return replace(state, prior_contact=PriorContact.CLAIMED)
        case PriorContactDecided(upheld=upheld, fee_bps=fee_bps):
            decided = PriorContact.UPHELD if upheld else PriorContact.REJECTED
            return replace(state, prior_contact=decided, prior_contact_fee_bps=fee_bps)
        case ShareRevoked():
            return replace(state, revoked=True)
        case DeletionConfirmed():
            return replace(state, deletion_confirmed=True)
        case StageReached(stage=stage):
            return replace(state, status=Status.SELECTION, stage=stage, duties=owed.heard(state.duties))
        case IntroductionClosed(cause=cause):
            return replace(state, status=Status.CLOSED, closed_because=cause)
        case InterviewTimesNamed() | InterviewAgreed() | InterviewCancelled():
            spoken = owed.heard(state.duties) if event.by is Side.HIRING else state.duties
            return replace(state, interview=interviews.evolve(state.interview, event), duties=spoken)
        case QuestionAsked() | QuestionAnswered():
            return replace(state, questions=questions.evolve(state.questions, event))
        case RequestExplained() | CompanyReminded() | DeletionAsked():
            return replace(state, duties=owed.evolve(state.duties, event))
        case _:
            assert_never(event)


def _requested(event: IntroductionRequested) -> Introduction:
    return Introduction(
        status=Status.REQUESTED, introduction=event.introduction, number=event.number, candidate=event.candidate,
        hiring=event.hiring, job=event.job, job_version=event.job_version, round_no=event.round_no,
        frozen=event.terms, items=event.items, requested_at=event.requested_at, expires_at=event.expires_at,
    )


def _approved(state: Introduction, event: ShareApproved) -> Introduction:
    return replace(
        state, status=Status.APPROVED, approved=event.items, known_to_company=event.known_to_company,
        consent_version=event.consent_version, disclose_not_before=event.disclose_not_before,
    )


def _unapproved(state: Introduction) -> Introduction:
    """Asked again, with nothing left of a yes that no longer stands."""
    return replace(
        state, status=Status.ASKED, approved=(), known_to_company=False, consent_version=0, disclose_not_before=None,
        interview=interviews.INITIAL,
    )


def _disclosed(state: Introduction, event: IdentityDisclosed) -> Introduction:
    return replace(
        state, status=Status.DISCLOSED, disclosed=event.items, disclosed_at=event.disclosed_at,
        disclosed_ref=event.ref, prior_contact_until=event.prior_contact_until, consent_version=event.consent_version,
    )
