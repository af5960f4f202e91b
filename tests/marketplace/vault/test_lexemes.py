"""Searching free text by keyed words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import Refused
from marketplace.vault.lexemes import LexemeKey, words
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject, SubjectKind

from .conftest import Write

KEY = LexemeKey(MasterKeys.from_key(bytes(range(32))))
SOMEONE = Subject(SubjectKind.CANDIDATE, UUID(int=7))


def fit(_text: str) -> list[str]:
    return []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++とC#と.NET", {"c++", "c#", ".net", "と"}),
        ("ASP.NET, F#", {"asp", ".net", "f#"}),
        ("example.network", {"example", "network"}),
        ("Python3 / Windows11", {"python", "3", "windows", "11"}),
        ("Java開発", {"java", "開発"}),
        ("基幹系", {"基幹", "幹系"}),
        ("ﾃﾞｰﾀ分析", {"デー", "ータ", "タ分", "分析"}),
        ("ＡＷＳ", {"aws"}),
        ("営", {"営"}),
        ("佐々木と𠮷野家", {"佐々", "々木", "木と", "と𠮷", "𠮷野", "野家"}),
        ("Łódź café", {"łódź", "café"}),
        ("", set()),
        ("、。!? --", set()),
    ],
)
def test_the_words_of_a_text(text: str, expected: set[str]) -> None:
    assert words(text) == expected


@given(st.text(), st.text())
def test_the_words_of_a_part_are_found_in_the_whole(one: str, other: str) -> None:
    assert words(one) <= words(f"{one} {other}")


@given(st.text())
def test_every_lexeme_fits_a_signed_64_bit_column(text: str) -> None:
    assert all(-(2**63) <= number < 2**63 for number in KEY.query_lexemes(text))


def test_without_the_key_the_numbers_mean_nothing() -> None:
    assert KEY.query_lexemes("python") != LexemeKey(MasterKeys.from_key(bytes(32))).query_lexemes("python")


def test_a_text_that_says_what_may_not_be_shown_is_refused_with_the_words() -> None:
    with pytest.raises(Refused) as refusal:
        KEY.seal(SOMEONE, ["本籍は架空県", "よい人"], screen=lambda text: [w for w in ("本籍", "宗教") if w in text])
    assert (refusal.value.code, refusal.value.values) == ("free-text-not-fit", {"words": "本籍"})


def test_a_search_finds_the_text_that_has_all_its_words(connection: psycopg.Connection[Any], write: Write) -> None:
    one = KEY.seal(SOMEONE, ["Pythonでデータ分析", "C++も少し"], screen=fit)
    other = KEY.seal(SOMEONE, ["Javaで基幹系"], screen=fit)
    write(one.row, other.row)

    def found(text: str) -> list[Any]:
        query = "SELECT ref FROM vault_lexemes WHERE lexemes @> %s::bigint[]"
        return [row[0] for row in connection.execute(query, (KEY.query_lexemes(text),))]

    assert found("データ分析 c++") == [one.ref]
    assert found("ＪＡＶＡ") == [other.ref]
    assert found("データ java") == []
