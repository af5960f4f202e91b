"""The story of a thing: the operator hears it whole; a company or a person hears what is theirs to know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import PathParameter

from api.policies import candidate, company, either, operator
from api.reading import At, Before, is_behind
from api.route import ThisVisit, query
from api.visit import Visit
from domain import fee
from domain.company import MemberRole
from domain.ids import CandidateId, CompanyId, HireId, IntroductionId, JobId
from domain.refusal import Refused
from marketplace.commands.office import Office
from marketplace.run.explain import explain
from marketplace.run.telling import LedgerLine
from projections import candidate_inbox, story
from projections.story import Mention

Ident = Annotated[str, PathParameter(max_length=80, description="An id, a card, or a 紹介番号.")]
MOST = 500


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event. Sentence and ledger are the operator's; `who` is a kind of actor, never a person."""

    kind: str
    at: datetime | None
    who: str
    stream: UUID
    sentence: str | None = None
    ledger: tuple[LedgerLine, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one thing, in order. `earlier`: ask again with this as `before`; more happened before it."""

    subject: UUID
    told: list[Told]
    earlier: int | None = None


@query("/stories/{ident:str}", policy=either(operator(), company(), candidate), tags=["stories"])
def read_story(visit: ThisVisit, ident: Ident, before: Before = None, at: At = None) -> Story:
    """What happened to an introduction, hire, fee, job, company or person; the operator hears 500 events at a time."""
    is_behind(visit, at, "story", "candidate_inbox")
    return _whole(visit, ident, before) if visit.actor.operator else _own(visit, ident)


def _whole(visit: Visit, ident: str, before: int | None) -> Story:
    with visit.house.database.transaction() as connection:
        found = explain(visit.house.office, connection, ident, visit.language, before=before, most=MOST)
    told = [
        Told(kind=each.kind, at=each.at, who=each.who, stream=each.stream, sentence=each.sentence, ledger=each.ledger)
        for each in found.told
    ]
    return Story(subject=found.subject, told=told, earlier=found.earlier)


def _own(visit: Visit, ident: str) -> Story:
    try:
        subject = UUID(ident)
    except ValueError:
        raise Refused("not-found") from None
    known = _of_person(visit, subject) if visit.actor.kind == "candidate" else _of_company(visit, subject)
    with visit.house.database.transaction() as connection:
        # Of a company thousands speak; what it hears of itself is in its own stream.
        mentions = story.of(connection, subject, stream=subject if subject == visit.actor.company else None)
    return Story(
        subject=subject,
        told=[
            Told(kind=each.kind, at=each.at, who=each.actor.partition(":")[0], stream=each.stream)
            for each in mentions
            if known(each)
        ],
    )


def _of_company(visit: Visit, subject: UUID) -> Callable[[Mention], bool]:
    """Which events of its own thing a company hears. Raises Refused `not-found` for what is not its own."""
    office, own = visit.house.office, CompanyId(visit.company)
    if subject == own: return lambda mention: mention.stream == own
    is_manager = visit.actor.role is MemberRole.HIRING_MANAGER
    if (job := _job_behind(office, subject, own)) is not None:
        if is_manager and visit.id not in office.job(job).state.assigned: raise Refused("not-found")
        if job == subject: return lambda mention: mention.stream == subject
        return lambda mention: mention.kind in _OF_INTRODUCTION
    if not is_manager and _owes(office, subject, own): return lambda mention: mention.kind in _OF_FEE
    raise Refused("not-found")


def _job_behind(office: Office, subject: UUID, own: CompanyId) -> JobId | None:
    """The job of a company's introduction or hire, or the job itself; None for what is none of these, or another's."""
    hired = office.hire(HireId(subject)).state
    ask = office.introduction(hired.introduction if hired.hiring == own else IntroductionId(subject)).state
    if ask.hiring == own: return ask.job
    return JobId(subject) if office.job(JobId(subject)).state.company == own else None


def _owes(office: Office, subject: UUID, own: CompanyId) -> bool:
    accrual = office.log.load(subject, fee.INITIAL, fee.evolve).state.accrual
    return accrual is not None and accrual.hiring == own


def _of_person(visit: Visit, subject: UUID) -> Callable[[Mention], bool]:
    """Which events a person hears of themselves, their asks and their hires. Raises Refused `not-found`."""
    office, own = visit.house.office, CandidateId(visit.id)
    with visit.house.database.transaction() as connection:
        asks = {ask.introduction for ask in candidate_inbox.of(connection, own)}
    if subject == own:
        return lambda mention: mention.kind.partition(".")[0] in _OF_PERSON and (
            not mention.kind.startswith(_OF_ASK) or mention.stream in asks
        )
    if subject in asks or office.hire(HireId(subject)).state.candidate == own:
        return lambda mention: mention.kind.partition(".")[0] in _OF_PERSON
    raise Refused("not-found")


_OF_HIRE = (
    "hire-reported hire-confirmed hire-contested start-postponed offer-withdrawn employment-started base-corrected"
    " leave-reported leave-challenged leave-determined six-month-checked hire-cancelled"
)
_OF_INTRODUCTION = frozenset(
    f"{kind}.v1"
    for kind in (
        "introduction-requested identity-disclosed prior-contact-claimed prior-contact-decided share-revoked"
        " deletion-confirmed stage-reached introduction-closed interview-agreed interview-cancelled question-asked"
        f" question-answered {_OF_HIRE}"
    ).split()
)
"""No answer of the person is among them: a company cannot tell a no from silence, nor a yes that was taken back."""
_OF_FEE = frozenset(
    f"{kind}.v1"
    for kind in (
        "fee-accrued fee-adjusted invoice-requested invoice-issued invoice-voided payment-settled overpayment-received"
        " prepayment-applied return-determined refund-requested refund-settled refund-failed"
    ).split()
)
_OF_ASK = (
    *("introduction-", "candidate-asked", "share-", "identity-", "provision-", "deletion-", "stage-"),
    *("interview-", "question-"),
)
_OF_PERSON = frozenset(
    (
        "candidate-registered adulthood-declared profile-saved profile-confirmed seeker-record-sealed candidates-merged"
        " candidate-placed consent-given consent-renewed consent-expired consent-withdrawn consent-exercised"
        " company-blocked company-unblocked paused resumed referral-made recommendation-written recommendation-read"
        " ownership-confirmed card-published card-suspended introduction-requested candidate-asked share-approved"
        " share-declined share-undone share-expired share-cancelled identity-disclosed provision-recorded share-revoked"
        " deletion-confirmed stage-reached introduction-closed interview-times-named interview-agreed"
        f" interview-cancelled question-asked question-answered {_OF_HIRE}"
    ).split()
)

ROUTES = [read_story]
