"""What a company looks for, as it says it: words and facets, made into a query of the catalogue. Words are looked up keyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.refusal import Refused
from domain.vocabulary import Kind, codes_for, kind_of
from marketplace.vault.lexemes import LexemeKey
from projections.catalogue import Query, Word

WORDS_MOST = 10
KINDS: Mapping[str, tuple[Kind, str]] = {
    "skill": (Kind.SKILL, "skills"),
    "occupation": (Kind.OCCUPATION, "occupations"),
    "prefecture": (Kind.PREFECTURE, "prefectures"),
    "seniority": (Kind.SENIORITY, "seniorities"),
    "salary_band": (Kind.SALARY, "salary_bands"),
    "language": (Kind.LANGUAGE, "languages"),
    "reached": (Kind.STAGE, "reached"),
}
"""Facet → the list its codes are in, and what the catalogue calls it."""


class Criteria(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Words, and of each facet the values of which one is enough."""

    q: str = ""
    skill: tuple[str, ...] = ()
    occupation: tuple[str, ...] = ()
    prefecture: tuple[str, ...] = ()
    seniority: tuple[str, ...] = ()
    salary_band: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Does it look for everybody?"""
        return not self.q.strip() and not any(getattr(self, name) for name in KINDS)


def query_of(lexemes: LexemeKey, criteria: Criteria) -> Query:
    """The query. Raises Refused `search-too-long` and `code-not-in-vocabulary`."""
    codes: dict[str, Any] = {column: _codes(kind, getattr(criteria, name)) for name, (kind, column) in KINDS.items()}
    return Query(words=words_of(lexemes, criteria.q), **codes)


def words_of(lexemes: LexemeKey, text: str) -> tuple[Word, ...]:
    """The whole as one word where our vocabulary knows it so (`google cloud`), else word by word."""
    words = [_word(lexemes, part) for part in parts_of(text)]
    return tuple(word for word in words if word.codes or word.lexemes)


def parts_of(text: str) -> list[str]:
    """The words of a search. Raises Refused `search-too-long`."""
    parts = [text] if codes_for(text) else text.split()
    if len(parts) > WORDS_MOST: raise Refused("search-too-long", most=WORDS_MOST)
    return parts


def _word(lexemes: LexemeKey, part: str) -> Word:
    return Word(tuple(sorted(codes_for(part))), tuple(lexemes.query_lexemes(part)))


def _codes(kind: Kind, given: tuple[str, ...]) -> tuple[str, ...]:
    for code in given:
        if kind_of(code) is not kind: raise Refused("code-not-in-vocabulary", given=code[:80])
    return given
