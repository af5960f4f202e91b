"""Sealing and opening: one record version is one AES-256-GCM blob, bound to the row it stands in.

Associated data is tenant | subject | reference | version | key version | schema, so a blob that was moved to another
row, or read as another type, does not open. Inside lie a random salt and the record; `commit`, the
HMAC-SHA256(salt, record), stands in the event: proof of what was shown while the record exists, noise afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import psycopg
from cryptography.exceptions import InvalidTag
from psycopg.rows import class_row

from domain.event import stable_name
from domain.ids import VaultRef
from domain.refusal import Refused
from marketplace.vault.companion import CompanionRow, bytea
from marketplace.vault.keyring import NONCE_BYTES, Keyring, Keys
from marketplace.vault.masked import MaskedKeyring, mask
from marketplace.vault.subject import Subject, SubjectKind

SALT_BYTES = 32


class Record(msgspec.Struct, frozen=True, kw_only=True, tag=stable_name, tag_field="type"):
    """Personal data. A new field needs a default: old blobs must still open."""

    def __repr__(self) -> str:
        """Never the values: a record must not reach a log or a traceback."""
        return f"{type(self).__name__}(…)"


R = TypeVar("R", bound=Record)


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed record: what the event says of it, and the row to hand to `store.append(..., also=companions(...))`."""

    ref: VaultRef
    version: int
    commit: str
    row: CompanionRow


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A record on its way into the vault. `person`, `class_`, `retain_until`: for received and statutory ones."""

    subject: Subject
    record: Record
    ref: VaultRef | None = None
    version: int = 1
    person: UUID | None = None
    class_: str | None = None
    retain_until: date | None = None


class _Blob(msgspec.Struct, frozen=True, array_like=True):
    salt: bytes
    body: bytes


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    subject_kind: str
    subject_id: UUID
    ref: UUID
    version: int
    dek_version: int
    nonce: bytes
    ciphertext: bytes


class Sealer:
    """Makes companion rows. It writes nothing but missing keys, and those through the keyring's own connection."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(
        self,
        subject: Subject,
        record: Record,
        *,
        ref: VaultRef | None = None,
        version: int = 1,
        person: UUID | None = None,
    ) -> Sealed:
        """Seal one record; without `ref` under a new random one. Raises Refused `erased-for-good`."""
        return self.seal_many([Draft(subject=subject, record=record, ref=ref, version=version, person=person)])[0]

    def make_keys(self, subjects: Iterable[Subject]) -> None:
        """Have the keys of all those who are sealed for next, with two statements. Raises Refused `erased-for-good`."""
        self._keyring.obtain(subjects)

    def seal_many(self, drafts: Sequence[Draft]) -> list[Sealed]:
        """Seal many, in order, with two statements for all their keys. Raises as `seal`; then nothing is sealed."""
        keys = self._keyring.obtain(d.subject for d in drafts)
        return [self._sealed(draft, keys[draft.subject]) for draft in drafts]

    def _sealed(self, draft: Draft, keys: Keys) -> Sealed:
        ref = draft.ref or VaultRef(uuid4())
        blob = _Blob(secrets.token_bytes(SALT_BYTES), msgspec.msgpack.encode(draft.record))
        nonce = secrets.token_bytes(NONCE_BYTES)
        aad = _bound_to(self._keyring, draft.subject, ref, draft.version, keys.latest, type(draft.record))
        ciphertext = keys.by_version[keys.latest].encrypt(nonce, msgspec.msgpack.encode(blob), aad)
        values = {
            "subject_kind": str(draft.subject.kind),
            "subject_id": str(draft.subject.id),
            "ref": str(ref),
            "version": draft.version,
            "dek_version": keys.latest,
            "nonce": bytea(nonce),
            "ciphertext": bytea(ciphertext),
            "person": draft.person and str(draft.person),
            "class": draft.class_,
            "retain_until": draft.retain_until and draft.retain_until.isoformat(),
        }
        return Sealed(ref=ref, version=draft.version, commit=_commit(blob), row=CompanionRow("vault_record", values))


def open_one(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    subject: Subject,
    ref: VaultRef,
    record: type[R],
    *,
    version: int | None = None,
    commit: str | None = None,
) -> R:
    """Open a record, and hold it against its commitment if one is given. Raises as `records.open_own`."""
    row = _rows(connection, [ref], version).get(ref)
    if isinstance(keyring, MaskedKeyring) and row is not None and _belongs(row, subject):
        return mask(record)
    keys = keyring.keys([subject])
    if row is None or not _belongs(row, subject) or subject not in keys:
        raise Refused("record-gone")
    blob = _blob(keyring, row, subject, keys[subject], record)
    if commit is not None and not hmac.compare_digest(_commit(blob), commit):
        raise Refused("record-not-as-committed")
    return msgspec.msgpack.decode(blob.body, type=record)


def open_several(
    keyring: Keyring, connection: psycopg.Connection[Any], wanted: Sequence[tuple[Subject, VaultRef]], record: type[R]
) -> dict[VaultRef, R]:
    """Open the latest version of many records; those that are gone are left out."""
    rows = _rows(connection, [ref for _, ref in wanted], None)
    if isinstance(keyring, MaskedKeyring):
        return {ref: mask(record) for subject, ref in wanted if ref in rows and _belongs(rows[ref], subject)}
    keys = keyring.keys(subject for subject, _ in wanted)
    return {
        ref: msgspec.msgpack.decode(_blob(keyring, rows[ref], subject, keys[subject], record).body, type=record)
        for subject, ref in wanted
        if ref in rows and subject in keys and _belongs(rows[ref], subject)
    }


_SELECT = """
    SELECT DISTINCT ON (ref) subject_kind, subject_id, ref, version, dek_version, nonce, ciphertext
    FROM vault_record WHERE ref = ANY(%(refs)s) AND (%(version)s::int IS NULL OR version = %(version)s)
    ORDER BY ref, version DESC
"""


def _rows(connection: psycopg.Connection[Any], refs: Sequence[VaultRef], version: int | None) -> Mapping[UUID, _Row]:
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        return {row.ref: row for row in cursor.execute(_SELECT, {"refs": list(refs), "version": version})}


def _belongs(row: _Row, subject: Subject) -> bool:
    return subject == Subject(SubjectKind(row.subject_kind), row.subject_id)


def _blob(keyring: Keyring, row: _Row, subject: Subject, keys: Keys, record: type[Record]) -> _Blob:
    if row.dek_version not in keys.by_version:
        raise Refused("record-unreadable")
    aad = _bound_to(keyring, subject, VaultRef(row.ref), row.version, row.dek_version, record)
    try:
        content = keys.by_version[row.dek_version].decrypt(row.nonce, row.ciphertext, aad)
    except InvalidTag:
        raise Refused("record-unreadable") from None
    return msgspec.msgpack.decode(content, type=_Blob)


def _bound_to(
    keyring: Keyring, subject: Subject, ref: VaultRef, version: int, dek_version: int, record: type[Record]
) -> bytes:
    schema = stable_name(record.__name__)
    return f"{keyring.master.tenant}|{subject}|{ref}|{version}|{dek_version}|{schema}".encode()


def _commit(blob: _Blob) -> str:
    return hmac.new(blob.salt, blob.body, hashlib.sha256).hexdigest()
