"""What was measured, and its table: medians over the rounds, each beside the yardstick of the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

import msgspec

MEDIAN = "median"
TOTAL = "total"
HALF = 50
COLUMNS = ("case", "statistic", "value", "unit", "ratio", "yardstick")
NUMBERS = frozenset({"value", "ratio"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `case` begins with who runs it: pgbench, stock, bare, ours. `yardstick` is the case that `ratio` is against."""

    case: str
    statistic: str
    unit: str
    value: float
    yardstick: str | None = None
    ratio: float | None = None


class Strayed(Exception):
    """What was measured did not do its work, so that its figure would be worth nothing; the sentence says where."""


class _Key(NamedTuple):
    case: str
    statistic: str


class Notes:
    """The values of every round, by case and statistic."""

    def __init__(self) -> None:
        self._values: dict[_Key, list[float]] = {}
        self._units: dict[_Key, str] = {}
        self._pooled: dict[str, list[float]] = {}

    def add(self, case: str, value: float, unit: str, *, statistic: str = MEDIAN) -> None:
        """Write down one round's value."""
        key = _Key(case, statistic)
        if self._units.setdefault(key, unit) != unit:
            message = f"{case}, {statistic}: {unit} after {self._units[key]}"
            raise ValueError(message)
        self._values.setdefault(key, []).append(value)

    def value(self, case: str, statistic: str = MEDIAN) -> float:
        """The middle one of a case's rounds; their sum where it is a total, of which a median would hide what is rare."""
        values = self._values[_Key(case, statistic)]
        return sum(values) if statistic == TOTAL else median(values)

    def pool(self, case: str, milliseconds: Sequence[float]) -> None:
        """Write down every single duration of a round, for percentiles over all rounds: of few, a round has no tail."""
        self._pooled.setdefault(case, []).extend(milliseconds)

    def latency(self, case: str, percent: int, against: str | None = None) -> Row:
        """One line of the table: a percentile over every duration of all rounds; the fiftieth is their median."""
        value = percentile(self._pooled[case], percent)
        measure = percentile(self._pooled[against], percent) if against is not None else 0.0
        return Row(
            case=case,
            statistic=MEDIAN if percent == HALF else f"p{percent}",
            unit="ms",
            value=round(value, 2),
            yardstick=against,
            ratio=round(value / measure, 3) if measure else None,
        )

    def forget(self) -> None:
        """What was done to warm up does not count."""
        self._values.clear()
        self._pooled.clear()

    def best(self, cases: Sequence[str]) -> str:
        """The case with the highest median, the first of equals."""
        return max(cases, key=self.value)

    def row(self, case: str, against: str | None = None, *, statistic: str = MEDIAN) -> Row:
        """One line of the table. The ratio is of the two values, so that a reader can compute it again."""
        value = self.value(case, statistic)
        measure = self.value(against, statistic) if against is not None else 0.0
        return Row(
            case=case,
            statistic=statistic,
            unit=self._units[_Key(case, statistic)],
            value=round(value, 2),
            yardstick=against,
            ratio=round(value / measure, 3) if measure else None,
        )


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many in a hundred do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def interleave(rounds: int, cases: Mapping[str, Callable[[], None]], on_case: Callable[[int, str], None]) -> None:
    """Run every case once a round, so that a slow minute of the machine falls on all; each round begins one case later."""
    names = list(cases)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            on_case(number + 1, name)
            cases[name]()


def document(bench: str, rows: Sequence[Row]) -> str:
    """The answer of `--json`: one line."""
    return msgspec.json.encode({"bench": bench, "rows": rows}).decode()


def text(rows: Sequence[Row]) -> list[str]:
    """The table for a terminal: a head, then a line per row, numbers to the right."""
    lines = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [_line(cells, widths) for cells in lines]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, cells, widths, strict=True)
    ]
    return "  ".join(aligned).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    return row.case, row.statistic, f"{row.value:,.2f}", row.unit, ratio, row.yardstick or ""
