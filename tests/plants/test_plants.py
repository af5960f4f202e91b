"""Every test of laws, faults, erasure and hostile input falls to a fault, and every fault still fits the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.plants import __main__ as runner
from tests.plants.every import EVERY, NEEDS_NONE
from tests.plants.plant import HOLDS, ROOT, Plant, fell, function_of, named_tests, plant

TESTS = named_tests(ROOT)


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.says)
def test_a_fault_fits_the_code_and_names_tests_that_there_are(each: Plant) -> None:
    for file, (whole, harmed) in each.harm(ROOT).items():
        assert not file.startswith("tests/"), "the product is harmed, not its tests"
        assert harmed != whole
        if file.endswith(".py"): ast.parse(harmed)
    assert each.falls != ()
    assert {function_of(test) for test in each.falls} <= TESTS.keys()


def test_no_fault_is_said_or_planted_twice() -> None:
    assert len({each.says for each in EVERY}) == len(EVERY)
    assert len({each.edits for each in EVERY}) == len(EVERY)


@pytest.mark.parametrize("folder", HOLDS)
def test_every_test_of_what_must_hold_falls_to_something(folder: str) -> None:
    here = {name for name, file in TESTS.items() if file.startswith(f"tests/{folder}/")}
    falling = {function_of(test) for each in EVERY for test in each.falls}
    assert here - falling - NEEDS_NONE.keys() == set()
    assert falling & NEEDS_NONE.keys() == set(), "it falls after all"
    assert NEEDS_NONE.keys() <= TESTS.keys()


def test_what_fell_is_read_out_of_the_summary() -> None:
    report = (
        "FAILED tests/laws/test_x.py::test_one[a case] - assert 1 == 2\nERROR tests/laws/test_x.py::test_two - Refused\n"
        "ERROR tests/laws/test_y.py - ImportError\nFAILED tests/laws/test_x.py::test_three\n"
        "ERROR tests/laws/test_x.py::test_four - pytest.PytestUnraisableExceptionWarning: socket\n2 failed, 1 error in 3.00s\n"
    )
    assert fell(report) == {"test_one", "test_two", "test_three"}


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    """A checkout with one rule and two tests, of which one looks at the rule."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "rule.py").write_text("def most():\n    return 3\n")
    looking = "from rule import most\n\n\ndef test_looks():\n    assert most() == 3\n\n\ndef test_sleeps():\n    assert most\n"
    (tmp_path / "tests" / "test_rule.py").write_text(looking)
    return tmp_path


def test_a_test_that_does_not_fall_is_told_and_the_code_is_whole_afterwards(bed: Path) -> None:
    more = plant("one more than most", "rule.py", "return 3", "return 4", "test_looks", "test_sleeps")
    left, report = runner.standing(more, bed)
    assert left == {"test_sleeps"}
    assert "1 failed, 1 passed" in report
    assert (bed / "rule.py").read_text() == "def most():\n    return 3\n"
    assert runner.standing(plant("the same", "rule.py", "return 3", "return 2", "test_looks"), bed)[0] == set()


def test_a_fault_that_does_not_fit_any_more_is_said(bed: Path) -> None:
    for stands in ("return 5", "r"):
        with pytest.raises(ValueError, match=r"rule\.py holds this [02] times"):
            runner.standing(plant("gone", "rule.py", stands, "", "test_looks"), bed)
