"""What needs only the hire itself: reported, answered, resolved, begun, corrected, checked, cancelled."""

from __future__ import annotations

from datetime import date

from domain.calendar import jst_date, month_rung_end
from domain.hire import (
    BEFORE_START,
    BaseCorrected,
    EmploymentStarted,
    EmploymentTerm,
    Hire,
    HireCancelled,
    HireConfirmed,
    HireContested,
    HireReported,
    HireStatus,
    OfferWithdrawn,
    OwnershipResolved,
    Side,
    SixMonthChecked,
    SixMonthResult,
    StartPostponed,
)
from domain.ids import VaultRef, hire_of
from domain.introduction import Introduction
from domain.refusal import Refused

CONTEST_CAUSES = frozenset({"not-hired", "other-dates", "other-base", "not-through-the-relay"})
CANCEL_CAUSES = frozenset({"reported-by-mistake", "never-started", "contest-upheld", "duplicate"})

_SIX_MONTHS = 6
_MOST_YEN = 1_000_000_000
_MOST_DAYS_TO_START = 730


def report(
    previous: Hire, introduction: Introduction, *, by: Side, offer_accepted_on: date, started_on: date,
    base_yen: int, components_ref: VaultRef, term: EmploymentTerm, today: date,
) -> HireReported:
    """Company or candidate reports a hire of someone who was disclosed, also after selection was closed.

    `previous` is the last hire of the person by the company, INITIAL if none: while it lasts, or by the same
    introduction, there is no other. Refuses `hire-already-reported`, `not-disclosed`, `offer-in-future`,
    `offer-before-disclosure`, `start-before-offer`, `start-too-far`, `base-out-of-range`.
    """
    if not _may_follow(previous, introduction): raise Refused("hire-already-reported")
    if introduction.disclosed_at is None: raise Refused("not-disclosed")
    if offer_accepted_on > today: raise Refused("offer-in-future", offer_accepted_on=offer_accepted_on)
    disclosed_on = jst_date(introduction.disclosed_at)
    if offer_accepted_on < disclosed_on: raise Refused("offer-before-disclosure", disclosed_on=disclosed_on)
    _check_start(offer_accepted_on, started_on)
    _check_base(base_yen)
    employment_no = previous.employment_no + 1
    return HireReported(
        hire=hire_of(introduction.candidate, introduction.hiring, employment_no),
        introduction=introduction.introduction, candidate=introduction.candidate, hiring=introduction.hiring,
        employment_no=employment_no, reported_by=by, offer_accepted_on=offer_accepted_on, started_on=started_on,
        base_yen=base_yen, components_ref=components_ref, term=term, terms=introduction.terms,
    )


def confirm(state: Hire, *, by: Side) -> HireConfirmed:
    """The other side says the same; a contested hire is confirmed by the operator alone.

    Refuses `hire-not-open`, `other-side-must-answer`, `operator-must-decide`.
    """
    if state.status not in {HireStatus.REPORTED, HireStatus.CONTESTED}: raise Refused("hire-not-open")
    if state.status is HireStatus.CONTESTED and by is not Side.OPERATOR: raise Refused("operator-must-decide")
    if by is state.reported_by: raise Refused("other-side-must-answer")
    return HireConfirmed(confirmed_by=by)


def contest(state: Hire, *, by: Side, cause: str) -> HireContested:
    """The other side says otherwise. Refuses `hire-not-open`, `other-side-must-answer`, `cause-unknown`."""
    if state.status is not HireStatus.REPORTED: raise Refused("hire-not-open")
    if by is state.reported_by: raise Refused("other-side-must-answer")
    if cause not in CONTEST_CAUSES: raise Refused("cause-unknown", cause=cause)
    return HireContested(contested_by=by, cause=cause)


def resolve(state: Hire, resolution: OwnershipResolved) -> OwnershipResolved:
    """Ownership is settled once: one hire, one fee (rule 7). Refuses `hire-not-open`, `ownership-already-resolved`."""
    if state.status not in {HireStatus.CONFIRMED, HireStatus.STARTED, HireStatus.LEFT}: raise Refused("hire-not-open")
    if state.resolved is not None: raise Refused("ownership-already-resolved")
    return resolution


def postpone(state: Hire, *, started_on: date) -> StartPostponed:
    """The first day moves. Refuses `already-started`, `start-before-offer`, `start-too-far`, `start-unchanged`."""
    _check_before_start(state)
    _check_start(state.offer_accepted_on, started_on)
    if started_on == state.started_on: raise Refused("start-unchanged", started_on=started_on)
    return StartPostponed(started_on=started_on)


def withdraw_offer(state: Hire, *, by: Side) -> OfferWithdrawn:
    """There will be no start; nothing accrues. Refuses `hire-not-open`, `already-started`."""
    _check_before_start(state)
    return OfferWithdrawn(withdrawn_by=by)


def start(state: Hire, *, today: date) -> EmploymentStarted:
    """The first day came. Refuses `hire-not-open`, `already-started`, `hire-not-confirmed`, `start-not-reached`."""
    _check_before_start(state)
    if state.status is not HireStatus.CONFIRMED: raise Refused("hire-not-confirmed")
    if today < state.started_on: raise Refused("start-not-reached", started_on=state.started_on)
    return EmploymentStarted(started_on=state.started_on)


def correct_base(state: Hire, *, base_yen: int, components_ref: VaultRef, agreed_by: frozenset[Side]) -> BaseCorrected:
    """Both sides, or the operator, agree on another fee base, before any leave is determined.

    Refuses `hire-not-open`, `both-sides-must-agree`, `base-out-of-range`, `base-unchanged`.
    """
    if state.status not in BEFORE_START | {HireStatus.STARTED}: raise Refused("hire-not-open")
    if Side.OPERATOR not in agreed_by and not {Side.HIRING, Side.CANDIDATE} <= agreed_by:
        raise Refused("both-sides-must-agree")
    _check_base(base_yen)
    if base_yen == state.base_yen: raise Refused("base-unchanged")
    return BaseCorrected(base_yen=base_yen, components_ref=components_ref)


def check_six_months(state: Hire, result: SixMonthResult, *, today: date) -> SixMonthChecked:
    """Six months after the start it is asked: still there, left, or not known (職業安定法32条の16).

    Refuses `not-started`, `six-months-not-over`, `six-months-already-checked`.
    """
    if state.status not in {HireStatus.STARTED, HireStatus.LEFT}: raise Refused("not-started")
    ends_on = month_rung_end(state.started_on, _SIX_MONTHS)
    if today <= ends_on: raise Refused("six-months-not-over", ends_on=ends_on)
    if state.six_month_result not in {None, SixMonthResult.UNKNOWN}: raise Refused("six-months-already-checked")
    return SixMonthChecked(result=result)


def cancel(state: Hire, *, by: Side, cause: str) -> HireCancelled:
    """It was no hire. Who reported it may say so until it is answered, later only the operator.

    Refuses `hire-not-open`, `operator-must-decide`, `cause-unknown`.
    """
    if state.status in {HireStatus.NONE, HireStatus.WITHDRAWN, HireStatus.CANCELLED}: raise Refused("hire-not-open")
    takes_back = state.status is HireStatus.REPORTED and by is state.reported_by
    if not takes_back and by is not Side.OPERATOR: raise Refused("operator-must-decide")
    if cause not in CANCEL_CAUSES: raise Refused("cause-unknown", cause=cause)
    return HireCancelled(cause=cause)


def _check_before_start(state: Hire) -> None:
    if state.status in {HireStatus.STARTED, HireStatus.LEFT}: raise Refused("already-started")
    if state.status not in BEFORE_START: raise Refused("hire-not-open")


def _may_follow(previous: Hire, introduction: Introduction) -> bool:
    """One hire, one fee (rule 7): nothing came of the last one, or it is over and another introduction led here."""
    if previous.status in {HireStatus.NONE, HireStatus.WITHDRAWN, HireStatus.CANCELLED}: return True
    left = previous.status is HireStatus.LEFT or previous.six_month_result is SixMonthResult.LEFT
    return left and previous.introduction != introduction.introduction


def _check_start(offer_accepted_on: date, started_on: date) -> None:
    if started_on < offer_accepted_on: raise Refused("start-before-offer", offer_accepted_on=offer_accepted_on)
    days = (started_on - offer_accepted_on).days
    if days > _MOST_DAYS_TO_START: raise Refused("start-too-far", days=_MOST_DAYS_TO_START)


def _check_base(base_yen: int) -> None:
    if not 0 < base_yen <= _MOST_YEN: raise Refused("base-out-of-range", most_yen=_MOST_YEN)
