"""The keyring in a database of its own: found where it is, moved there whole, and never silently missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from domain.ids import VaultRef
from domain.refusal import Refused
from marketplace.messages.outbox import write
from marketplace.run.database import Addresses
from marketplace.run.keyring_home import bring_home, migrate_all
from marketplace.run.migrations import MigrationFailed
from marketplace.run.settings import BadSetting, Settings, load
from marketplace.run.wiring import House, open_house
from marketplace.vault.records import ContactRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind

if TYPE_CHECKING:
    from marketplace.run.postgres import Server
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def apart(server: Server, database: Database) -> Iterator[Addresses]:
    """The addresses of the test's database and of an empty one for its keyring."""
    name = f"{database.name}_keyring"
    server.create_database(name)
    yield Addresses(database.app_url, database.owner_url, None, server.app_url(name), server.owner_url(name))
    server.drop_database(name)


def house_of(tmp_path: Path, addresses: Addresses) -> House:
    return open_house(Settings(data=tmp_path, master_key_file=tmp_path / "master.key"), addresses=addresses)


def kept(house: House, subject: Subject) -> ContactRecord:
    ref = _refs[subject]
    with house.database.transaction() as connection:
        return open_own(house.vault.keyring, connection, subject, ref, ContactRecord)


_refs: dict[Subject, VaultRef] = {}


def somebody(house: House) -> Subject:
    subject = Subject(SubjectKind.CANDIDATE, uuid4())
    sealed = house.vault.sealer.seal(subject, ContactRecord(email="mizuki@example.jp"))
    with house.database.transaction() as connection:
        write(connection, sealed.row)
    _refs[subject] = sealed.ref
    return subject


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return int(row[0]) if row else 0


def test_keys_are_made_in_their_own_database_and_none_lies_with_the_records(apart: Addresses, tmp_path: Path) -> None:
    assert migrate_all(apart) == ["0001_keyring.sql"]
    assert migrate_all(apart) == []
    house = house_of(tmp_path, apart)
    try:
        assert kept(house, somebody(house)).email == "mizuki@example.jp"
        erased = somebody(house)
        house.vault.keyring.destroy([erased], now=NOW)
    finally:
        house.close()
    assert [count(apart.migration_url(), table) for table in ("vault_record", "vault_key", "vault_tombstone")] == [2, 0, 0]
    assert [count(apart.keys_url, table) for table in ("vault_key", "vault_tombstone")] == [1, 1]


def test_keys_that_lay_with_the_records_move_home_with_their_tombstones(apart: Addresses, tmp_path: Path) -> None:
    together = Addresses(apart.app_url, apart.owner_url, None)
    before = house_of(tmp_path, together)
    living, erased = somebody(before), somebody(before)
    before.vault.keyring.destroy([erased], now=NOW)
    before.close()
    with pytest.raises(MigrationFailed, match="no tables yet"):
        house_of(tmp_path, apart)
    told: list[str] = []
    migrate_all(apart, told.append)
    assert told[-1] == "1 keys moved into the keyring's own database"
    assert bring_home(apart.migration_url(), apart.keyring_owner_url or "") == 0
    after = house_of(tmp_path, apart)
    try:
        assert kept(after, living).email == "mizuki@example.jp"
        with pytest.raises(Refused, match="record-gone"):
            kept(after, erased)
        with pytest.raises(Refused, match="erased-for-good"):
            after.vault.sealer.seal(erased, ContactRecord(email="mizuki@example.jp"))
    finally:
        after.close()
    assert count(apart.migration_url(), "vault_key") == 0


def test_an_erased_key_does_not_come_home(apart: Addresses, tmp_path: Path) -> None:
    """A restored database of the records brings a key of somebody who was erased since."""
    together = Addresses(apart.app_url, apart.owner_url, None)
    house = house_of(tmp_path, together)
    subject = somebody(house)
    house.close()
    migrate_all(Addresses(apart.app_url, apart.owner_url, None, apart.keyring_url, apart.keyring_owner_url))
    with psycopg.connect(apart.keyring_owner_url or "") as keyring, psycopg.connect(apart.migration_url()) as records:
        [row] = keyring.execute("SELECT * FROM vault_key").fetchall()
        keyring.execute("DELETE FROM vault_key")
        keyring.execute("INSERT INTO vault_tombstone VALUES ('candidate', %s, %s)", (subject.id, NOW))
        records.execute("INSERT INTO vault_key VALUES (%s, %s, %s, %s, %s, %s, %s)", row)
    assert bring_home(apart.migration_url(), apart.keyring_owner_url or "") == 1
    assert (count(apart.keys_url, "vault_key"), count(apart.migration_url(), "vault_key")) == (0, 0)


def test_keys_in_the_wrong_place_stop_the_process_with_a_sentence(apart: Addresses, tmp_path: Path) -> None:
    migrate_all(apart)
    house = house_of(tmp_path, Addresses(apart.app_url, apart.owner_url, None))
    somebody(house)
    house.close()
    with pytest.raises(MigrationFailed, match="relay migrate"):
        house_of(tmp_path, apart)


def test_a_keyring_that_is_not_named_any_more_stops_the_process_with_a_sentence(apart: Addresses, tmp_path: Path) -> None:
    migrate_all(apart)
    house = house_of(tmp_path, apart)
    somebody(house)
    house.close()
    with pytest.raises(BadSetting, match=r"^KEYRING_URL: leads to no key"):
        house_of(tmp_path, Addresses(apart.app_url, apart.owner_url, None))


def test_the_keyrings_own_tables_are_those_of_the_vault(apart: Addresses) -> None:
    migrate_all(apart)
    query = (
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, column_default::text"
        " FROM information_schema.columns WHERE table_name IN ('vault_key', 'vault_tombstone', 'vault_epoch') ORDER BY 1, 2"
    )
    rights = (
        "SELECT table_name::text, privilege_type::text FROM information_schema.role_table_grants"
        " WHERE grantee = 'relay_app' AND table_name LIKE 'vault!_%' ESCAPE '!' AND table_name IN"
        " ('vault_key', 'vault_tombstone', 'vault_epoch') ORDER BY 1, 2"
    )
    for what in (query, rights):
        with psycopg.connect(apart.migration_url()) as records, psycopg.connect(apart.keyring_owner_url or "") as keyring:
            assert keyring.execute(what.encode()).fetchall() == records.execute(what.encode()).fetchall() != []


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"KEYRING_URL": "postgresql:///keys"}, "DATABASE_URL: is not set though KEYRING_URL is"),
        (
            {"DATABASE_URL": "postgresql:///relay", "KEYRING_MIGRATION_URL": "postgresql:///keys"},
            "KEYRING_URL: is not set though KEYRING_MIGRATION_URL is",
        ),
        ({"DATABASE_URL": "postgresql:///relay", "KEYRING_URL": "mysql://x"}, "KEYRING_URL: is an address"),
    ],
)
def test_a_keyring_is_named_beside_its_records(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting, match="^" + sentence):
        load(environ)


def test_migrating_the_keyring_wants_its_owner(apart: Addresses) -> None:
    with pytest.raises(BadSetting, match=r"^KEYRING_MIGRATION_URL: is not set"):
        migrate_all(apart._replace(keyring_owner_url=None))
