"""From the words of an export to the codes of our vocabulary; the words themselves are not kept."""

from __future__ import annotations

from typing import Final

from domain.vocabulary import Kind, codes_for, kind_of, mentioned_in

LONGEST: Final = 300
"""Beyond this it is no name of anything, and not worth the search."""


def code_of(text: str, kind: Kind) -> str:
    """The code that the text names as a whole, else the longest wording of one that it mentions, else empty."""
    if not text or len(text) > LONGEST:
        return ""
    whole = sorted(code for code in codes_for(text) if kind_of(code) is kind)
    return next(iter(whole or mentioned_in(text, kind)), "")
