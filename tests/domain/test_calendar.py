from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import (
    JST,
    Holidays,
    add_business_days,
    add_years,
    end_of_jst_day,
    is_business_day,
    jst_date,
    month_rung_end,
    next_decent_moment,
    start_of_jst_day,
)
from domain.policy import DEFAULT
from domain.refusal import Refused
from marketplace.holidays import HOLIDAYS


def test_a_business_date_changes_at_midnight_in_japan() -> None:
    assert jst_date(datetime(2026, 12, 1, 14, 59, 59, tzinfo=UTC)) == date(2026, 12, 1)
    assert jst_date(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)) == date(2026, 12, 2)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        jst_date(datetime(2026, 12, 1))  # noqa: DTZ001


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of_jst_day(date(2026, 11, 30)) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert end_of_jst_day(date(2026, 12, 31)) == start_of_jst_day(date(2027, 1, 1))


def test_weekends_and_public_holidays_are_no_business_days() -> None:
    assert is_business_day(date(2026, 11, 24), HOLIDAYS)
    assert not is_business_day(date(2026, 11, 23), HOLIDAYS)
    assert not is_business_day(date(2026, 11, 28), HOLIDAYS)


def test_a_date_beyond_the_table_is_refused_not_guessed() -> None:
    assert is_business_day(date(2028, 12, 29), HOLIDAYS)
    with pytest.raises(Refused, match="calendar-not-known-that-far"):
        is_business_day(date(2029, 1, 1), HOLIDAYS)
    with pytest.raises(Refused, match="calendar-not-known-that-far"):
        add_business_days(date(2028, 12, 28), 2, HOLIDAYS)


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 24)),
        (date(2026, 11, 24), 5, date(2026, 12, 1)),
        (date(2026, 9, 18), 1, date(2026, 9, 24)),
    ],
)
def test_business_days_are_counted_from_the_day_after(day: date, count: int, last: date) -> None:
    assert add_business_days(day, count, HOLIDAYS) == last


@pytest.mark.parametrize(
    ("moment", "decent"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=JST), datetime(2026, 11, 24, 9, 0, tzinfo=JST)),
        (datetime(2026, 11, 24, 19, 59, 59, tzinfo=JST), datetime(2026, 11, 24, 19, 59, 59, tzinfo=JST)),
        (datetime(2026, 11, 24, 20, 0, tzinfo=JST), datetime(2026, 11, 25, 9, 0, tzinfo=JST)),
        (datetime(2026, 11, 24, 3, 0, tzinfo=JST), datetime(2026, 11, 24, 9, 0, tzinfo=JST)),
        (datetime(2026, 11, 21, 12, 0, tzinfo=JST), datetime(2026, 11, 24, 9, 0, tzinfo=JST)),
        (datetime(2026, 11, 20, 11, 30, tzinfo=UTC), datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_decent_moment_is_a_business_day_from_nine_to_twenty_in_japan(moment: datetime, decent: datetime) -> None:
    assert next_decent_moment(moment, DEFAULT, HOLIDAYS) == decent


@pytest.mark.parametrize(
    ("started_on", "months", "last_day"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 4, 1), 1, date(2027, 4, 30)),
        (date(2027, 4, 1), 6, date(2027, 9, 30)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), 3, date(2027, 4, 30)),
        (date(2027, 11, 15), 3, date(2028, 2, 14)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_month_rung_ends_before_the_corresponding_day_or_at_month_end(
    started_on: date, months: int, last_day: date
) -> None:
    assert month_rung_end(started_on, months) == last_day


def test_years_keep_the_day_or_take_the_months_last() -> None:
    assert add_years(date(2027, 3, 31), 2) == date(2029, 3, 31)
    assert add_years(date(2028, 2, 29), 2) == date(2030, 2, 28)


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (nth - 1))


def _equinox(year: int, month: int, base: float) -> date:
    return date(year, month, int(base + 0.242194 * (year - 1980) - (year - 1980) // 4))


def _by_law(year: int) -> set[date]:
    fixed = {(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)}
    mondays = {(1, 2), (7, 3), (9, 3), (10, 2)}
    days = {date(year, month, day) for month, day in fixed}
    days |= {_nth_monday(year, month, nth) for month, nth in mondays}
    days |= {_equinox(year, 3, 20.8431), _equinox(year, 9, 23.2488)}
    between = {
        day + timedelta(days=1)
        for day in days
        if day + timedelta(days=2) in days and (day + timedelta(days=1)).weekday() != 6
    }
    substitutes = set()
    for sunday in (day for day in days if day.weekday() == 6):
        instead = sunday
        while instead in days:
            instead += timedelta(days=1)
        substitutes.add(instead)
    return days | between | substitutes


def test_the_table_of_holidays_is_what_the_law_says() -> None:
    assert HOLIDAYS.days == _by_law(2026) | _by_law(2027) | _by_law(2028)
    assert date(2026, 9, 22) in HOLIDAYS.days
    assert date(2027, 3, 22) in HOLIDAYS.days
    assert len(HOLIDAYS.days) == 18 + 17 + 16


def test_a_table_can_be_any_table() -> None:
    assert is_business_day(date(2031, 5, 6), Holidays(frozenset(), date(2031, 12, 31)))
