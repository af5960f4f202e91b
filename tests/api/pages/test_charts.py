"""Pictures show the very numbers of their tables, stay inside their frame, and hold nothing that a strict page refuses."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from api.charts import WIDTH, Moment, Part, Picture, Step, cut, fee_flow, funnel, histogram, ledger_timeline, step_line
from api.rendering import environment

YEN = st.integers(min_value=-(10**9), max_value=10**9)
OWED_YEN = st.integers(min_value=0, max_value=10**9)
NAMES = st.text(st.characters(exclude_categories=["C"]), max_size=30)
DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 12, 31))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def holds(picture: Picture) -> ET.Element:
    """What is true of every picture; its root."""
    root = ET.fromstring(str(picture.svg))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == root.findtext("title") == picture.title
    assert not {name for each in root.iter() for name in each.attrib if name == "style" or name.startswith("on")}
    assert not {each.tag for each in root.iter()} & {"script", "style", "foreignObject", "image"}
    high = float(root.attrib["viewBox"].split()[3])
    for each in root.iter("rect"):
        left, top, wide, tall = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        assert left >= 0, each.attrib
        assert top >= 0, each.attrib
        assert wide >= 0, each.attrib
        assert tall >= 0, each.attrib
        assert left + wide <= WIDTH + 0.2
        assert top + tall <= high + 0.2
    for each in root.iter("path"):
        assert "nan" not in each.attrib["d"]
        assert all(-1 <= float(number) <= max(WIDTH, high) + 1 for number in NUMBER.findall(each.attrib["d"]))
    assert all(len(row) == len(picture.head) for row in picture.rows)
    return root


def test_a_funnel_says_counts_and_median_days() -> None:
    steps = [
        Step(name="掲載", count=1200, href="/x"),
        Step(name="依頼", count=300, median_days=12.5),
        Step(name="採用", count=0, median_days=40),
    ]
    picture = funnel("ja", "掲載から採用まで", steps)
    root = holds(picture)
    assert [row[1].text for row in picture.rows] == ["1,200", "300", "0"]
    assert [row[2].text for row in picture.rows] == ["—", "12.5日", "40日"]
    assert picture.rows[0][0].href == "/x"
    bars = [float(each.attrib["width"]) for each in root.iter("rect")]
    assert bars == [220.0, 55.0, 0.0]


def test_one_day_is_not_days() -> None:
    steps = [Step(name="Asked", count=2), Step(name="Hired", count=1, median_days=1), Step(name="Left", count=1, median_days=0)]
    assert [row[2].text for row in funnel("en", "From asking to leaving", steps).rows] == ["—", "1 day", "0 days"]


def test_a_fee_flow_adds_up_to_the_whole() -> None:
    shares_yen = {"紹介元": 1_050_000, "運営": 450_000, "消費税": 150_000}
    parts = [Part(name=name, amount_yen=amount_yen) for name, amount_yen in shares_yen.items()]
    picture = fee_flow("ja", "紹介料の行き先", "紹介料", parts)
    root = holds(picture)
    assert [row[1].text for row in picture.rows] == ["¥1,050,000", "¥450,000", "¥150,000", "¥1,650,000"]
    assert [float(each.attrib["height"]) for each in root.iter("rect")] == [120.0, 76.4, 32.7, 10.9]


def test_a_ledger_timeline_runs_from_above_to_below() -> None:
    moments = [Moment(on=date(2026, 11, 23), what="Fee accrued", amount_yen=1500, balance_yen=1500, href="/e"),
               Moment(on=date(2026, 12, 1), what="Returned", amount_yen=-500, balance_yen=1000)]  # fmt: skip
    picture = ledger_timeline("en", "Ledger", moments)
    root = holds(picture)
    assert [[cell.text for cell in row] for row in picture.rows] == [
        ["Monday 23 November 2026", "Fee accrued", "¥1,500", "¥1,500"], ["Tuesday 1 December 2026", "Returned", "−¥500", "¥1,000"],
    ]  # fmt: skip
    assert [float(each.attrib["cy"]) for each in root.iter("circle")] == [10.0, 58.0]


def test_a_histogram_marks_the_day_on_which_the_time_ends() -> None:
    picture = histogram("en", "Days to an answer", {0: 3, 2: 6, 9: 1}, mark=7)
    root = holds(picture)
    assert [row[1].text for row in picture.rows] == ["3", "0", "6", "0", "0", "0", "0", "0", "0", "1"]
    assert [each.attrib["class"] for each in root.iter("rect")] == ["bar"] * 8 + ["bar late"] * 2
    assert [float(each.attrib["x1"]) for each in root.iter("line")][-1] == 282.0


def test_a_step_line_ends_at_its_last_sum() -> None:
    spent = [(date(2026, 1, 1), 0), (date(2026, 7, 1), 900_000)]
    agency = [(date(2026, 1, 1), 0), (date(2026, 7, 1), 1_800_000)]
    root = holds(step_line("en", "Spent on hiring", "With the relay", spent, "With an agency", agency))
    assert [each.attrib["d"] for each in root.iter("path")] == ["M10.0 150.0 H350.0 V30.0", "M10.0 150.0 H350.0 V90.0"]


def test_a_sum_below_zero_stands_under_the_line_of_zero() -> None:
    earned = [(date(2026, 1, 1), 0), (date(2026, 4, 1), -300_000), (date(2026, 7, 1), 900_000)]
    root = holds(step_line("en", "Earned", "Here", earned, "Transferred", [(date(2026, 1, 1), -300_000)]))
    lines = [each.attrib["d"] for each in root.iter("path")]
    assert lines == ["M10.0 150.0", "M10.0 120.0 H179.1 V150.0 H350.0 V30.0"]
    assert [each.attrib["y1"] for each in root.iter("line")] == ["120.0"]


@given(st.lists(st.builds(Step, name=NAMES, count=st.integers(0, 10**6), median_days=st.none() | st.floats(0, 999)), max_size=8))
def test_no_funnel_leaves_its_frame(steps: list[Step]) -> None:
    holds(funnel("ja", '<T & "t">', steps))


@given(st.lists(st.builds(Part, name=NAMES, amount_yen=OWED_YEN), max_size=8))
def test_no_fee_flow_leaves_its_frame(parts: list[Part]) -> None:
    holds(fee_flow("en", "Flow", "Fee", parts))


@given(st.lists(st.tuples(DAYS, YEN), max_size=8), st.lists(st.tuples(DAYS, YEN), max_size=8))
def test_no_step_line_leaves_its_frame(ours: list[tuple[date, int]], theirs: list[tuple[date, int]]) -> None:
    holds(step_line("ja", "T", "A", sorted(ours), "B", sorted(theirs)))


@given(st.dictionaries(st.integers(0, 60), st.integers(0, 10**6), max_size=20), st.integers(1, 30))
def test_no_histogram_leaves_its_frame(counts: dict[int, int], mark: int) -> None:
    holds(histogram("ja", "T", counts, mark=mark))


def test_a_name_that_is_too_long_is_cut_and_one_that_fits_is_not() -> None:
    assert cut("データアナリスト", 16) == "データアナリスト"
    assert cut("データアナリストの採用", 16) == "データアナリス…"
    assert cut("short", 5) == "short"


def test_a_picture_stands_in_its_page_with_its_table_beneath() -> None:
    picture = funnel("en", "From listing to hire", [Step(name="Listed", count=2, href="/list")])
    text = environment("en").from_string('{% import "parts.html" as p %}{{ p.picture(picture) }}').render(picture=picture)
    assert text.index("<svg") < text.index("<details>") < text.index("<table")
    assert 'data-label="Step"' in text
    assert '<a href="/list">Listed</a>' in text
