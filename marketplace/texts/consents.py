"""The exact words of each consent, by version; a receipt names the version, this finds the words again."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from domain.refusal import Refused

CURRENT = "v1"


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("marketplace.texts").joinpath("consents.toml").read_text("utf-8"))


def words(version: str, key: tuple[str, ...], language: str, **values: str) -> str:
    """The words of one consent: key is the scope and, where there is one, the level or channel.

    Refuses `consent-text-unknown` for a version or key that there never was.
    """
    found: Any = _texts().get(version)
    for part in key:
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, dict) or language not in found: raise Refused("consent-text-unknown")
    text: str = found[language]
    return text.format(**values)
