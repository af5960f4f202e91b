"""Our own code lists, labelled in Japanese and English: cards, jobs and imports speak in these, never in free text.

A word finds its codes however it was typed: half-width kana, full-width letters, capitals, hyphens, in either language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from types import MappingProxyType
from typing import Literal

from domain.refusal import Refused
from domain.vocabulary.bands import BAND_STARTS_YEN, LANGUAGES, SALARY_BANDS, SENIORITIES
from domain.vocabulary.occupations import OCCUPATIONS, PROHIBITED
from domain.vocabulary.places import PREFECTURES
from domain.vocabulary.selection import CHANNELS, EVALUATIONS, REASONS, STAGES
from domain.vocabulary.skills import SKILLS
from domain.vocabulary.term import Kind, Term

__all__ = [
    "BAND_STARTS_YEN",
    "Kind",
    "Language",
    "Term",
    "codes_for",
    "is_prohibited",
    "kind_of",
    "label",
    "mentioned_in",
    "salary_band",
    "terms",
]

Language = Literal["ja", "en"]

_LISTS = MappingProxyType(
    {
        Kind.SKILL: SKILLS,
        Kind.OCCUPATION: OCCUPATIONS,
        Kind.PREFECTURE: PREFECTURES,
        Kind.LANGUAGE: LANGUAGES,
        Kind.STAGE: STAGES,
        Kind.REASON: REASONS,
        Kind.CHANNEL: CHANNELS,
        Kind.SENIORITY: SENIORITIES,
        Kind.SALARY: SALARY_BANDS,
        Kind.EVALUATION: EVALUATIONS,
    }
)
_BY_CODE = MappingProxyType({term.code: (kind, term) for kind, listed in _LISTS.items() for term in listed})
_SEPARATORS = re.compile(r"[\s\-_・/]+")


def terms(kind: Kind) -> tuple[Term, ...]:
    """One list, in the order in which a form offers it."""
    return _LISTS[kind]


def kind_of(code: str) -> Kind | None:
    """The list a code is in; None when it is in none."""
    found = _BY_CODE.get(code)
    return found[0] if found else None


def label(code: str, language: Language) -> str:
    """What people read instead of the code. Raises Refused `code-not-in-vocabulary`."""
    if code not in _BY_CODE:
        raise Refused("code-not-in-vocabulary", given=code[:80])
    term = _BY_CODE[code][1]
    return term.ja if language == "ja" else term.en


def is_prohibited(occupation: str) -> bool:
    """No paid placement for this occupation (rule 8). An occupation we do not know is refused, not let through."""
    if kind_of(occupation) is not Kind.OCCUPATION:
        raise Refused("code-not-in-vocabulary", given=occupation[:80])
    return occupation in PROHIBITED


def salary_band(salary_yen: int) -> str:
    """The band of a yearly salary."""
    return next(code for start_yen, code in BAND_STARTS_YEN if salary_yen >= start_yen or start_yen == 0)


def codes_for(word: str) -> frozenset[str]:
    """The codes of every list that this word names, whole; empty when it names none."""
    return _by_word().get(_squeezed(word), frozenset())


def mentioned_in(text: str, kind: Kind) -> tuple[str, ...]:
    """The codes of one list that a longer text mentions, longest wording first (`データアナリスト（東京）`)."""
    pattern, codes = _scanner(kind)
    found = [match.group() for match in pattern.finditer(_spaced(text))]
    found.sort(key=len, reverse=True)
    return tuple(dict.fromkeys(codes[word] for word in found))


def _spaced(text: str) -> str:
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _squeezed(text: str) -> str:
    return _SEPARATORS.sub("", _spaced(text))


def _words(term: Term) -> tuple[str, ...]:
    return (term.code, term.ja, term.en, *term.words)


@cache
def _by_word() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, term in _BY_CODE.values():
        for word in _words(term):
            found[_squeezed(word)].add(term.code)
    return {word: frozenset(codes) for word, codes in found.items()}


@cache
def _scanner(kind: Kind) -> tuple[re.Pattern[str], dict[str, str]]:
    """Latin words match between word ends only (`java` is not in `javascript`); Japanese has no spaces to end at."""
    codes: dict[str, str] = {}
    for term in _LISTS[kind]:
        for word in _words(term):
            codes.setdefault(_spaced(word), term.code)
    longest_first = sorted(codes, key=len, reverse=True)
    bounded = (
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9+#])" if word.isascii() else re.escape(word)
        for word in longest_first
    )
    return re.compile("|".join(bounded)), codes
