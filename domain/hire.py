"""A hire (採用): reported by one side, confirmed by the other, started, and perhaps left early."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.frozen_terms import Terms
from domain.ids import NIL, CandidateId, CompanyId, HireId, IntroductionId, VaultRef
from domain.refusal import Refused


class Side(StrEnum):
    """Who speaks."""

    HIRING = "hiring"
    CANDIDATE = "candidate"
    OPERATOR = "operator"


class EmploymentTerm(StrEnum):
    """Indefinite (無期) or fixed (有期)."""

    INDEFINITE = "indefinite"
    FIXED = "fixed"


class SixMonthResult(StrEnum):
    """Six months after the start: still employed, left (離職), or not known (不明)."""

    EMPLOYED = "employed"
    LEFT = "left"
    UNKNOWN = "unknown"


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the source's side that one source earned; all parts sum to 10,000 basis points, or there is none."""

    source: CompanyId
    share_bps: int


class HireReported(Event, frozen=True, kw_only=True):
    """One side says: hired. The fee base (理論年収) is a contract fact; its components are in the vault."""

    hire: HireId
    introduction: IntroductionId
    candidate: CandidateId
    hiring: CompanyId
    employment_no: int
    reported_by: Side
    offer_accepted_on: date
    started_on: date
    base_yen: int
    components_ref: VaultRef
    term: EmploymentTerm
    terms: Terms


class HireConfirmed(Event, frozen=True, kw_only=True):
    """The other side says the same."""

    confirmed_by: Side


class HireContested(Event, frozen=True, kw_only=True):
    """The other side says otherwise; a person of the operator looks at it."""

    contested_by: Side
    cause: str


class OwnershipResolved(Event, frozen=True, kw_only=True):
    """Who earned it (rule 7). `reason` is a code of the ownership ladder."""

    shares: tuple[Share, ...]
    reason: str
    fee_bps: int


class StartPostponed(Event, frozen=True, kw_only=True):
    """The first day of work moved."""

    started_on: date


class OfferWithdrawn(Event, frozen=True, kw_only=True):
    """There will be no start; nothing is owed."""

    withdrawn_by: Side


class EmploymentStarted(Event, frozen=True, kw_only=True):
    """The first day of work (入社日) came; the fee accrues."""

    started_on: date


class BaseCorrected(Event, frozen=True, kw_only=True):
    """Both sides agree that the fee base was another."""

    base_yen: int
    components_ref: VaultRef


class LeaveReported(Event, frozen=True, kw_only=True):
    """The person left (last employed day). `fault` is a code of the frozen fault table.

    The other side may say otherwise until `challenge_until`, inclusive. If it says the same, that is this event again.
    """

    reported_by: Side
    left_on: date
    fault: str
    challenge_until: date


class LeaveChallenged(Event, frozen=True, kw_only=True):
    """The other side says otherwise, within the challenge window."""

    challenged_by: Side
    left_on: date
    fault: str


class LeaveDetermined(Event, frozen=True, kw_only=True):
    """What the ladder says: the day of employment on which the person left, and the part of the fee that returns."""

    left_on: date
    fault: str
    day: int
    return_bps: int


class SixMonthChecked(Event, frozen=True, kw_only=True):
    """Six months after the start: still there, left, or not known (annual report of the placement business)."""

    result: SixMonthResult


class HireCancelled(Event, frozen=True, kw_only=True):
    """It was no hire after all."""

    cause: str


HireEvent = (
    HireReported
    | HireConfirmed
    | HireContested
    | OwnershipResolved
    | StartPostponed
    | OfferWithdrawn
    | EmploymentStarted
    | BaseCorrected
    | LeaveReported
    | LeaveChallenged
    | LeaveDetermined
    | SixMonthChecked
    | HireCancelled
)

class HireStatus(StrEnum):
    """How far a hire has come."""

    NONE = "none"
    REPORTED = "reported"
    CONTESTED = "contested"
    CONFIRMED = "confirmed"
    STARTED = "started"
    LEFT = "left"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


BEFORE_START = frozenset({HireStatus.REPORTED, HireStatus.CONTESTED, HireStatus.CONFIRMED})


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said of a leave."""

    said_by: Side
    left_on: date
    fault: str


class Hire(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one hire. `leave` is the first word on a leave, `answer` the other side's, alike or not."""

    status: HireStatus = HireStatus.NONE
    hire: HireId = HireId(NIL)
    introduction: IntroductionId = IntroductionId(NIL)
    candidate: CandidateId = CandidateId(NIL)
    hiring: CompanyId = CompanyId(NIL)
    employment_no: int = 0
    reported_by: Side = Side.OPERATOR
    offer_accepted_on: date = date.min
    started_on: date = date.min
    base_yen: int = 0
    term: EmploymentTerm = EmploymentTerm.INDEFINITE
    frozen: Terms | None = None
    resolved: OwnershipResolved | None = None
    leave: Leave | None = None
    answer: Leave | None = None
    challenge_until: date | None = None
    determined: LeaveDetermined | None = None
    six_month_result: SixMonthResult | None = None

    @property
    def terms(self) -> Terms:
        """The terms frozen at the request. Refuses `hire-not-reported` where there is no hire."""
        if self.frozen is None: raise Refused("hire-not-reported")
        return self.frozen


INITIAL = Hire()


def evolve(state: Hire, event: HireEvent) -> Hire:
    """What is known after one more fact."""
    match event:
        case HireReported():
            return _reported(event)
        case HireConfirmed():
            return replace(state, status=HireStatus.CONFIRMED)
        case HireContested():
            return replace(state, status=HireStatus.CONTESTED)
        case OwnershipResolved():
            return replace(state, resolved=event)
        case StartPostponed(started_on=started_on):
            return replace(state, started_on=started_on)
        case OfferWithdrawn():
            return replace(state, status=HireStatus.WITHDRAWN)
        case EmploymentStarted(started_on=started_on):
            return replace(state, status=HireStatus.STARTED, started_on=started_on)
        case BaseCorrected(base_yen=base_yen):
            return replace(state, base_yen=base_yen)
        case LeaveReported(reported_by=by, left_on=left_on, fault=fault, challenge_until=until):
            said = Leave(said_by=by, left_on=left_on, fault=fault)
            if state.leave is not None:
                return replace(state, answer=said)
            return replace(state, leave=said, challenge_until=until)
        case LeaveChallenged(challenged_by=by, left_on=left_on, fault=fault):
            return replace(state, answer=Leave(said_by=by, left_on=left_on, fault=fault))
        case LeaveDetermined():
            return replace(state, status=HireStatus.LEFT, determined=event)
        case SixMonthChecked(result=result):
            return replace(state, six_month_result=result)
        case HireCancelled():
            return replace(state, status=HireStatus.CANCELLED)
        case _:
            assert_never(event)


def _reported(event: HireReported) -> Hire:
    return Hire(
        status=HireStatus.REPORTED, hire=event.hire, introduction=event.introduction, candidate=event.candidate,
        hiring=event.hiring, employment_no=event.employment_no, reported_by=event.reported_by,
        offer_accepted_on=event.offer_accepted_on, started_on=event.started_on, base_yen=event.base_yen,
        term=event.term, frozen=event.terms,
    )
