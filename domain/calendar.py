"""Business dates in JST: days, decent hours, business days, and periods in months and years (民法143条)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

import msgspec

from domain.refusal import Refused

if TYPE_CHECKING:  # the streams use this module, and a policy is made of what they define
    from domain.policy import Policy

JST = timezone(timedelta(hours=9), "JST")

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_MONTHS = 12


class Holidays(msgspec.Struct, frozen=True):
    """Japan's public holidays as announced; `known_until` is the last date the table speaks about, inclusive."""

    days: frozenset[date]
    known_until: date


def jst_date(moment: datetime) -> date:
    """The business date on which `moment` lies. A moment without a zone is a mistake of the program: ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(JST).date()


def start_of_jst_day(day: date) -> datetime:
    """The first moment of a business date."""
    return datetime.combine(day, time(), JST)


def end_of_jst_day(day: date) -> datetime:
    """The first moment after a business date, exclusive: a `now` at or after it is too late."""
    return start_of_jst_day(day + _ONE_DAY)


def is_business_day(day: date, holidays: Holidays) -> bool:
    """Monday to Friday and no public holiday. Refuses `calendar-not-known-that-far` beyond the table."""
    if day > holidays.known_until:
        raise Refused("calendar-not-known-that-far", day=day, known_until=holidays.known_until)
    return day.weekday() < _SATURDAY and day not in holidays.days


def add_business_days(day: date, business_days: int, holidays: Holidays) -> date:
    """The last day of a window of so many business days that begins on the day after `day`; 0 gives `day`."""
    while business_days > 0:
        day += _ONE_DAY
        business_days -= is_business_day(day, holidays)
    return day


def next_decent_moment(moment: datetime, policy: Policy, holidays: Holidays) -> datetime:
    """`moment` if it lies in decent hours of a business day (the end is exclusive), else the next opening, in JST."""
    local = moment.astimezone(JST)
    day = jst_date(moment)
    if is_business_day(day, holidays):
        if local.hour < policy.decent_from_hour: return _opening(day, policy)
        if local.hour < policy.decent_until_hour: return local
    return _opening(add_business_days(day, 1, holidays), policy)


def month_rung_end(started_on: date, months: int) -> date:
    """The last day, inclusive, of a period of months that begins with `started_on` (民法143条2項).

    It is the day before the corresponding day, or the month's end if the month has no such day:
    31 August 2027 and six months end on 29 February 2028.
    """
    year, month = _shifted(started_on, months)
    last_day = calendar.monthrange(year, month)[1]
    if started_on.day > last_day:
        return date(year, month, last_day)
    return date(year, month, started_on.day) - _ONE_DAY


def add_years(day: date, years: int) -> date:
    """The corresponding day so many years later; 29 February becomes the 28th in a year without one."""
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _shifted(day: date, months: int) -> tuple[int, int]:
    count = day.year * _MONTHS + day.month - 1 + months
    return count // _MONTHS, count % _MONTHS + 1


def _opening(day: date, policy: Policy) -> datetime:
    return datetime.combine(day, time(policy.decent_from_hour), JST)
