"""The types of what may come in: text in Unicode form C without controls, bounded; numbers every client can hold."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

MOST_INTEGER = 2**53 - 1
"""The largest integer that JavaScript's numbers hold exactly."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\S[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z"
_SOME_TEXT = r"\S"

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_ONE_LINE)]
"""One line of text: a name, a title."""
ShortLine = Annotated[str, Meta(min_length=1, max_length=80, pattern=_ONE_LINE)]
"""One short line: a label."""
Text = Annotated[str, Meta(min_length=1, max_length=4_000, pattern=_SOME_TEXT)]
"""Some paragraphs."""
Query = Annotated[str, Meta(max_length=200)]
"""Words to search for; may be empty."""
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9:.-]*\Z")]
"""A code of our own vocabulary, such as `software-engineer`."""
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}\Z")]
"""An address of a mailbox. Whether it exists only a mail can tell."""
Token = Annotated[str, Meta(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+\Z")]
"""What stands in a link."""
Integer = Annotated[int, Meta(ge=-MOST_INTEGER, le=MOST_INTEGER)]
"""Any whole number."""
Count = Annotated[int, Meta(ge=0, le=MOST_INTEGER)]
"""A whole number from nought."""
Yen = Annotated[int, Meta(ge=0, le=10_000_000_000)]
"""An amount in yen."""
PageSize = Annotated[int, Meta(ge=1, le=100)]
"""How many rows of a list at once."""

__all__ = [
    "UUID",
    "Body",
    "Code",
    "Count",
    "Email",
    "Integer",
    "Line",
    "PageSize",
    "Query",
    "ShortLine",
    "Text",
    "Token",
    "Yen",
    "clean",
    "date",
]  # fmt: skip


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every input is: fields it does not know are refused, not dropped."""


class NoBody(Body, frozen=True):
    """Nothing is said beyond the address: an empty body or `{}`."""


def clean(text: str) -> str | None:
    """`text` in Unicode form C; None if it holds a control character, a lone surrogate or a non-character."""
    if _FORBIDDEN.search(text): return None
    return text if text.isascii() else unicodedata.normalize("NFC", text)
