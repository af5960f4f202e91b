"""Pictures as SVG made on the server: each has a title and, beneath it, its data as a table. No script, no inline style.

Every picture is 360 units wide, so that its letters can still be read on a phone; `static/charts.css` gives colours.
Names are cut in the picture where they would run out of it; the table has them whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from unicodedata import east_asian_width

import msgspec
from markupsafe import Markup

from api import wording
from marketplace.texts.catalogue import Language
from marketplace.texts.translation import say

WIDTH = 360
LINE = 14
MOST_DAYS_NAMED = 14


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A value of the table; with `href` it leads to the rows behind it."""

    text: str
    href: str = ""
    is_number: bool = False


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing with its title, one sentence that says what it shows, and its data."""

    title: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a funnel: how many came so far, and the median of days from the step before."""

    name: str
    count: int
    median_days: float | None = None
    href: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One receiver of a sum."""

    name: str
    amount_yen: int


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a ledger: what happened, what moved, and the balance after it."""

    on: date
    what: str
    amount_yen: int
    balance_yen: int
    href: str = ""


def pictures(language: Language) -> Mapping[str, Any]:
    """The pictures that a template may draw."""
    return {each.__name__: partial(each, language) for each in (funnel, fee_flow, ledger_timeline, step_line, histogram)}


def funnel(language: Language, title: str, steps: Sequence[Step]) -> Picture:
    """How many reached each step, beside the median of days it took them."""
    most = max((step.count for step in steps), default=0) or 1
    drawn, row = [], 44
    for at, step in enumerate(steps):
        top, wide = at * row, 220 * step.count / most
        days = "" if step.median_days is None else _days(language, step.median_days)
        drawn += [
            _text(0, top + LINE, step.name, "name", most=40),
            _rect(0, top + 20, wide, 16, "bar"),
            _text(wide + 6, top + 33, wording.number(language, step.count), "value"),
            _text(WIDTH, top + 33, days, "aside end"),
        ]
    rows = tuple(
        (
            Cell(text=step.name, href=step.href),
            _count(language, step.count),
            Cell(text="—" if step.median_days is None else _days(language, step.median_days), is_number=True),
        )
        for step in steps
    )
    head = (say(language, "Step"), say(language, "How many"), say(language, "Median time since the step before"))
    return Picture(title=title, svg=_svg(title, len(steps) * row, drawn), head=head, rows=rows)


def fee_flow(language: Language, title: str, whole: str, parts: Sequence[Part]) -> Picture:
    """Where a sum goes: one bar on the left, a ribbon to each receiver on the right."""
    total_yen = sum(part.amount_yen for part in parts)
    scale, gap = (120 / total_yen if total_yen else 0.0), 30
    left, right = 20.0, 20.0
    drawn = [
        _text(0, LINE, f"{whole} {wording.yen(language, total_yen)}", "name", most=50),
        _rect(0, left, 12, total_yen * scale, "bar"),
    ]
    for at, part in enumerate(parts):
        high = part.amount_yen * scale
        ribbon = (
            f"M12 {left:.1f} C80 {left:.1f} 80 {right:.1f} 148 {right:.1f} V{right + high:.1f} "
            f"C80 {right + high:.1f} 80 {left + high:.1f} 12 {left + high:.1f} Z"
        )
        drawn += [
            Markup('<path class="ribbon tone-{}" d="{}"/>').format(at % 4 + 1, ribbon),
            _rect(148, right, 12, high, f"tone-{at % 4 + 1}"),
            _text(168, right + LINE - 2, part.name, "name", most=30),
            _text(168, right + LINE * 2, wording.yen(language, part.amount_yen), "value"),
        ]
        left, right = left + high, right + max(high, LINE) + gap
    rows = tuple((Cell(text=part.name), _yen(language, part.amount_yen)) for part in parts)
    rows += ((Cell(text=whole), _yen(language, total_yen)),)
    svg = _svg(title, max(right, 160), drawn)
    return Picture(title=title, svg=svg, head=(say(language, "Goes to"), say(language, "Amount")), rows=rows)


def ledger_timeline(language: Language, title: str, moments: Sequence[Moment]) -> Picture:
    """One introduction from above to below: what happened on the left, money and balance on the right."""
    row = 48
    drawn = [Markup('<line class="axis" x1="8" y1="8" x2="8" y2="{}"/>').format(max(len(moments) * row - 24, 8))]
    for at, each in enumerate(moments):
        top = at * row
        drawn += [
            Markup('<circle class="dot" cx="8" cy="{}" r="5"/>').format(top + 10),
            _text(22, top + LINE, wording.day(language, each.on), "aside"),
            _text(22, top + LINE * 2 + 2, each.what, "name", most=30),
            _text(WIDTH, top + LINE, wording.yen(language, each.amount_yen), "value end"),
            _text(WIDTH, top + LINE * 2 + 2, f"= {wording.yen(language, each.balance_yen)}", "aside end"),
        ]
    rows = tuple(
        (
            Cell(text=wording.day(language, each.on)),
            Cell(text=each.what, href=each.href),
            _yen(language, each.amount_yen),
            _yen(language, each.balance_yen),
        )
        for each in moments
    )
    head = (say(language, "Date"), say(language, "What happened"), say(language, "Amount"), say(language, "Balance"))
    return Picture(title=title, svg=_svg(title, len(moments) * row, drawn), head=head, rows=rows)


def step_line(language: Language, title: str, ours: str, points: Sequence[tuple[date, int]], baseline: str = "",
              beside: Sequence[tuple[date, int]] = ()) -> Picture:  # fmt: skip
    """A sum that grows by steps, and beside it what it is compared with (dashed)."""
    both = [*points, *beside]
    days = [on.toordinal() for on, _ in both] or [0]
    first, span = min(days), (max(days) - min(days)) or 1
    low, high = min(0, *(yen for _, yen in both), 0), max(0, *(yen for _, yen in both), 0)
    tall = (high - low) or 1

    def path(line: Sequence[tuple[date, int]]) -> str:
        at = [(340 * (on.toordinal() - first) / span + 10, 150 - 120 * (yen - low) / tall) for on, yen in line]
        return " ".join(f"M{x:.1f} {y:.1f}" if not n else f"H{x:.1f} V{y:.1f}" for n, (x, y) in enumerate(at))

    zero = 150 - 120 * (0 - low) / tall
    drawn = [
        Markup('<line class="axis" x1="10" y1="{0:.1f}" x2="350" y2="{0:.1f}"/>').format(zero),
        Markup('<path class="line other" d="{}"/>').format(path(beside)),
        Markup('<path class="line" d="{}"/>').format(path(points)),
        _text(10, LINE, ours if not points else f"{ours} {wording.yen(language, points[-1][1])}", "name", most=50),
    ]
    if beside: drawn.append(_text(WIDTH, 170, f"╌ {baseline} {wording.yen(language, beside[-1][1])}", "aside end", most=50))
    rows = tuple(
        (Cell(text=name), Cell(text=wording.day(language, on)), _yen(language, yen))
        for name, line in ((ours, points), (baseline, beside))
        for on, yen in line
    )
    head = (say(language, "What"), say(language, "Date"), say(language, "Amount"))
    return Picture(title=title, svg=_svg(title, 180, drawn), head=head, rows=rows)


def histogram(language: Language, title: str, counts: Mapping[int, int], *, mark: int) -> Picture:
    """How many answered after how many days; `mark` is the day on which the time to answer ends."""
    last = max(mark, *counts, 0)
    most, wide = max(counts.values(), default=0) or 1, 340 / (last + 1)
    drawn = [Markup('<line class="axis" x1="10" y1="140" x2="350" y2="140"/>')]
    for on in range(last + 1):
        count = counts.get(on, 0)
        high, left = 100 * count / most, 10 + on * wide
        drawn.append(_rect(left + wide * 0.1, 140 - high, wide * 0.8, high, "bar" if on <= mark else "bar late"))
        if count: drawn.append(_text(left + wide / 2, 134 - high, wording.number(language, count), "value middle"))
        if last <= MOST_DAYS_NAMED or on % 7 == 0: drawn.append(_text(left + wide / 2, 156, str(on), "aside middle"))
    edge = 10 + (mark + 1) * wide
    drawn.append(Markup('<line class="mark" x1="{0:.1f}" y1="20" x2="{0:.1f}" y2="140"/>').format(min(edge, 350)))
    rows = tuple((Cell(text=_days(language, on)), _count(language, counts.get(on, 0))) for on in range(last + 1))
    head = (say(language, "Answered after"), say(language, "Requests"))
    return Picture(title=title, svg=_svg(title, 160, drawn), head=head, rows=rows)


def cut(text: str, most: int) -> str:
    """At most `most` narrow letters wide, where a Japanese one counts two."""
    room = most
    for at, letter in enumerate(text):
        room -= 2 if east_asian_width(letter) in {"W", "F", "A"} else 1
        if room < 0: return f"{text[: max(at - 1, 0)]}…"
    return text


def _days(language: Language, days: float) -> str:
    return say(language, "1 day") if days == 1 else say(language, "%(days)s days", days=f"{days:g}")


def _count(language: Language, count: int) -> Cell:
    return Cell(text=wording.number(language, count), is_number=True)


def _yen(language: Language, amount_yen: int) -> Cell:
    return Cell(text=wording.yen(language, amount_yen), is_number=True)


def _text(x: float, y: float, said: str, kind: str, *, most: int = 60) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(kind, x, y, cut(said, most))


def _rect(x: float, y: float, wide: float, high: float, kind: str) -> Markup:
    size = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
    return size.format(kind, x, y, wide, high)


def _svg(title: str, high: float, drawn: Sequence[Markup]) -> Markup:
    opening = Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}"><title>{}</title>')
    return Markup("").join([opening.format(title, WIDTH, max(round(high), 1), title), *drawn, Markup("</svg>")])
