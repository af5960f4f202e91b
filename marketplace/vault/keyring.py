"""The keyring: one data key per subject, wrapped by a key that is not in the database. An erased key never comes back.

It is reached through its own pool and may live in another database, so a key is committed before the record that needs
it; a command that failed leaves an unused key, which `upkeep.sweep_unused` removes. Unwrapped keys stay in memory for
at most a minute and only for the keyring epoch they were read in: every erasure moves the epoch.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import tuple_row

from domain.refusal import Refused
from marketplace.store.database import Database
from marketplace.vault.master import KEY_BYTES, MasterKeys
from marketplace.vault.subject import Subject, SubjectKind

NONCE_BYTES = 12
CACHE_SECONDS = 60.0
CACHE_SUBJECTS = 10_000

_EPOCH = "SELECT epoch FROM vault_epoch"
_KEYS = """
    SELECT k.subject_kind, k.subject_id, k.dek_version, k.kek_id, k.wrapped
    FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    JOIN vault_key k ON k.subject_kind = asked.kind AND k.subject_id = asked.id
"""
_TOMBSTONED = """
    SELECT t.subject_kind, t.subject_id
    FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    JOIN vault_tombstone t ON t.subject_kind = asked.kind AND t.subject_id = asked.id
"""
_INSERT = """
    INSERT INTO vault_key (subject_kind, subject_id, dek_version, kek_id, wrapped)
    SELECT kind, id, 1, %(kek)s, wrapped FROM unnest(%(kinds)s::text[], %(ids)s::uuid[], %(wrapped)s::bytea[])
        AS made (kind, id, wrapped)
    ORDER BY kind, id
    ON CONFLICT DO NOTHING
"""
# A key about to be used must not be swept; the age is the machine's own, so a moved business clock sweeps nothing.
_TOUCH = """
    UPDATE vault_key k SET created_at = clock_timestamp()
    FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    WHERE k.subject_kind = asked.kind AND k.subject_id = asked.id AND NOT k.used
"""
_BURY = """
    INSERT INTO vault_tombstone (subject_kind, subject_id, erased_at)
    SELECT kind, id, %(now)s FROM unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    ON CONFLICT DO NOTHING
"""
_DELETE = """
    DELETE FROM vault_key k USING unnest(%(kinds)s::text[], %(ids)s::uuid[]) AS asked (kind, id)
    WHERE k.subject_kind = asked.kind AND k.subject_id = asked.id
"""


class Keys(msgspec.Struct, frozen=True):
    """A subject's unwrapped keys by version; new records are sealed with the latest."""

    by_version: Mapping[int, AESGCM]

    @property
    def latest(self) -> int:
        """The version to seal with."""
        return max(self.by_version)


class _Cached(msgspec.Struct, frozen=True):
    keys: Keys
    epoch: int
    until: float


class Keyring:
    """The keys of all subjects. One per process; safe to use from several threads.

    `database` is a pool of its own: a command that holds a connection and asks for a key must not wait for one more.
    """

    def __init__(self, database: Database, master: MasterKeys) -> None:
        self.database = database
        self.master = master
        self._cache: OrderedDict[Subject, _Cached] = OrderedDict()
        self._lock = threading.Lock()

    def keys(self, subjects: Iterable[Subject]) -> dict[Subject, Keys]:
        """The keys of those subjects that have one: two statements at most, however many subjects."""
        wanted = list(dict.fromkeys(subjects))
        if not wanted:
            return {}
        with self.database.transaction() as connection:
            epoch = _epoch(connection)
            found = self._cached(wanted, epoch)
            missing = [s for s in wanted if s not in found]
            fresh = self._read(connection, missing) if missing else {}
        self._remember(fresh, epoch)
        return found | fresh

    def obtain(self, subjects: Iterable[Subject]) -> dict[Subject, Keys]:
        """The keys to seal with, made where there are none. Raises Refused `erased-for-good`."""
        wanted = list(dict.fromkeys(subjects))
        if not wanted:
            return {}
        with self.database.transaction() as connection:
            epoch = _epoch(connection)
            found = self._cached(wanted, epoch)
            missing = [s for s in wanted if s not in found]
            fresh = self._make(connection, missing) if missing else {}
        self._remember(fresh, epoch)  # not before the commit: a key that was not stored must not seal anything
        return found | fresh

    def tombstoned(self, subjects: Sequence[Subject]) -> frozenset[Subject]:
        """Those of the subjects that were erased."""
        with self.database.transaction() as connection:
            return _tombstoned(connection, subjects)

    def destroy(self, subjects: Sequence[Subject], *, now: datetime) -> None:
        """Tombstone the subjects and delete their keys, for good. A second time changes nothing."""
        asked = _asked(subjects)
        with self.database.transaction() as connection:
            # Against a key being made at this moment: it is either there to be deleted or refused by its trigger.
            connection.execute("LOCK TABLE vault_key IN SHARE ROW EXCLUSIVE MODE")
            connection.execute(_BURY, {**asked, "now": now})
            connection.execute(_DELETE, asked)
            connection.execute("UPDATE vault_epoch SET epoch = epoch + 1")

    def wrap(self, subject: Subject, dek_version: int, dek: bytes) -> bytes:
        """The data key, wrapped by the current wrapping key and bound to its subject and version."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        kek_id = self.master.current
        return nonce + self.master.kek(kek_id).encrypt(nonce, dek, self._bound_to(subject, dek_version, kek_id))

    def unwrap(self, subject: Subject, dek_version: int, kek_id: str, wrapped: bytes) -> bytes:
        """The data key. Raises Refused `wrapping-key-missing`, or `key-damaged` when the row was moved or altered."""
        kek, aad = self.master.kek(kek_id), self._bound_to(subject, dek_version, kek_id)
        try:
            return kek.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):  # ValueError: too short to be one
            raise Refused("key-damaged", subject=str(subject)) from None

    def _bound_to(self, subject: Subject, dek_version: int, kek_id: str) -> bytes:
        return f"{self.master.tenant}|{subject}|{dek_version}|{kek_id}".encode()

    def _make(self, connection: psycopg.Connection[Any], subjects: Sequence[Subject]) -> dict[Subject, Keys]:
        if erased := _tombstoned(connection, subjects):
            raise Refused("erased-for-good", subject=str(min(erased, key=str)))
        with connection.transaction():
            connection.execute(_TOUCH, _asked(subjects))
            known = self._read(connection, subjects)
            if new := [s for s in subjects if s not in known]:
                wrapped = [self.wrap(s, 1, secrets.token_bytes(KEY_BYTES)) for s in new]
                try:
                    connection.execute(_INSERT, {**_asked(new), "kek": self.master.current, "wrapped": wrapped})
                except psycopg.errors.IntegrityConstraintViolation:
                    raise Refused("erased-for-good", subject=str(new[0])) from None
                known |= self._read(connection, new)
        return known

    def _read(self, connection: psycopg.Connection[Any], subjects: Sequence[Subject]) -> dict[Subject, Keys]:
        versions: dict[Subject, dict[int, AESGCM]] = {}
        for kind, subject_id, dek_version, kek_id, wrapped in _rows(connection, _KEYS, _asked(subjects)):
            subject = Subject(SubjectKind(kind), subject_id)
            dek = self.unwrap(subject, dek_version, kek_id, bytes(wrapped))
            versions.setdefault(subject, {})[dek_version] = AESGCM(dek)
        return {subject: Keys(keys) for subject, keys in versions.items()}

    def _cached(self, subjects: Iterable[Subject], epoch: int) -> dict[Subject, Keys]:
        found, moment = {}, time.monotonic()
        with self._lock:
            for subject in subjects:
                cached = self._cache.get(subject)
                if cached is not None and cached.epoch == epoch and cached.until > moment:
                    self._cache.move_to_end(subject)
                    found[subject] = cached.keys
        return found

    def _remember(self, fresh: Mapping[Subject, Keys], epoch: int) -> None:
        # The epoch was read before the keys: a key that was erased in between carries an epoch that is already over.
        until = time.monotonic() + CACHE_SECONDS
        with self._lock:
            for subject, keys in fresh.items():
                self._cache[subject] = _Cached(keys, epoch, until)
                self._cache.move_to_end(subject)
            while len(self._cache) > CACHE_SUBJECTS:
                self._cache.popitem(last=False)


def _asked(subjects: Iterable[Subject]) -> dict[str, Any]:
    several = list(subjects)
    kinds: list[str] = [str(s.kind) for s in several]
    ids: list[UUID] = [s.id for s in several]
    return {"kinds": kinds, "ids": ids}


def _rows(connection: psycopg.Connection[Any], query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query, values).fetchall()


def _epoch(connection: psycopg.Connection[Any]) -> int:
    return int(_rows(connection, _EPOCH, {})[0][0])


def _tombstoned(connection: psycopg.Connection[Any], subjects: Iterable[Subject]) -> frozenset[Subject]:
    return frozenset(Subject(SubjectKind(kind), i) for kind, i in _rows(connection, _TOMBSTONED, _asked(subjects)))
