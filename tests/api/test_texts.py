"""Every code has a Japanese and an English text, with the values it needs and no others."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from api.problem import _OF_HTTP
from marketplace.texts.catalogue import FOLDER, Value, catalogue, sentence

ROOT = Path(__file__).parents[2]


def calls(*names: str) -> dict[str, list[tuple[str, set[str]]]]:
    """Code → where it is said and with which values, over the whole source tree."""
    found: dict[str, list[tuple[str, set[str]]]] = {}
    for path in (p for room in ("domain", "projections", "marketplace", "api") for p in (ROOT / room).rglob("*.py")):
        text = path.read_text("utf-8")
        # A name alone would also be a result of the payment provider's door.
        if (
            not re.search(r"^from (domain\.refusal|api\.policies) import", text, re.MULTILINE)
            and path.name != "policies.py"
        ):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in names:
                continue
            if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
                continue
            values = {keyword.arg or "**" for keyword in node.keywords}
            found.setdefault(node.args[0].value, []).append((f"{path.relative_to(ROOT)}:{node.lineno}", values))
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_refusal_has_a_japanese_and_an_english_sentence() -> None:
    texts = catalogue("refusals")
    codes = {code: places[0][0] for code, places in calls("Refused", "Deny").items()}
    codes |= dict.fromkeys([*_OF_HTTP.values(), "unexpected", "field-wrong", "try-again"], "api/problem.py")
    missing = {
        code: where
        for code, where in codes.items()
        if not all(texts.get(code, {}).get(lang) for lang in ("ja", "en"))
    }
    assert missing == {}


def test_every_sentence_is_given_the_values_it_names() -> None:
    texts = catalogue("refusals")
    wanting: dict[str, set[str]] = {}
    for code, places in calls("Refused").items():
        for where, values in places:
            for language, text in texts.get(code, {}).items():
                if "**" not in values and not placeholders(text) <= values:
                    wanting[f"{where} {code} {language}"] = placeholders(text) - values
    assert wanting == {}


def test_each_text_is_there_once_in_both_languages_with_the_same_values() -> None:
    folder = "refusals"
    keys = Counter(key for path in (FOLDER / folder).glob("*.toml") for key in tomllib.loads(path.read_text("utf-8")))
    assert [key for key, times in keys.items() if times > 1] == []
    for key, text in catalogue(folder).items():
        assert set(text) == {"ja", "en"}, key
        assert placeholders(text["ja"]) == placeholders(text["en"]), key
        assert text["ja"] != text["en"], key


def test_dates_and_yen_are_written_as_people_read_them(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"x": {"ja": "{on}、{at}、{most_yen}円", "en": "{on}, {at}, ¥{most_yen}"}}
    monkeypatch.setattr("marketplace.texts.catalogue.catalogue", lambda _folder: texts)
    at = datetime(2027, 3, 31, 15, 30, tzinfo=UTC)
    values: dict[str, Value] = {"on": date(2027, 4, 1), "at": at, "most_yen": 1234567}
    assert sentence("x", "ja", values) == "2027年4月1日、2027年4月1日 00:30、1,234,567円"
    assert sentence("x", "en", values) == "1 April 2027, 1 April 2027 00:30 JST, ¥1,234,567"


def test_a_code_without_a_text_still_gets_an_answer() -> None:
    assert (
        sentence("not-written-yet", "en", {}) == "This cannot be done (not-written-yet). Reload the page and try again."
    )
