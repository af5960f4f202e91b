"""A privacy request (開示・訂正・利用停止・消去): received, identity checked, decided, done."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from domain.event import Event
from domain.ids import NIL, ApplicantId, CandidateId, CompanyId, PrivacyRequestId
from domain.refusal import Refused


class RequestKind(StrEnum):
    """What the person wants."""

    DISCLOSE = "disclose"
    CORRECT = "correct"
    STOP = "stop"
    ERASE = "erase"
    FEEDBACK = "feedback"
    """Why was I not chosen? No right by law: a source may say that it does not tell."""


class RequestReceived(Event, frozen=True, kw_only=True):
    """A request reached `controller`, who must answer by `due_on`."""

    request: PrivacyRequestId
    kind: RequestKind
    controller: CompanyId
    candidate: CandidateId
    applicant: ApplicantId | None
    due_on: date


class IdentityChecked(Event, frozen=True, kw_only=True):
    """It is that person."""

    method: str


class RequestDecided(Event, frozen=True, kw_only=True):
    """Granted, or refused with a reason code."""

    granted: bool
    reason: str


class RequestCompleted(Event, frozen=True, kw_only=True):
    """Done."""


PrivacyRequestEvent = RequestReceived | IdentityChecked | RequestDecided | RequestCompleted

ANSWER_DAYS = 14
"""The law says 遅滞なく (APPI 33 to 35); two weeks is what the operator promises."""


class Status(StrEnum):
    """How far a request has come."""

    NONE = "none"
    RECEIVED = "received"
    IDENTIFIED = "identified"
    DECIDED = "decided"
    COMPLETED = "completed"


class PrivacyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it stands. `granted` and `reason` speak from `DECIDED` on, `due_on` from `RECEIVED` on."""

    id: PrivacyRequestId = PrivacyRequestId(NIL)
    status: Status = Status.NONE
    kind: RequestKind = RequestKind.DISCLOSE
    controller: CompanyId = CompanyId(NIL)
    candidate: CandidateId = CandidateId(NIL)
    applicant: ApplicantId | None = None
    due_on: date = date.min
    granted: bool = False
    reason: str = ""

    def overdue(self, today: date) -> bool:
        """The last day to answer is over and nothing was decided."""
        return self.status in {Status.RECEIVED, Status.IDENTIFIED} and today > self.due_on


INITIAL = PrivacyRequest()


def evolve(state: PrivacyRequest, event: PrivacyRequestEvent) -> PrivacyRequest:
    """The request after `event`."""
    match event:
        case RequestReceived():
            return PrivacyRequest(
                id=event.request,
                status=Status.RECEIVED,
                kind=event.kind,
                controller=event.controller,
                candidate=event.candidate,
                applicant=event.applicant,
                due_on=event.due_on,
            )
        case IdentityChecked():
            return msgspec.structs.replace(state, status=Status.IDENTIFIED)
        case RequestDecided():
            return msgspec.structs.replace(state, status=Status.DECIDED, granted=event.granted, reason=event.reason)
        case RequestCompleted():
            return msgspec.structs.replace(state, status=Status.COMPLETED)
        case _:
            assert_never(event)


def receive(
    request: PrivacyRequest,
    *,
    request_id: PrivacyRequestId,
    kind: RequestKind,
    controller: CompanyId,
    candidate: CandidateId,
    applicant: ApplicantId | None,
    today: date,
) -> RequestReceived:
    """A request reaches the company that holds the data; from today it has `ANSWER_DAYS` days."""
    if request.status is not Status.NONE: raise Refused("privacy-request-already-received")
    return RequestReceived(
        request=request_id,
        kind=kind,
        controller=controller,
        candidate=candidate,
        applicant=applicant,
        due_on=today + timedelta(days=ANSWER_DAYS),
    )


def check_identity(request: PrivacyRequest, *, method: str) -> IdentityChecked:
    """It is that person; `method` is a code such as `session` or `mailed-link`."""
    if request.status is not Status.RECEIVED: raise Refused("privacy-request-not-waiting-for-identity")
    return IdentityChecked(method=method)


FEEDBACK_REASONS = (
    "position-filled",
    "experience-in-another-field",
    "depth-of-experience",
    "skills-wanted-for-the-job",
    "conditions-did-not-meet",
    "timing",
    "not-told",
)
"""What a source can answer to `FEEDBACK`: codes, so that no judgement in free text leaves it."""


def decide(request: PrivacyRequest, *, granted: bool, reason: str) -> RequestDecided:
    """Granted, or refused with a reason code that the person is told (APPI 36). Feedback is such a code."""
    if request.status is not Status.IDENTIFIED: raise Refused("privacy-request-not-identified")
    is_feedback = request.kind is RequestKind.FEEDBACK
    if is_feedback and reason not in FEEDBACK_REASONS: raise Refused("feedback-reason-unknown")
    if not granted and not reason: raise Refused("privacy-request-reason-missing")
    return RequestDecided(granted=granted, reason=reason)


def complete(request: PrivacyRequest) -> RequestCompleted:
    """What was decided is done, and the person told."""
    if request.status is not Status.DECIDED: raise Refused("privacy-request-not-decided")
    return RequestCompleted()
