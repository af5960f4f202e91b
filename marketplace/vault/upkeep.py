"""Keeping the keyring: sweep keys that no record uses, move all keys under a new wrapping key."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import tuple_row

from marketplace.vault.keyring import Keyring
from marketplace.vault.subject import Subject, SubjectKind

_OLD = """
    SELECT subject_kind, subject_id, dek_version FROM vault_key
    WHERE NOT used AND created_at < clock_timestamp() - interval '1 day'
    ORDER BY created_at LIMIT %s
"""
_HAS_RECORD = """
    SELECT DISTINCT r.subject_kind, r.subject_id, r.dek_version
    FROM unnest(%s::text[], %s::uuid[], %s::int[]) AS k (kind, id, dek_version)
    JOIN vault_record r ON r.subject_kind = k.kind AND r.subject_id = k.id AND r.dek_version = k.dek_version
"""
# Asked for again in the meantime, a key is young once more and stays.
_DELETE = """
    DELETE FROM vault_key WHERE (subject_kind, subject_id, dek_version) = (%s, %s, %s)
    AND NOT used AND created_at < clock_timestamp() - interval '1 day'
"""
_USED = "UPDATE vault_key SET used = true WHERE (subject_kind, subject_id, dek_version) = (%s, %s, %s)"
_UNDER_OLD_KEK = """
    SELECT subject_kind, subject_id, dek_version, kek_id, wrapped FROM vault_key
    WHERE kek_id <> %s LIMIT %s FOR UPDATE SKIP LOCKED
"""
_REWRAPPED = """
    UPDATE vault_key SET kek_id = %s, wrapped = %s WHERE (subject_kind, subject_id, dek_version) = (%s, %s, %s)
"""


def sweep_unused(keyring: Keyring, vault: psycopg.Connection[Any], *, most: int = 1000) -> int:
    """Delete keys older than a day whose command never wrote its record; `vault` is a connection to the records.

    Answers how many were deleted. Keys that turn out to be used are marked and not looked at again.
    """
    with keyring.database.transaction() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        old = cursor.execute(_OLD, (most,)).fetchall()
    if not old:
        return 0
    with vault.cursor(row_factory=tuple_row) as cursor:
        columns = tuple(list(column) for column in zip(*old, strict=True))
        used = set(cursor.execute(_HAS_RECORD, columns).fetchall())
    deleted = 0
    with keyring.database.transaction() as connection:
        for key in old:
            if key in used:
                connection.execute(_USED, key)
            else:
                deleted += connection.execute(_DELETE, key).rowcount
    return deleted


def rewrap(keyring: Keyring, *, batch: int = 1000) -> int:
    """Wrap every data key by the current wrapping key, a batch a transaction; answers how many moved."""
    moved = 0
    while count := _rewrap_batch(keyring, batch):
        moved += count
    return moved


def _rewrap_batch(keyring: Keyring, batch: int) -> int:
    current = keyring.master.current
    with keyring.database.transaction() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(_UNDER_OLD_KEK, (current, batch)).fetchall()
        changes = []
        for kind, subject_id, dek_version, kek_id, wrapped in rows:
            subject = Subject(SubjectKind(kind), subject_id)
            dek = keyring.unwrap(subject, dek_version, kek_id, bytes(wrapped))
            changes.append((current, keyring.wrap(subject, dek_version, dek), kind, subject_id, dek_version))
        cursor.executemany(_REWRAPPED, changes)
    return len(rows)
