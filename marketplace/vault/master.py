"""The master keys: what opens everything. They lie in a file (mode 0600, named in the settings), never in the database.

The file is one key of 64 hexadecimal digits, or after a rotation labelled lines: `root …` once, then `wrap …` for each
wrapping key, the last in use. From the root come the keys of blind indexes, lexemes and signatures; it never rotates,
for digests in the database depend on it. Wrapping keys come and go: `with_new_kek`, `upkeep.rewrap`, `without_kek`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.refusal import Refused

KEY_BYTES = 32


class MasterKeys:
    """The opened master keys. `tenant` names this installation in every record's associated data."""

    def __init__(self, root: bytes, wrapping: Sequence[bytes]) -> None:
        if not wrapping or any(len(key) != KEY_BYTES for key in (root, *wrapping)):
            raise Refused("master-key-unreadable")
        self._root = root
        self._wrapping = tuple(wrapping)
        self._keks = {_name(key): AESGCM(key) for key in wrapping}
        self.current = _name(wrapping[-1])
        self.tenant = UUID(bytes=self.derive("tenant")[:16], version=4)

    def __repr__(self) -> str:
        return f"MasterKeys({self.tenant}, current={self.current!r})"

    @classmethod
    def from_key(cls, key: bytes) -> MasterKeys:
        """The keys of a file that holds a single 32-byte key: root and wrapping key are derived from it."""
        return cls(_derive(key, "root"), [_derive(key, "wrap")])

    @classmethod
    def parse(cls, text: str) -> MasterKeys:
        """The keys of a file's text, in either form. Raises Refused `master-key-unreadable`."""
        words = text.split()
        try:
            if len(words) == 1:
                return cls.from_key(bytes.fromhex(words[0]))
            keys = [bytes.fromhex(word) for word in words[1::2]]
        except ValueError:
            raise Refused("master-key-unreadable") from None
        if words[0::2] != ["root"] + ["wrap"] * (len(keys) - 1):
            raise Refused("master-key-unreadable")
        return cls(keys[0], keys[1:])

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose; two purposes' keys say nothing of each other."""
        return _derive(self._root, purpose)

    @property
    def names(self) -> frozenset[str]:
        """The names of all wrapping keys in the file."""
        return frozenset(self._keks)

    def kek(self, kek_id: str) -> AESGCM:
        """The wrapping key of that name. Raises Refused `wrapping-key-missing`: it is not in the file (any more)."""
        if kek_id not in self._keks:
            raise Refused("wrapping-key-missing", kek=kek_id)
        return self._keks[kek_id]

    def with_new_kek(self) -> MasterKeys:
        """The same keys and a new current wrapping key; `upkeep.rewrap` then moves the keyring over."""
        return MasterKeys(self._root, (*self._wrapping, secrets.token_bytes(KEY_BYTES)))

    def without_kek(self, kek_id: str) -> MasterKeys:
        """Forget an old wrapping key: copies of the keyring from before the rewrap become noise."""
        if kek_id == self.current:
            raise Refused("wrapping-key-in-use", kek=kek_id)
        return MasterKeys(self._root, [key for key in self._wrapping if _name(key) != kek_id])

    def save(self, path: Path) -> None:
        """Write the labelled form, whole or not at all, readable by its owner alone."""
        lines = [f"root {self._root.hex()}", *(f"wrap {key.hex()}" for key in self._wrapping)]
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("\n".join((*lines, "")))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def _name(key: bytes) -> str:
    return hashlib.sha256(b"career-relay/kek-name/" + key).hexdigest()[:16]


def _derive(key: bytes, purpose: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise Refused("master-key-unreadable")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"career-relay/{purpose}".encode()).derive(key)
