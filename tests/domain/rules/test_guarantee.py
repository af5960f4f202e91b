"""Rule 9: leaving early inside the guarantee returns a part of the fee by the frozen ladder."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import hire as hires
from domain import hiring
from domain.calendar import Holidays
from domain.hire import Hire, HireStatus, LeaveChallenged, LeaveDetermined, LeaveReported, Side
from domain.rules import guarantee
from tests.domain.share_examples import NO_HOLIDAYS, confirmed, grown, refused, started, terms

START = date(2027, 6, 1)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("left_on", "day", "bps"),
    [
        (date(2027, 6, 1), 1, 8_000),
        (date(2027, 6, 30), 30, 8_000),
        (date(2027, 7, 1), 31, 5_000),
        (date(2027, 7, 10), 40, 5_000),
        (date(2027, 8, 31), 92, 5_000),
        (date(2027, 9, 1), 93, 1_000),
        (date(2027, 11, 30), 183, 1_000),
        (date(2027, 12, 1), 184, 0),
    ],
)
def test_the_ladder_returns_80_50_10_percent_up_to_one_three_six_months(left_on: date, day: int, bps: int) -> None:
    assert guarantee.day_of_employment(START, left_on) == day
    assert guarantee.return_bps(terms(), started_on=START, left_on=left_on, fault="own-wish") == bps


@pytest.mark.parametrize(
    ("started_on", "ends_on"),
    [
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2027, 8, 29), date(2028, 2, 28)),
        (date(2027, 12, 1), date(2028, 5, 31)),
        (date(2028, 2, 29), date(2028, 8, 28)),
    ],
)
def test_months_end_the_day_before_the_corresponding_day_or_at_the_months_end(started_on: date, ends_on: date) -> None:
    assert guarantee.guarantee_ends_on(terms(), started_on) == ends_on
    assert guarantee.return_bps(terms(), started_on=started_on, left_on=ends_on, fault="own-wish") == 1_000
    after = ends_on + ONE_DAY
    assert guarantee.return_bps(terms(), started_on=started_on, left_on=after, fault="own-wish") == 0


def corresponding(started_on: date, months: int) -> date:
    """The first day that no longer belongs to the months, found by counting days and not by the code under test."""
    year, month = divmod(started_on.year * 12 + started_on.month - 1 + months, 12)
    day = date(year, month + 1, 1)
    while day.day < started_on.day and (day + ONE_DAY).month == day.month:
        day += ONE_DAY
    return day if day.day == started_on.day else day + ONE_DAY


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)), st.sampled_from([1, 3, 6]))
def test_at_every_rung_the_last_day_is_inside_and_the_next_is_outside(started_on: date, months: int) -> None:
    inside = {1: 8_000, 3: 5_000, 6: 1_000}[months]
    outside = {1: 5_000, 3: 1_000, 6: 0}[months]
    first_outside = corresponding(started_on, months)
    for left_on, bps in ((first_outside - ONE_DAY, inside), (first_outside, outside)):
        assert guarantee.return_bps(terms(), started_on=started_on, left_on=left_on, fault="own-wish") == bps


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)), st.integers(0, 400), st.integers(0, 60))
def test_staying_longer_never_returns_more(started_on: date, days: int, more: int) -> None:
    early = started_on + timedelta(days=days)
    sooner = guarantee.return_bps(terms(), started_on=started_on, left_on=early, fault="own-wish")
    later = guarantee.return_bps(
        terms(), started_on=started_on, left_on=early + timedelta(days=more), fault="own-wish"
    )
    assert later <= sooner


@pytest.mark.parametrize("fault", ["employer-breach", "redundancy", "excluded"])
def test_the_fault_table_says_when_the_ladder_does_not_apply(fault: str) -> None:
    assert guarantee.return_bps(terms(), started_on=START, left_on=START, fault=fault) == 0


def test_the_order_of_the_rungs_does_not_matter_and_no_ladder_returns_nothing() -> None:
    agreed = replace(terms(), ladder=tuple(reversed(terms().ladder)))
    assert guarantee.return_bps(agreed, started_on=START, left_on=START, fault="own-wish") == 8_000
    bare = replace(terms(), ladder=())
    assert guarantee.return_bps(bare, started_on=START, left_on=START, fault="own-wish") == 0
    assert guarantee.guarantee_ends_on(bare, START) == date(2027, 5, 31)


def test_the_source_is_paid_after_the_report_window_while_that_is_within_80_days() -> None:
    short = replace(terms(), ladder=terms().ladder[:1])
    assert guarantee.report_until(short, START) == date(2027, 7, 30)
    assert guarantee.release_on(short, started_on=START, held_from=START) == date(2027, 7, 30)
    held = date(2027, 7, 30) - timedelta(days=80)
    assert guarantee.release_on(short, started_on=START, held_from=held) == date(2027, 7, 30)
    assert guarantee.release_on(short, started_on=START, held_from=held - ONE_DAY) is None


def test_with_a_six_month_ladder_the_source_is_paid_on_collection() -> None:
    assert guarantee.report_until(terms(), START) == date(2027, 12, 30)
    assert guarantee.release_on(terms(), started_on=START, held_from=START) is None


def said(
    hire: Hire | None = None, *, by: Side = Side.HIRING, left_on: date = date(2027, 7, 10),
    fault: str = "own-wish", today: date = date(2027, 7, 12), holidays: Holidays = NO_HOLIDAYS,
) -> LeaveReported:
    return guarantee.report_leave(
        hire or started(), by=by, left_on=left_on, fault=fault, today=today, holidays=holidays
    )


def leaving() -> Hire:
    return grown(said(), since=started())


def test_the_other_side_has_five_business_days_to_say_otherwise() -> None:
    assert said().challenge_until == date(2027, 7, 19)
    sea_day = Holidays(days=frozenset({date(2027, 7, 19)}), known_until=date(2027, 12, 31))
    assert said(holidays=sea_day).challenge_until == date(2027, 7, 20)


def test_a_leave_is_reported_until_the_report_window_ends_and_no_longer() -> None:
    assert said(left_on=date(2027, 11, 30), today=date(2027, 12, 30)).left_on == date(2027, 11, 30)
    with refused("report-window-closed"):
        said(left_on=date(2027, 11, 30), today=date(2027, 12, 31))


def test_a_leave_lies_between_the_start_and_today_and_has_a_code_of_the_table() -> None:
    with refused("leave-before-start"):
        said(left_on=date(2027, 5, 31))
    with refused("leave-in-future"):
        said(left_on=date(2027, 7, 13))
    with refused("fault-unknown"):
        said(fault="illness")


def test_someone_may_leave_on_the_first_day_and_say_so_at_once() -> None:
    assert said(left_on=START, today=START).left_on == START


def test_who_never_started_never_left() -> None:
    with refused("not-started"):
        said(confirmed())
    with refused("leave-before-start"):
        guarantee.return_bps(terms(), started_on=START, left_on=date(2027, 5, 31), fault="own-wish")


def test_a_report_that_nobody_challenges_is_determined_when_the_window_is_over() -> None:
    with refused("challenge-window-open"):
        guarantee.determine(leaving(), today=date(2027, 7, 19))
    event = guarantee.determine(leaving(), today=date(2027, 7, 20))
    assert event == LeaveDetermined(left_on=date(2027, 7, 10), fault="own-wish", day=40, return_bps=5_000)
    left = grown(event, since=leaving())
    assert left.status is HireStatus.LEFT
    with refused("leave-not-reported"):
        guarantee.determine(left, today=date(2027, 7, 21))
    with refused("not-started"):
        said(left)


def test_when_both_sides_say_the_same_it_is_determined_at_once() -> None:
    agreed = grown(said(leaving(), by=Side.CANDIDATE), since=leaving())
    assert guarantee.determine(agreed, today=date(2027, 7, 12)).day == 40
    with refused("leave-already-reported"):
        said(agreed, by=Side.CANDIDATE)
    with refused("leave-already-reported"):
        said(leaving())
    with refused("leave-said-otherwise"):
        said(leaving(), by=Side.CANDIDATE, fault="employer-breach")


def challenge(
    hire: Hire | None = None, *, by: Side = Side.CANDIDATE, left_on: date = date(2027, 7, 10),
    fault: str = "employer-breach", today: date = date(2027, 7, 19),
) -> LeaveChallenged:
    return guarantee.challenge_leave(hire or leaving(), by=by, left_on=left_on, fault=fault, today=today)


def test_a_challenge_comes_from_the_other_side_inside_the_window_and_says_something_else() -> None:
    assert challenge().fault == "employer-breach"
    with refused("challenge-window-closed"):
        challenge(today=date(2027, 7, 20))
    with refused("other-side-must-answer"):
        challenge(by=Side.HIRING)
    with refused("leave-said-the-same"):
        challenge(fault="own-wish")
    with refused("leave-not-reported"):
        challenge(started())
    with refused("leave-already-reported"):
        challenge(grown(challenge(), since=leaving()))


def test_a_challenged_leave_is_decided_by_a_person() -> None:
    contested = grown(challenge(), since=leaving())
    with refused("leave-contested"):
        guarantee.determine(contested, today=date(2027, 8, 30))
    with refused("operator-must-decide"):
        guarantee.determine_contested(
            contested, by=Side.HIRING, left_on=START, fault="own-wish", today=date(2027, 7, 20)
        )
    event = guarantee.determine_contested(
        contested, by=Side.OPERATOR, left_on=date(2027, 6, 30), fault="own-wish", today=date(2027, 7, 20)
    )
    assert event == LeaveDetermined(left_on=date(2027, 6, 30), fault="own-wish", day=30, return_bps=8_000)
    event = guarantee.determine_contested(
        contested, by=Side.OPERATOR, left_on=date(2027, 6, 30), fault="employer-breach", today=date(2027, 7, 20)
    )
    assert event.return_bps == 0
    for settled in (leaving(), grown(said(leaving(), by=Side.CANDIDATE), since=leaving()), started()):
        with refused("leave-not-contested"):
            guarantee.determine_contested(
                settled, by=Side.OPERATOR, left_on=START, fault="own-wish", today=date(2027, 7, 20)
            )


def test_a_leave_is_measured_from_the_day_work_really_started() -> None:
    hire = grown(hires.StartPostponed(started_on=date(2027, 7, 1)), since=confirmed())
    hire = grown(hiring.start(hire, today=date(2027, 7, 1)), since=hire)
    event = said(hire, left_on=date(2027, 7, 31), today=date(2027, 8, 2))
    determined = guarantee.determine(grown(event, since=hire), today=date(2027, 8, 20))
    assert (determined.day, determined.return_bps) == (31, 8_000)


def test_a_hire_that_was_cancelled_was_never_left_and_returns_the_whole_fee() -> None:
    contested = grown(challenge(), since=leaving())
    assert guarantee.is_leave_open(contested)
    assert guarantee.returned_bps(contested) == 0
    for reported in (leaving(), contested):
        cancelled = grown(hiring.cancel(reported, by=Side.OPERATOR, cause="never-started"), since=reported)
        assert not guarantee.is_leave_open(cancelled)
        assert guarantee.returned_bps(cancelled) == 10_000
        with refused("leave-not-reported"):
            guarantee.determine(cancelled, today=date(2027, 8, 30))
        with refused("leave-not-reported"):
            challenge(cancelled)
        with refused("leave-not-contested"):
            guarantee.determine_contested(
                cancelled, by=Side.OPERATOR, left_on=START, fault="own-wish", today=date(2027, 7, 20)
            )
