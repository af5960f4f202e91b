"""Single values as people and systems write them: blanks, dates, mail addresses, phone numbers, scores, yes and no."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import Final

import phonenumbers

JST = timezone(timedelta(hours=9))
EARLIEST: Final = date(2000, 1, 1)
_EXCEL_ZERO: Final = date(1899, 12, 30)
_REIWA_ZERO: Final = 2018
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT(].*)?", re.DOTALL)
_REIWA = re.compile(r"(?:令和|r)\s*(\d{1,2}|元)\s*[年.]\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*日?", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})", re.IGNORECASE)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_FORMULA_SIGNS: Final = frozenset("=+-@")
_MAIL_LENGTH: Final = 254
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SCORES: Final = {
    **{str(score): score for score in range(1, 6)},
    "a": 5, "b": 4, "c": 3, "d": 2, "e": 1, "◎": 5, "○": 4, "〇": 4, "△": 3, "×": 1,
    "strong_yes": 5, "yes": 4, "mixed": 3, "no": 2, "definitely_not": 1,
}  # fmt: skip
_YES: Final = frozenset({"可", "可能", "○", "〇", "◎", "はい", "有", "あり", "ok", "yes", "y", "true", "1", "希望する"})
_NO: Final = frozenset(
    {"不可", "×", "✕", "x", "いいえ", "無", "なし", "ng", "no", "n", "false", "0", "希望しない", "拒否"}
)


def blank(text: str) -> str:
    """The text without its edges; a lone `'`, with which spreadsheets mark an empty cell, is blank.

    So is the `'` gone that keeps a spreadsheet from calculating what only looks like a formula.
    """
    text = text.strip(" \t\r\n\u3000\u00a0\u200b\ufeff")
    if text[:1] == "'" and text[1:2] in _FORMULA_SIGNS: text = text[1:]
    return "" if text in {"'", "’", "＇"} else text


def plain(text: str) -> str:
    """Half-width, without edges: for ids, dates, codes. Never for names."""
    return unicodedata.normalize("NFKC", blank(text)).strip()


def readable(text: str) -> bool:
    """Nothing in it that hides, reorders or cannot be stored: control signs, bidirectional overrides, half pairs."""
    return not any(
        (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t") or sign in _BIDI for sign in text
    )


def file_name(text: str) -> bool:
    """The bare name of a file: no folder, on one line, nothing that would show another name than it has."""
    return readable(text) and not any(sign in "/\\\n\t" for sign in text)


def day(text: str) -> date | None:
    """The day meant: ISO, slashes, 2026年3月1日, 令和8年3月1日, 20260301, Excel serial, a moment in JST; or None."""
    text = plain(text)
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(JST).date()
        if match := _DAY.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _REIWA.fullmatch(text):
            year = 1 if match[1] == "元" else int(match[1])
            return date(_REIWA_ZERO + year, int(match[2]), int(match[3]))
        if match := _SERIAL.fullmatch(text):
            return _EXCEL_ZERO + timedelta(days=int(match[1]))
    except (ValueError, OverflowError):
        return None
    return None


def mail(text: str) -> str | None:
    """A mail address with its domain in small letters; None if it is none."""
    text = plain(text)
    if len(text) > _MAIL_LENGTH or not _MAIL.fullmatch(text):
        return None
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}" if len(local) <= 64 else None  # noqa: PLR2004  RFC 5321


def phone(text: str) -> str | None:
    """A phone number as E.164, Japanese where no country is said; None if it cannot be one."""
    try:
        number = phonenumbers.parse(plain(text)[:40], "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def score(text: str) -> int | None:
    """A score from 1 (poor) to 5 (best): 1 to 5, A to E, ◎○△×, or Greenhouse's words; None if it is none of these."""
    return _SCORES.get(plain(text).casefold())


def yes(text: str) -> bool | None:
    """可 and 不可, ○ and ×, yes and no; None for anything else."""
    word = plain(text).casefold()
    return True if word in _YES else False if word in _NO else None
