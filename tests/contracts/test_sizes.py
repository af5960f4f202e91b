"""A rule fits a screen, a file is read in one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "projections", "marketplace", "api")
PRODUCT = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
RULES = [path for path in PRODUCT if path.is_relative_to(ROOT / "domain" / "rules")]
FILE_LINES, RULE_LINES, FUNCTION_LINES = 400, 200, 60


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def long_functions(text: str) -> list[str]:
    """The functions longer than a screen, decorators and docstring included."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    spans = [(node, min([node.lineno, *(mark.lineno for mark in node.decorator_list)])) for node in found]
    return [node.name for node, first in spans if (node.end_lineno or first) - first + 1 > FUNCTION_LINES]


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_no_file_is_longer_than_a_sitting_and_no_function_than_a_screen(path: Path) -> None:
    text = path.read_text()
    lines = len(text.splitlines())
    assert lines <= FILE_LINES
    assert long_functions(text) == []


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_fits_its_file(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= RULE_LINES


def test_a_long_function_would_be_found() -> None:
    assert long_functions("@mark\ndef short():\n" + "    pass\n" * 58) == []
    assert long_functions("@mark\ndef long():\n" + "    pass\n" * 59) == ["long"]
