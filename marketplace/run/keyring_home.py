"""Where the keyring lies: in a database of its own, whose backups are few and short, or beside the records.

An erasure destroys a key. As long as a backup holds the records and the keys together, it holds the person; a backup of
the records alone holds noise.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from marketplace.run.database import Addresses
from marketplace.run.migrations import FOLDER, MigrationFailed, migrate
from marketplace.run.settings import BadSetting

KEYRING_FOLDER = FOLDER / "keyring"

_HELD_HERE = "SELECT EXISTS (SELECT FROM vault_key), EXISTS (SELECT FROM vault_record)"
_TOMBSTONES = "SELECT subject_kind, subject_id, erased_at FROM vault_tombstone"
_BURY = "INSERT INTO vault_tombstone (subject_kind, subject_id, erased_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_KEYS = "SELECT subject_kind, subject_id, dek_version, kek_id, wrapped, created_at, used FROM vault_key"
_MOVE_IN = """
    INSERT INTO vault_key (subject_kind, subject_id, dek_version, kek_id, wrapped, created_at, used)
    SELECT k.* FROM (SELECT %s::text AS kind, %s::uuid AS id, %s::int, %s::text, %s::bytea, %s::timestamptz, %s::boolean) k
    WHERE NOT EXISTS (SELECT FROM vault_tombstone t WHERE t.subject_kind = k.kind AND t.subject_id = k.id)
    ON CONFLICT DO NOTHING
"""


def migrate_all(addresses: Addresses, on_step: Callable[[str], None] = lambda _step: None) -> list[str]:
    """Bring the records' tables and the keyring's up to this release, and keys that lie with the records home."""
    applied = migrate(addresses.migration_url(), on_step)
    if addresses.keyring_url is None:
        return applied
    if addresses.keyring_owner_url is None:
        raise BadSetting(
            "KEYRING_MIGRATION_URL",
            "is not set, and KEYRING_URL's role may not change tables. Set the keyring's address as the role relay_owner.",
        )
    applied += migrate(addresses.keyring_owner_url, on_step, folder=KEYRING_FOLDER, projections=KEYRING_FOLDER / "none")
    if moved := bring_home(addresses.migration_url(), addresses.keyring_owner_url):
        on_step(f"{moved} keys moved into the keyring's own database")
    return applied


def bring_home(records_url: str, keyring_url: str) -> int:
    """Move the keys and tombstones that lie with the records into the keyring. Stopped anywhere, it can be repeated."""
    with psycopg.connect(records_url) as records, psycopg.connect(keyring_url) as keyring:
        keys = records.execute(_KEYS).fetchall()
        if not keys:
            return 0
        with keyring.transaction(), keyring.cursor() as cursor:
            cursor.executemany(_BURY, records.execute(_TOMBSTONES).fetchall())
            cursor.executemany(_MOVE_IN, keys)
            cursor.execute("UPDATE vault_epoch SET epoch = epoch + 1")
        keyring.commit()
        records.execute("DELETE FROM vault_key")
        records.commit()
    return len(keys)


def check_home(records: psycopg.Connection, keyring: psycopg.Connection, addresses: Addresses) -> None:
    """The keys lie where they are looked for. Raises BadSetting or MigrationFailed, before anything finds no key."""
    keys_here, records_here = records.execute(_HELD_HERE).fetchone() or (False, False)
    if addresses.keyring_url is not None and keys_here:
        raise MigrationFailed("Keys still lie in the database of the records. Stop everything else and say: relay migrate")
    if records_here and keyring.execute("SELECT FROM vault_key LIMIT 1").fetchone() is None:
        raise BadSetting("KEYRING_URL", "leads to no key, though there are records. Set the address of their keyring.")
