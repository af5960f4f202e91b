"""A hire is said by one side and confirmed by the other; it starts on its day and not before."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain import hire as hires
from domain import hiring
from domain import introduction as intro
from domain.hire import EmploymentTerm, Hire, HireStatus, OwnershipResolved, Share, Side, SixMonthResult
from domain.ids import IntroductionId, hire_of
from tests.domain.share_examples import (
    CANDIDATE,
    HIRING,
    REF,
    SOURCE,
    approved,
    confirmed,
    disclosed,
    grown,
    refused,
    reported,
    started,
    told,
)

START = date(2027, 6, 1)


def report(
    introduction: intro.Introduction | None = None, *, offer: date = date(2027, 5, 1), start: date = START,
    base_yen: int = 5_000_000, previous: Hire = hires.INITIAL,
) -> hires.HireReported:
    return hiring.report(
        previous, introduction or disclosed(), by=Side.CANDIDATE, offer_accepted_on=offer, started_on=start,
        base_yen=base_yen, components_ref=REF, term=EmploymentTerm.FIXED, today=date(2027, 5, 2),
    )


def test_a_hire_carries_the_terms_frozen_at_the_request() -> None:
    event = reported()
    assert event.terms == disclosed().terms
    assert event.hire == hire_of(CANDIDATE, HIRING, 1)
    assert grown(event).status is HireStatus.REPORTED


def test_only_someone_who_was_disclosed_is_hired() -> None:
    with refused("not-disclosed"):
        report(approved())


def test_a_hire_after_selection_was_closed_is_still_a_hire() -> None:
    closed = told(intro.IntroductionClosed(cause=intro.CloseCause.NOT_HIRED), since=disclosed())
    assert report(closed).reported_by is Side.CANDIDATE


def test_a_hire_is_reported_once_also_by_way_of_another_introduction() -> None:
    other = replace(disclosed(), introduction=IntroductionId(UUID(int=99)))
    for hire in (grown(reported()), confirmed(), started()):
        for introduction in (disclosed(), other):
            with refused("hire-already-reported"):
                report(introduction, previous=hire)


def test_a_hire_of_which_nothing_came_can_be_reported_anew() -> None:
    withdrawn = grown(hires.OfferWithdrawn(withdrawn_by=Side.HIRING), since=confirmed())
    event = report(previous=withdrawn)
    assert (event.employment_no, event.hire) == (2, hire_of(CANDIDATE, HIRING, 2))


def test_a_rehire_needs_the_first_to_have_left_and_another_introduction() -> None:
    other = replace(disclosed(), introduction=IntroductionId(UUID(int=99)))
    determined = replace(started(), status=HireStatus.LEFT)
    checked = grown(hires.SixMonthChecked(result=SixMonthResult.LEFT), since=started())
    for gone in (determined, checked):
        assert report(other, previous=gone).employment_no == 2
        with refused("hire-already-reported"):
            report(disclosed(), previous=gone)


@pytest.mark.parametrize(
    ("offer", "start", "code"),
    [
        (date(2027, 5, 3), START, "offer-in-future"),
        (date(2027, 4, 1), START, "offer-before-disclosure"),
        (date(2027, 5, 1), date(2027, 4, 30), "start-before-offer"),
        (date(2027, 5, 1), date(2029, 5, 1), "start-too-far"),
    ],
)
def test_dates_out_of_order_are_refused(offer: date, start: date, code: str) -> None:
    with refused(code):
        report(offer=offer, start=start)


def test_an_offer_accepted_on_the_day_of_disclosure_counts() -> None:
    assert report(offer=date(2027, 4, 2)).offer_accepted_on == date(2027, 4, 2)


def test_an_offer_accepted_today_by_someone_who_starts_at_once_counts() -> None:
    event = report(offer=date(2027, 5, 2), start=date(2027, 5, 2), base_yen=1_000_000_000)
    assert (event.offer_accepted_on, event.started_on) == (date(2027, 5, 2), date(2027, 5, 2))


@pytest.mark.parametrize("base_yen", [0, -1, 1_000_000_001])
def test_a_base_of_nothing_or_of_more_than_a_billion_is_refused(base_yen: int) -> None:
    with refused("base-out-of-range"):
        report(base_yen=base_yen)


def test_the_other_side_confirms_and_not_the_one_who_reported() -> None:
    hire = grown(reported())
    with refused("other-side-must-answer"):
        hiring.confirm(hire, by=Side.HIRING)
    assert grown(hiring.confirm(hire, by=Side.CANDIDATE), since=hire).status is HireStatus.CONFIRMED
    with refused("hire-not-open"):
        hiring.confirm(confirmed(), by=Side.CANDIDATE)


def test_a_contested_hire_is_decided_by_the_operator() -> None:
    hire = grown(reported())
    contested = grown(hiring.contest(hire, by=Side.CANDIDATE, cause="other-base"), since=hire)
    for side in (Side.HIRING, Side.CANDIDATE):
        with refused("operator-must-decide"):
            hiring.confirm(contested, by=side)
    assert grown(hiring.confirm(contested, by=Side.OPERATOR), since=contested).status is HireStatus.CONFIRMED
    assert hiring.cancel(contested, by=Side.OPERATOR, cause="contest-upheld").cause == "contest-upheld"


def test_a_contest_has_a_cause_from_the_list_and_comes_from_the_other_side() -> None:
    with refused("cause-unknown"):
        hiring.contest(grown(reported()), by=Side.CANDIDATE, cause="I never liked them")
    with refused("other-side-must-answer"):
        hiring.contest(grown(reported()), by=Side.HIRING, cause="other-base")
    with refused("hire-not-open"):
        hiring.contest(confirmed(), by=Side.CANDIDATE, cause="other-base")


def test_ownership_is_resolved_once() -> None:
    resolution = OwnershipResolved(
        shares=(Share(source=SOURCE, share_bps=10_000),), reason="sole-claim", fee_bps=10_000
    )
    with refused("hire-not-open"):
        hiring.resolve(grown(reported()), resolution)
    resolved = grown(hiring.resolve(confirmed(), resolution), since=confirmed())
    assert resolved.resolved == resolution
    with refused("ownership-already-resolved"):
        hiring.resolve(resolved, resolution)


def test_nobody_starts_before_the_first_day() -> None:
    with refused("start-not-reached"):
        hiring.start(confirmed(), today=date(2027, 5, 31))
    assert hiring.start(confirmed(), today=START).started_on == START
    assert hiring.start(confirmed(), today=date(2027, 6, 3)).started_on == START


def test_nobody_starts_unconfirmed_or_twice() -> None:
    with refused("hire-not-confirmed"):
        hiring.start(grown(reported()), today=START)
    with refused("already-started"):
        hiring.start(started(), today=START)


def test_a_postponed_start_moves_the_day_it_may_start() -> None:
    postponed = grown(hiring.postpone(confirmed(), started_on=date(2027, 7, 1)), since=confirmed())
    with refused("start-not-reached"):
        hiring.start(postponed, today=START)
    with refused("start-unchanged"):
        hiring.postpone(confirmed(), started_on=START)
    with refused("start-before-offer"):
        hiring.postpone(confirmed(), started_on=date(2027, 4, 30))
    with refused("start-too-far"):
        hiring.postpone(confirmed(), started_on=date(9999, 12, 31))
    assert hiring.postpone(confirmed(), started_on=date(2029, 4, 30)).started_on == date(2029, 4, 30)
    with refused("already-started"):
        hiring.postpone(started(), started_on=date(2027, 7, 1))


def test_a_withdrawn_offer_never_starts() -> None:
    withdrawn = grown(hiring.withdraw_offer(confirmed(), by=Side.CANDIDATE), since=confirmed())
    with refused("hire-not-open"):
        hiring.start(withdrawn, today=START)
    with refused("already-started"):
        hiring.withdraw_offer(started(), by=Side.HIRING)


def test_a_base_is_corrected_by_both_or_by_the_operator() -> None:
    with refused("both-sides-must-agree"):
        hiring.correct_base(started(), base_yen=4_800_000, components_ref=REF, agreed_by=frozenset({Side.HIRING}))
    both = frozenset({Side.HIRING, Side.CANDIDATE})
    event = hiring.correct_base(started(), base_yen=4_800_000, components_ref=REF, agreed_by=both)
    assert grown(event, since=started()).base_yen == 4_800_000
    operator = frozenset({Side.OPERATOR})
    with refused("base-unchanged"):
        hiring.correct_base(started(), base_yen=5_000_000, components_ref=REF, agreed_by=operator)
    left = replace(started(), status=HireStatus.LEFT)
    with refused("hire-not-open"):
        hiring.correct_base(left, base_yen=4_800_000, components_ref=REF, agreed_by=operator)


def test_six_months_are_checked_when_they_are_over() -> None:
    with refused("six-months-not-over"):
        hiring.check_six_months(started(), SixMonthResult.EMPLOYED, today=date(2027, 11, 30))
    event = hiring.check_six_months(started(), SixMonthResult.UNKNOWN, today=date(2027, 12, 1))
    unknown = grown(event, since=started())
    event = hiring.check_six_months(unknown, SixMonthResult.LEFT, today=date(2027, 12, 5))
    with refused("six-months-already-checked"):
        hiring.check_six_months(grown(event, since=unknown), SixMonthResult.EMPLOYED, today=date(2027, 12, 6))
    with refused("not-started"):
        hiring.check_six_months(confirmed(), SixMonthResult.LEFT, today=date(2027, 12, 1))


def test_a_report_is_taken_back_until_it_is_answered_then_only_by_the_operator() -> None:
    assert hiring.cancel(grown(reported()), by=Side.HIRING, cause="reported-by-mistake").cause == "reported-by-mistake"
    for hire, side in ((grown(reported()), Side.CANDIDATE), (confirmed(), Side.HIRING), (started(), Side.HIRING)):
        with refused("operator-must-decide"):
            hiring.cancel(hire, by=side, cause="reported-by-mistake")
    cancelled = grown(hiring.cancel(started(), by=Side.OPERATOR, cause="never-started"), since=started())
    assert cancelled.status is HireStatus.CANCELLED
    with refused("hire-not-open"):
        hiring.cancel(cancelled, by=Side.OPERATOR, cause="never-started")
    with refused("cause-unknown"):
        hiring.cancel(started(), by=Side.OPERATOR, cause="whatever")
