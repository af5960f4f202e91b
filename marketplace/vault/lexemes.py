"""Searching free text without reading it: its words as keyed 64-bit numbers, written beside the sealed record.

Words are NFKC, casefolded; Latin letters and digits apart (`Python3` → python, 3), Japanese as pairs of neighbouring
characters, and C++, C#, F#, .NET whole. The same words in a query give the same numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from uuid import uuid4

import msgspec

from domain.ids import VaultRef
from domain.refusal import Refused
from marketplace.vault.companion import CompanionRow
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject

Screen = Callable[[str], Sequence[str]]
"""Finds the words in a free text that must not be in it (公正採用, names); empty when it is fit to be shown."""

_KANA = r"\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe"
_CJK = rf"{_KANA}\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"(?P<whole>(?<![^\W\d_{_CJK}])(?:c\+\+|[cf]\#)|\.net(?![^\W\d_{_CJK}]))"
    rf"|(?P<cjk>[{_CJK}]+)"
    rf"|(?P<latin>(?:(?![{_CJK}])[^\W\d_])+)"
    r"|(?P<digits>\d+)"
)


class SealedLexemes(msgspec.Struct, frozen=True):
    """The reference that the event names, and the row to hand to the store."""

    ref: VaultRef
    row: CompanionRow


def words(text: str) -> frozenset[str]:
    """The search words of a text."""
    found: set[str] = set()
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        token = match.group()
        if match.lastgroup == "cjk" and len(token) > 1:
            found.update(token[i : i + 2] for i in range(len(token) - 1))
        else:
            found.add(token)
    return frozenset(found)


class LexemeKey:
    """Makes lexemes under a key derived from the master key file."""

    def __init__(self, master: MasterKeys) -> None:
        self._key = master.derive("lexemes")

    def query_lexemes(self, text: str) -> list[int]:
        """The numbers to look for, sorted; a text matches when it has all of them. Empty when it has no word."""
        return sorted(self._number(word) for word in words(text))

    def seal(
        self, subject: Subject, texts: Iterable[str], *, screen: Screen, ref: VaultRef | None = None
    ) -> SealedLexemes:
        """The lexemes of free texts. Raises Refused `free-text-not-fit` with the words that `screen` found."""
        several = list(texts)
        if bad := sorted({word for text in several for word in screen(text)}):
            raise Refused("free-text-not-fit", words="、".join(bad))
        ref = ref or VaultRef(uuid4())
        lexemes = sorted({self._number(word) for text in several for word in words(text)})
        values = {"ref": str(ref), "subject_kind": str(subject.kind), "subject_id": str(subject.id), "lexemes": lexemes}
        return SealedLexemes(ref, CompanionRow("vault_lexemes", values))

    def _number(self, word: str) -> int:
        digest = hmac.new(self._key, word.encode(), hashlib.sha256).digest()
        return int.from_bytes(digest[:8], signed=True)
