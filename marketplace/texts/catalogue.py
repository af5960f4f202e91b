"""The message catalogue of refusals: `refusals/*.toml`, Japanese beside English. Pages: `translation`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from domain.calendar import JST

Language = Literal["ja", "en"]
Value = str | int | date | datetime

FOLDER = Path(__file__).parent
UNKNOWN_CODE = "refused"


@cache
def catalogue(folder: str) -> dict[str, dict[str, str]]:
    """Key → language → text, of all files of a folder."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted((FOLDER / folder).glob("*.toml")):
        texts.update(tomllib.loads(path.read_text("utf-8")))
    return texts


def sentence(code: str, language: Language, values: Mapping[str, Value]) -> str:
    """What a refusal says to a person. A code without a text gets the general one, so that an answer never fails."""
    texts = catalogue("refusals")
    found = texts.get(code, {}).get(language)
    shown = {name: _shown(name, value, language) for name, value in values.items()}
    if found is not None:
        try:
            return found.format_map(shown)
        except (KeyError, IndexError, ValueError):
            pass
    return texts[UNKNOWN_CODE][language].format(code=code)


def _shown(name: str, value: Value, language: Language) -> str:
    """A value as people read it: dates by the language, moments in Japan's time, yen with separators."""
    if isinstance(value, datetime):
        local = value.astimezone(JST)
        return f"{_day(local, language)} {local:%H:%M}{'' if language == 'ja' else ' JST'}"
    if isinstance(value, date): return _day(value, language)
    return f"{value:,}" if isinstance(value, int) and name.endswith("yen") else str(value)


def _day(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "ja" else f"{day.day} {day:%B %Y}"
