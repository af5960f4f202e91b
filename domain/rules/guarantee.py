"""Rule 9: leaving early inside the guarantee (返戻金制度) returns a part of the fee by the frozen ladder.

`day = left_on − started_on + 1`, `left_on` being the last employed day, in JST. A rung applies to a leave on or before
the last day of its months (民法143条2項). The frozen fault table says whether the ladder applies to the leave's code;
when the sides disagree a person of the operator decides. Who never started never left: nothing had accrued.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import Holidays, add_business_days, month_rung_end
from domain.frozen_terms import Rung, Terms
from domain.hire import Hire, HireStatus, LeaveChallenged, LeaveDetermined, LeaveReported, Side
from domain.money import WHOLE_BPS
from domain.refusal import Refused
from domain.rules.terms import fault_of

_ONE_DAY = timedelta(days=1)


def day_of_employment(started_on: date, left_on: date) -> int:
    """The first day of work is day 1."""
    return (left_on - started_on).days + 1


def rung_for(terms: Terms, *, started_on: date, left_on: date) -> Rung | None:
    """The shortest rung that the leave still falls on; none after the guarantee."""
    for rung in sorted(terms.ladder, key=lambda rung: rung.until_months):
        if left_on <= month_rung_end(started_on, rung.until_months): return rung
    return None


def return_bps(terms: Terms, *, started_on: date, left_on: date, fault: str) -> int:
    """The part of the fee that returns, in basis points. Refuses `fault-unknown`, `leave-before-start`."""
    if left_on < started_on: raise Refused("leave-before-start", started_on=started_on)
    applies = fault_of(terms, fault).ladder_applies
    rung = rung_for(terms, started_on=started_on, left_on=left_on)
    return rung.return_bps if applies and rung is not None else 0


def guarantee_ends_on(terms: Terms, started_on: date) -> date:
    """The last day of the longest rung; the day before the start where there is no ladder."""
    ends = (month_rung_end(started_on, rung.until_months) for rung in terms.ladder)
    return max(ends, default=started_on - _ONE_DAY)


def report_until(terms: Terms, started_on: date) -> date:
    """The last day on which a leave may still be reported."""
    return guarantee_ends_on(terms, started_on) + timedelta(days=terms.report_window_days)


def release_on(terms: Terms, *, started_on: date, held_from: date) -> date | None:
    """The day with whose end the source's part, held since `held_from`, is released; None: released on collection.

    It is held until no leave can be reported any more, unless that is longer than money may be held
    (`hold_limit_days`; Stripe holds at most 90 days in Japan, and promises no escrow).
    """
    day = report_until(terms, started_on)
    return day if (day - held_from).days <= terms.hold_limit_days else None


def is_leave_open(hire: Hire) -> bool:
    """A leave was reported and nobody has determined it yet; a hire that was cancelled meanwhile was never left."""
    return hire.leave is not None and hire.status is HireStatus.STARTED


def returned_bps(hire: Hire) -> int:
    """The part of the fee that what became of the hire returns: the leave's, and all of it where it was no hire."""
    if hire.status is HireStatus.CANCELLED: return WHOLE_BPS
    return hire.determined.return_bps if hire.determined else 0


def report_leave(
    hire: Hire, *, by: Side, left_on: date, fault: str, today: date, holidays: Holidays
) -> LeaveReported:
    """One side says that the person left; the other side saying exactly the same settles it at once.

    Refuses `not-started`, `leave-already-reported`, `leave-before-start`, `leave-in-future`, `report-window-closed`,
    `fault-unknown`, and `leave-said-otherwise` to the other side that means another day or fault (it challenges).
    """
    if hire.status is not HireStatus.STARTED: raise Refused("not-started")
    _check_said(hire, left_on, fault, today)
    if hire.leave is None or hire.challenge_until is None:
        until = report_until(hire.terms, hire.started_on)
        if today > until: raise Refused("report-window-closed", report_until=until)
        challenge_until = add_business_days(today, hire.terms.challenge_window_business_days, holidays)
        return LeaveReported(reported_by=by, left_on=left_on, fault=fault, challenge_until=challenge_until)
    if hire.answer is not None or by is hire.leave.said_by: raise Refused("leave-already-reported")
    if (left_on, fault) != (hire.leave.left_on, hire.leave.fault): raise Refused("leave-said-otherwise")
    return LeaveReported(reported_by=by, left_on=left_on, fault=fault, challenge_until=hire.challenge_until)


def challenge_leave(hire: Hire, *, by: Side, left_on: date, fault: str, today: date) -> LeaveChallenged:
    """The other side says otherwise, on or before the last day of the challenge window; then a person decides.

    Refuses `leave-not-reported`, `other-side-must-answer`, `challenge-window-closed`, `leave-said-the-same`, and what a
    report is refused for.
    """
    if hire.leave is None or hire.challenge_until is None or not is_leave_open(hire): raise Refused("leave-not-reported")
    if by is hire.leave.said_by: raise Refused("other-side-must-answer")
    if hire.answer is not None: raise Refused("leave-already-reported")
    if today > hire.challenge_until: raise Refused("challenge-window-closed", challenge_until=hire.challenge_until)
    _check_said(hire, left_on, fault, today)
    if (left_on, fault) == (hire.leave.left_on, hire.leave.fault): raise Refused("leave-said-the-same")
    return LeaveChallenged(challenged_by=by, left_on=left_on, fault=fault)


def determine(hire: Hire, *, today: date) -> LeaveDetermined:
    """What both sides said, or what one side said and the other let stand until its window closed.

    Refuses `leave-not-reported`, `leave-contested` (only `determine_contested` ends that), `challenge-window-open`.
    """
    if hire.leave is None or hire.challenge_until is None or not is_leave_open(hire): raise Refused("leave-not-reported")
    left_on, fault = hire.leave.left_on, hire.leave.fault
    if hire.answer is None:
        if today <= hire.challenge_until: raise Refused("challenge-window-open", challenge_until=hire.challenge_until)
    elif (hire.answer.left_on, hire.answer.fault) != (left_on, fault):
        raise Refused("leave-contested")
    return _determined(hire, left_on, fault)


def determine_contested(hire: Hire, *, by: Side, left_on: date, fault: str, today: date) -> LeaveDetermined:
    """A person of the operator decides day and fault of a challenged leave.

    Refuses `operator-must-decide`, `leave-not-contested`, and what a report is refused for.
    """
    if by is not Side.OPERATOR: raise Refused("operator-must-decide")
    said, answer = hire.leave, hire.answer
    if said is None or answer is None or not is_leave_open(hire): raise Refused("leave-not-contested")
    if (said.left_on, said.fault) == (answer.left_on, answer.fault): raise Refused("leave-not-contested")
    _check_said(hire, left_on, fault, today)
    return _determined(hire, left_on, fault)


def _check_said(hire: Hire, left_on: date, fault: str, today: date) -> None:
    if left_on < hire.started_on: raise Refused("leave-before-start", started_on=hire.started_on)
    if left_on > today: raise Refused("leave-in-future", left_on=left_on)
    fault_of(hire.terms, fault)


def _determined(hire: Hire, left_on: date, fault: str) -> LeaveDetermined:
    returned = return_bps(hire.terms, started_on=hire.started_on, left_on=left_on, fault=fault)
    day = day_of_employment(hire.started_on, left_on)
    return LeaveDetermined(left_on=left_on, fault=fault, day=day, return_bps=returned)
