from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (
    "calendar company membership recovery partnership job applicant applying candidate consent referral privacy_request "
    "rules/listing rules/withdrawal rules/cooling_off rules/blocking rules/licence rules/personal_data rules/no_solicitation"
).split()
RAISED = re.compile(r'Refused\(\s*"([a-z0-9-]+)"((?:[^()]|\([^()]*\))*)\)')
TEXTS = ROOT / "marketplace/texts/refusals"


def _raised() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in SOURCES:
        for code, rest in RAISED.findall((ROOT / f"domain/{name}.py").read_text()):
            values = set(re.findall(r"(\w+)=", rest))
            found[code] = found.get(code, values) & values
    return found


def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for name in ("companies", "jobs", "applicants", "people", "team"):
        texts |= tomllib.loads((TEXTS / f"{name}.toml").read_text())
    return texts


def test_every_refusal_on_the_people_side_has_its_sentences_and_no_sentence_is_left_over() -> None:
    assert set(_raised()) == set(_texts())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sentence_uses_only_the_values_that_its_refusal_gives(language: str) -> None:
    raised = _raised()
    wanting = {
        code: used - raised[code]
        for code, text in _texts().items()
        if (used := {field for _, field, _, _ in Formatter().parse(text[language]) if field}) - raised[code]
    }
    assert wanting == {}
