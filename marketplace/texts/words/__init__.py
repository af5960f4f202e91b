"""Words for codes that pages show, one module per part of the site: kind → code → English sentence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from marketplace.texts.words import account, candidate, finance, hiring, operator, public, shared, source, team

MODULES = (shared, public, account, candidate, source, hiring, finance, operator, team)
WORDS: dict[str, dict[str, str]] = {}
for _kind, _words in chain.from_iterable(module.WORDS.items() for module in MODULES):
    if _kind in WORDS: raise ValueError(f"two modules have words of the kind {_kind}")
    WORDS[_kind] = _words


def messages() -> Iterator[str]:
    """Every sentence of all words."""
    return chain.from_iterable(words.values() for words in WORDS.values())
