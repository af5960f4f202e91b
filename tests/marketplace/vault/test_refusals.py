"""Every refusal of the vault has its sentences, and every sentence its refusal."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from marketplace import texts, vault

SENTENCES = tomllib.loads((Path(next(iter(texts.__path__))) / "refusals" / "vault.toml").read_text("utf-8"))

OF_THE_DOMAIN = {"code-not-in-vocabulary", "glass-not-open"}
"""Raised by rules too, whose sentences stand elsewhere."""


def raised() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in Path(next(iter(vault.__path__))).glob("*.py"):
        for code, values in re.findall(r'Refused\("([a-z0-9-]+)"((?:, [a-z]+=[^)]*)?)', path.read_text("utf-8")):
            found.setdefault(code, set()).update(re.findall(r", ([a-z]+)=", values))
    return {code: values for code, values in found.items() if code not in OF_THE_DOMAIN}


def test_every_code_has_a_japanese_and_an_english_sentence_and_none_is_left_over() -> None:
    assert set(raised()) == set(SENTENCES)
    assert all(set(sentences) == {"ja", "en"} for sentences in SENTENCES.values())


def test_a_sentence_names_only_values_that_the_refusal_gives() -> None:
    for code, values in raised().items():
        for sentence in SENTENCES[code].values():
            assert set(re.findall(r"{([a-z]+)}", sentence)) <= values, code
