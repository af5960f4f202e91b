"""One entry of our vocabulary: a stable code, its label in both languages, and the other words people use for it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """Which list a code belongs to. A code is in one list only."""

    SKILL = "skill"
    OCCUPATION = "occupation"
    PREFECTURE = "prefecture"
    LANGUAGE = "language"
    STAGE = "stage"
    REASON = "reason"
    CHANNEL = "channel"
    SENIORITY = "seniority"
    SALARY = "salary"
    EVALUATION = "evaluation"


class Term(msgspec.Struct, frozen=True):
    """`words` are further search words, either language; code and labels are found without being repeated there."""

    code: str
    ja: str
    en: str
    words: tuple[str, ...] = ()
