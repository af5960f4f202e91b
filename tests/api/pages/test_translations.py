"""No page says anything that is not there in both languages, with the same values, and nothing is kept that no page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api import wording
from domain.rules.ledger_accounts import ALL_ACCOUNTS
from marketplace.texts.translation import say, translations, word
from marketplace.texts.words import WORDS
from tests.api.pages.extraction import ROOT, bare, known, used

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%")
TEMPLATES = sorted((ROOT / "api" / "templates").rglob("*.html"))


def test_every_sentence_of_a_page_has_its_japanese() -> None:
    there = known()
    missing = {sentence: where for sentence, where in used().items() if not all(t for _, t in there.get(sentence, [("", "")]))}
    assert missing == {}


def test_no_japanese_is_kept_that_no_page_says() -> None:
    said = used()
    assert {sentence: where for sentence, where in known().items() if sentence not in said} == {}


def test_one_english_sentence_has_one_japanese_one() -> None:
    assert {sentence: texts for sentence, texts in known().items() if len({text for _, text in texts}) > 1} == {}


def test_both_languages_name_the_same_values_and_hold_no_markup() -> None:
    for sentence, texts in known().items():
        for where, text in texts:
            assert set(PLACEHOLDER.findall(sentence)) == set(PLACEHOLDER.findall(text)), (where, sentence)
            assert not re.search(r'[<>&"]', sentence + text), ("written into attributes as it is", where, sentence)
            for each in PLACEHOLDER.finditer(sentence + text):
                assert each.group() != "%", ("a percent sign is written %%", where, sentence)


def test_every_account_of_the_ledger_has_a_name() -> None:
    assert set(WORDS["ledger-account"]) == ALL_ACCOUNTS


def test_japanese_is_japanese() -> None:
    names = {"sql", "stripe", "line", "id", *(each.lower() for kind in ("browser", "system") for each in WORDS[kind].values())}
    texts = [text for found in known().values() for _, text in found if text.lower() not in names]
    assert [text for text in texts if text.isascii() and any(letter.isalpha() for letter in text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_untranslated(path: Path) -> None:
    assert bare(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello \0"]),
        ('<p aria-label="Menu">{{ _("Menu") }}</p>', ["<p aria-label=Menu>"]),
        ('<p aria-label="{{ _(\'Menu\') }}">{% if x %}{{ x }}: {{ y }}{% endif %}</p>', []),
        ("<p>保存</p>{# a word #}", ["保存"]),
    ],
)
def test_what_stands_in_a_template_as_it_is_would_be_found(source: str, found: list[str]) -> None:
    assert bare(source) == found


def test_a_sentence_is_filled_in_the_readers_language() -> None:
    asks = "%(company)s would like to know you"
    assert say("ja", asks, company="髙﨑商店") == "髙﨑商店があなたを知りたいと考えています"
    assert say("en", asks, company="髙﨑商店") == "髙﨑商店 would like to know you"
    assert translations("ja").gettext("Save") == "保存する"


def test_a_code_without_a_word_is_a_defect_and_not_a_hole() -> None:
    with pytest.raises(KeyError):
        word("ja", "ask-status", "never-heard-of")


def test_dates_moments_and_yen_read_as_people_write_them() -> None:
    from datetime import UTC, date, datetime

    at = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert wording.day("ja", date(2026, 11, 23)) == "2026年11月23日(月)"
    assert wording.day("en", date(2026, 11, 23)) == "Monday 23 November 2026"
    assert wording.moment("ja", at) == "2026年11月23日(月) 00:00"
    assert wording.moment("en", at) == "Monday 23 November 2026, 00:00 JST"
    assert wording.until("ja", at) == "2026年11月22日(日) 23:59 (日本時間)"
    assert wording.until("en", at) == "Sunday 22 November 2026, 23:59 JST"
    assert wording.yen("ja", 1234567) == wording.yen("en", 1234567) == "¥1,234,567"
    assert wording.yen("ja", -500) == "−¥500"
    assert wording.day("ja", None) == wording.moment("en", None) == wording.yen("ja", None) == "—"
