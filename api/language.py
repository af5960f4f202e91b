"""Which language to answer in: what the person chose, else what their client asks for, else the operator's setting."""

from __future__ import annotations

from typing import Final

from marketplace.texts.catalogue import Language

LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")
COOKIE = "relay-language"


def choose(*wishes: str | None, accept: str, default: Language) -> Language:
    """The first wish that is a language of ours, else the best of Accept-Language, else the default."""
    for wish in wishes:
        for language in LANGUAGES:
            if wish == language: return language
    return _accepted(accept) or default


def _accepted(header: str) -> Language | None:
    best: tuple[float, Language] | None = None
    for part in header[:500].split(","):
        name, _, weight = part.partition(";")
        primary = name.strip().lower().partition("-")[0]
        for language in LANGUAGES:
            if primary == language and (quality := _quality(weight)) > (best[0] if best else 0):
                best = (quality, language)
    return best[1] if best else None


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name: return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
