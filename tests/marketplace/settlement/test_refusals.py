"""Every refusal of settlement has its sentences, and every sentence its refusal."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "marketplace" / "texts" / "refusals"
CODE = [
    *(ROOT / "marketplace" / "settlement").glob("*.py"),
    *(ROOT / "marketplace" / "commands" / f"{n}.py" for n in ("fee", "account", "treasury", "provider", "draft")),
    *(ROOT / "marketplace" / "commands").glob("fee_*.py"),
]


def raised() -> set[str]:
    return {code for path in CODE for code in re.findall(r'Refused\("([a-z0-9-]+)"', path.read_text("utf-8"))}


def test_every_code_has_a_japanese_and_an_english_sentence() -> None:
    said: dict[str, dict[str, str]] = {}
    for path in TEXTS.glob("*.toml"):
        said |= tomllib.loads(path.read_text("utf-8"))
    assert raised() - set(said) == set()
    assert all(set(said[code]) == {"ja", "en"} for code in raised())


def test_no_sentence_is_left_over() -> None:
    assert set(tomllib.loads((TEXTS / "settlement.toml").read_text("utf-8"))) - raised() == set()
