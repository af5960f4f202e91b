"""Japan's public holidays 2026 to 2028 (国民の祝日に関する法律), as the domain is given them.

Substitute holidays (振替休日, 3条2項) and the day between two holidays (3条3項) stand in the table. The equinoxes of
2026 and 2027 are as announced by the National Astronomical Observatory; those of 2028 are by the usual astronomical
formula and are official only with the announcement of February 2027. A test computes the whole table from the law.
"""

from __future__ import annotations

from datetime import date

from domain.calendar import Holidays

_DAYS: dict[int, str] = {
    2026: "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
    2027: "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
    2028: "01-01 01-10 02-11 02-23 03-20 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-22 10-09 11-03 11-23",
}

HOLIDAYS = Holidays(
    days=frozenset(date.fromisoformat(f"{year}-{day}") for year, days in _DAYS.items() for day in days.split()),
    known_until=date(2028, 12, 31),
)
