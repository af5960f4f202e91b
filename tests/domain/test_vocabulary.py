"""The vocabulary: words in either language find the same codes, and the law's prohibited occupations are known."""

from __future__ import annotations

import re

import pytest

from domain.refusal import Refused
from domain.vocabulary import Kind, codes_for, is_prohibited, kind_of, label, mentioned_in, salary_band, terms

EVERY_TERM = [(kind, term) for kind in Kind for term in terms(kind)]


@pytest.mark.parametrize(
    "typed",
    [
        "データ分析",
        "ﾃﾞｰﾀ分析",
        "data analysis",
        "Data Analysis",
        "ＤＡＴＡ　ＡＮＡＬＹＳＩＳ",
        "data-analysis",
        " データ 分析 ",
    ],
)
def test_a_word_finds_its_skill_however_it_was_typed(typed: str) -> None:
    assert "data-analysis" in codes_for(typed)


@pytest.mark.parametrize("typed", ["", "  ", "data-analysi", "存在しない言葉", "\x00", "%"])
def test_a_word_that_names_nothing_finds_nothing(typed: str) -> None:
    assert codes_for(typed) == frozenset()


def test_a_word_of_two_lists_finds_both_codes() -> None:
    assert codes_for("営業") == {"corporate-sales", "sales-representative"}


def test_signs_that_tell_languages_apart_are_kept() -> None:
    assert codes_for("C++") == {"c-plus-plus"}
    assert codes_for("C#") == {"c-sharp"}
    assert codes_for("Ｃ＃") == {"c-sharp"}


def test_a_code_has_a_label_in_both_languages() -> None:
    assert label("data-analysis", "ja") == "データ分析"
    assert label("data-analysis", "en") == "Data analysis"


def test_a_code_we_do_not_have_is_refused_and_not_shown_raw() -> None:
    with pytest.raises(Refused, match="code-not-in-vocabulary"):
        label("no-such-code", "ja")


@pytest.mark.parametrize("occupation", ["port-transport-worker", "construction-worker"])
def test_port_transport_and_construction_work_may_not_be_placed(occupation: str) -> None:
    assert is_prohibited(occupation)


@pytest.mark.parametrize(
    "occupation", ["construction-manager", "architect", "security-guard", "driver", "software-engineer"]
)
def test_work_beside_a_building_site_and_guarding_may_be_placed(occupation: str) -> None:
    assert not is_prohibited(occupation)


@pytest.mark.parametrize("code", ["unheard-of", "", "python"])
def test_an_occupation_nobody_knows_is_refused_rather_than_let_through(code: str) -> None:
    with pytest.raises(Refused, match="code-not-in-vocabulary"):
        is_prohibited(code)


def test_a_title_gives_its_longest_occupation_first() -> None:
    assert mentioned_in("シニアデータアナリスト（東京）", Kind.OCCUPATION) == ("data-analyst",)
    assert mentioned_in("Senior Data Analyst - Tokyo", Kind.OCCUPATION) == ("data-analyst",)
    assert mentioned_in("機械エンジニア兼営業", Kind.OCCUPATION) == ("mechanical-engineer", "sales-representative")


def test_a_latin_word_inside_another_word_is_not_a_mention() -> None:
    assert mentioned_in("JavaScript", Kind.SKILL) == ("javascript",)
    assert mentioned_in("Rustic Swiftly", Kind.SKILL) == ()


def test_a_salary_falls_into_the_band_that_starts_at_it() -> None:
    assert salary_band(3_999_999) == "under-4m-yen"
    assert salary_band(4_000_000) == "4m-to-6m-yen"
    assert salary_band(9_999_999) == "8m-to-10m-yen"
    assert salary_band(30_000_000) == "15m-yen-or-more"


def test_every_code_is_in_one_list_only_and_every_term_finds_itself() -> None:
    codes = [term.code for _, term in EVERY_TERM]
    assert len(codes) == len(set(codes))
    for kind, term in EVERY_TERM:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term.code)
        assert kind_of(term.code) is kind
        for word in (term.code, term.ja, term.en, *term.words):
            assert term.code in codes_for(word)


def test_the_lists_are_as_long_as_people_need_them() -> None:
    assert len(terms(Kind.PREFECTURE)) == 47
    assert len(terms(Kind.SKILL)) >= 80
    assert len(terms(Kind.OCCUPATION)) >= 40
    assert [term.code for term in terms(Kind.STAGE)] == [
        "document-screening", "first-interview", "later-interview", "final-interview", "offer",
    ]  # fmt: skip
