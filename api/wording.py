"""How values read in a reader's language: words for codes, days with their weekday, moments in Japan's time, yen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal

from domain import vocabulary
from domain.calendar import JST
from domain.vocabulary import Kind
from marketplace.texts.catalogue import Language
from marketplace.texts.translation import word

_DAY = {"ja": "y年M月d日(E)", "en": "EEEE d MMMM y"}
_MIDNIGHT = (0, 0, 0, 0)


def helpers(language: Language) -> dict[str, Any]:
    """What every template may call, beside `_()`."""
    bound = (word, code, choices, yen, number, day, until, moment, named)
    return {**{each.__name__: partial(each, language) for each in bound}, "percent": percent}


def code(language: Language, *codes: str) -> str:
    """The labels of codes of the vocabulary; a dash where nothing is said."""
    between = "、" if language == "ja" else ", "
    return between.join(vocabulary.label(each, language) if vocabulary.kind_of(each) else each for each in codes if each) or "—"


def choices(language: Language, kind: str) -> list[tuple[str, str]]:
    """Code and label of one list, in the order in which a form offers it."""
    return [(term.code, term.ja if language == "ja" else term.en) for term in vocabulary.terms(Kind(kind))]


def number(language: Language, count: int) -> str:
    """A count with the language's separators."""
    return format_decimal(count, locale=language)


def yen(language: Language, amount_yen: int | None) -> str:
    """¥1,234,567, with the sign in front."""
    if amount_yen is None: return "—"
    return f"{'−' if amount_yen < 0 else ''}¥{number(language, abs(amount_yen))}"


def percent(bps: int) -> str:
    """Basis points as people read them: 3000 is 30%."""
    return f"{bps / 100:g}%"


def day(language: Language, on: date | None) -> str:
    """A business date with its weekday, a moment's date in Japan; a dash for none."""
    if on is None: return "—"
    if isinstance(on, datetime): on = on.astimezone(JST).date()
    return format_date(on, _DAY[language], locale=language)


def moment(language: Language, at: datetime | None) -> str:
    """A moment in Japan's time, to the minute; a dash for none."""
    if at is None: return "—"
    local = at.astimezone(JST)
    said = day(language, local.date())
    return f"{said} {local:%H:%M}" if language == "ja" else f"{said}, {local:%H:%M} JST"


def until(language: Language, at: datetime | None) -> str:
    """An exclusive deadline as people read it, in Japan's time: midnight is the last minute of the day before."""
    if at is None: return "—"
    local = at.astimezone(JST)
    if (local.hour, local.minute, local.second, local.microsecond) == _MIDNIGHT: local -= timedelta(minutes=1)
    said = moment(language, local)
    return f"{said} (日本時間)" if language == "ja" else said


def named(language: Language, company: Any) -> str:  # noqa: ANN401  whatever has `name` and `name_en`
    """A company by its name in the reader's language, as it was written."""
    return str((company.name_en or company.name) if language == "en" else company.name)


def called(language: Language, names: Mapping[UUID, tuple[str, str]], company: UUID) -> str:
    """The same, out of the directory's names."""
    name, name_en = names.get(company, ("", ""))
    return (name_en or name) if language == "en" else name
