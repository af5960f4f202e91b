"""The canary person: a token of their own for every field, and every form in which a token could be left lying."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MARK_LETTERS = 12
TOKEN_LETTERS = 16
ALIGNMENTS = (0, 1, 2)


@dataclass(frozen=True)
class Needle:
    """A form of a secret, and whether case is ignored in looking for it."""

    name: str
    form: bytes
    folded: bool = False

    def stands_in(self, data: bytes, lowered: bytes) -> bool:
        return self.form in (lowered if self.folded else data)


@dataclass
class Canary:
    """Every token begins with the canary's mark, so looking for the mark in all its forms looks for all of them."""

    mark: str = field(default_factory=lambda: "zq" + letters(MARK_LETTERS - 2))
    tokens: dict[str, str] = field(default_factory=dict)
    number: str = field(default_factory=lambda: f"{10_000_000 + secrets.randbelow(89_999_999)}")

    def token(self, name: str) -> str:
        """The token of one field: the same whenever it is asked for."""
        return self.tokens.setdefault(name, f"{self.mark}{letters(TOKEN_LETTERS)}")

    def email(self, name: str) -> str:
        """An address whose local part is a token."""
        return f"{self.token(name)}@example.jp"

    @property
    def phone(self) -> str:
        """The telephone number as a person writes it."""
        return f"090-{self.number[:4]}-{self.number[4:]}"

    @property
    def phone_normal(self) -> str:
        """The same in E.164."""
        return f"+8190{self.number}"

    def needles(self) -> list[Needle]:
        """The mark and the telephone number in every form, and plain digests of addresses and the number."""
        found = [*forms("mark", self.mark)]
        for name, spelled in (("phone", self.phone), ("phone-e164", self.phone_normal), ("phone-digits", f"090{self.number}")):
            found += forms(name, spelled)
        addresses = [f"{value}@example.jp" for name, value in self.tokens.items() if name.startswith("email")]
        return [*found, *digests([*addresses, self.phone_normal, self.phone, f"090{self.number}"])]


def letters(n: int) -> str:
    """As many small letters by chance. No digits: ten in a row would be a telephone number, and refused in a question."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(n))


def forms(name: str, text: str) -> Iterator[Needle]:
    """A text in the encodings in which it could survive."""
    raw = text.encode()
    plain = {
        "utf-8": (text.lower().encode(), True),
        "hex": (raw.hex().encode(), True),
        "utf-16le": (text.encode("utf-16-le"), False),
        "percent": ("".join(f"%{byte:02x}" for byte in raw).encode(), True),
        "json": ("".join(f"\\u{ord(sign):04x}" for sign in text).encode(), True),
        **{f"base64+{offset}": (base64_within(raw, offset), False) for offset in ALIGNMENTS},
    }
    for encoding, (form, folded) in plain.items():
        yield Needle(f"{name}:{encoding}", form, folded)


def base64_within(raw: bytes, offset: int) -> bytes:
    """The letters that base64 has for certain where `raw` begins `offset` bytes into a group of three."""
    whole = base64.b64encode(bytes(offset) + raw + bytes(-(offset + len(raw)) % 3))
    return whole[-(-8 * offset // 6) : 8 * (offset + len(raw)) // 6]


def digests(texts: Iterable[str]) -> Iterator[Needle]:
    """Unsalted digests, by which an address that is known could be found again."""
    for n, text in enumerate(texts):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            yield Needle(f"{name}-{n}:raw", digest)
            yield Needle(f"{name}-{n}:hex", digest.hex().encode(), folded=True)
            yield Needle(f"{name}-{n}:base64", base64.b64encode(digest).rstrip(b"="))


def written(text: str) -> dict[str, bytes]:
    """How something careless would write a text, by the encoding: what a scan has to find."""
    raw = text.encode()
    return {
        "utf-8": raw,
        "utf-16le": ("name=" + text).encode("utf-16-le"),
        "hex": raw.hex().encode(),
        **{f"base64+{offset}": base64.b64encode(b"ab"[:offset] + raw + b"!") for offset in ALIGNMENTS},
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "json": b'"' + "".join(f"\\u{ord(sign):04x}" for sign in text).encode() + b'"',
        "casefolded": text.upper().encode(),
    }


def seen(data: bytes, needles: Iterable[Needle]) -> set[str]:
    """The names of the needles that stand in `data`."""
    lowered = data.lower()
    return {needle.name for needle in needles if needle.stands_in(data, lowered)}
