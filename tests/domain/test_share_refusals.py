"""Every refusal of a share or a hire has its sentences, which use no more than the values it gives."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = "introduction selection standing hire hiring rules/share rules/terms rules/ownership rules/guarantee".split()
RAISED = re.compile(r'Refused\(\s*"([a-z0-9-]+)"((?:[^()]|\([^()]*\))*)\)')
BY_TABLE = re.compile(r'CancelCause\.[A-Z_]+: "([a-z-]+)"|_AT_APPROVAL\.get\(cause, "([a-z-]+)"\)')
TEXTS = ROOT / "marketplace/texts/refusals"


def raised() -> dict[str, set[str]]:
    """Code → the values that every place which raises it gives."""
    found: dict[str, set[str]] = {}
    for name in SOURCES:
        text = (ROOT / f"domain/{name}.py").read_text()
        for code, rest in RAISED.findall(text):
            values = set(re.findall(r"(\w+)=", rest))
            found[code] = found.get(code, values) & values
        for by_cause, otherwise in BY_TABLE.findall(text):
            found[by_cause or otherwise] = set()
    return found


def texts(*names: str) -> dict[str, dict[str, str]]:
    return {code: text for name in names for code, text in tomllib.loads((TEXTS / f"{name}.toml").read_text()).items()}


def test_every_refusal_has_its_sentences() -> None:
    assert {"consent-not-live", "company-is-blocked", "undo-window-closed"} <= set(raised())
    everywhere = texts(*(path.stem for path in TEXTS.glob("*.toml")))
    assert sorted(set(raised()) - set(everywhere)) == []


def test_no_sentence_is_left_over() -> None:
    assert sorted(set(texts("share", "hire")) - set(raised())) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sentence_uses_only_the_values_that_its_refusal_gives(language: str) -> None:
    everywhere = texts(*(path.stem for path in TEXTS.glob("*.toml")))
    wanting = {
        code: used - given
        for code, given in raised().items()
        if (used := {field for _, field, _, _ in Formatter().parse(everywhere[code][language]) if field}) - given
    }
    assert wanting == {}
