"""Keys: one for each subject, never readable in the database, never back once erased."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from domain.refusal import Refused
from marketplace.store.database import Database as Pool
from marketplace.vault import upkeep
from marketplace.vault.envelope import Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.master import MasterKeys
from marketplace.vault.records import ContactRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind

from .conftest import Write

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
MIZUKI = ContactRecord(email="mizuki@example.jp")


@pytest.fixture
def other_process(database: Database, master: MasterKeys) -> Iterator[Keyring]:
    pool = Pool(database.app_url, size=2)
    yield Keyring(pool, master)
    pool.close()


def counted(connection: psycopg.Connection[Any]) -> Any:
    return connection.execute(
        "SELECT (SELECT count(*) FROM vault_key), (SELECT count(*) FROM vault_tombstone)"
    ).fetchone()


def test_a_subject_has_one_key_however_many_ask_at_once(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: keyring.obtain([someone]), range(16)))
    assert counted(connection) == (1, 0)


def test_the_same_person_has_another_key_for_each_controller(
    sealer: Sealer, connection: psycopg.Connection[Any], someone: Subject
) -> None:
    for kind in (SubjectKind.CANDIDATE, SubjectKind.APPLICANT, SubjectKind.RECEIVED):
        sealer.seal(Subject(kind, someone.id), MIZUKI)
    (distinct,) = connection.execute("SELECT count(DISTINCT wrapped) FROM vault_key").fetchone() or (0,)
    assert distinct == 3


def test_an_erased_key_cannot_be_made_again(
    keyring: Keyring, sealer: Sealer, connection: psycopg.Connection[Any], someone: Subject
) -> None:
    sealer.seal(someone, MIZUKI)
    keyring.destroy([someone], now=NOW)
    with pytest.raises(Refused, match="erased-for-good"):
        sealer.seal(someone, MIZUKI)
    assert keyring.keys([someone]) == {}
    assert counted(connection) == (0, 1)


def test_not_even_by_writing_to_the_table(
    keyring: Keyring, superuser: psycopg.Connection[Any], someone: Subject
) -> None:
    keyring.destroy([someone], now=NOW)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="was erased"):
        superuser.execute(
            "INSERT INTO vault_key (subject_kind, subject_id, dek_version, kek_id, wrapped)"
            " VALUES (%s, %s, 1, 'x', '\\x00')",
            (str(someone.kind), someone.id),
        )
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        superuser.execute("DELETE FROM vault_tombstone")


def test_erasing_twice_keeps_the_first_date(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject
) -> None:
    keyring.destroy([someone], now=NOW)
    keyring.destroy([someone], now=NOW.replace(year=2030))
    assert connection.execute("SELECT erased_at FROM vault_tombstone").fetchall() == [(NOW,)]


def test_a_subject_that_never_had_a_key_can_be_erased_too(keyring: Keyring, someone: Subject) -> None:
    keyring.destroy([someone], now=NOW)
    assert keyring.tombstoned([someone, Subject(SubjectKind.CANDIDATE, uuid4())]) == {someone}


def test_an_erased_key_is_unusable_at_once_in_every_process(
    keyring: Keyring,
    other_process: Keyring,
    sealer: Sealer,
    connection: psycopg.Connection[Any],
    someone: Subject,
    write: Write,
) -> None:
    sealed = sealer.seal(someone, MIZUKI)
    write(sealed.row)
    assert open_own(other_process, connection, someone, sealed.ref, ContactRecord) == MIZUKI
    keyring.destroy([someone], now=NOW)
    with pytest.raises(Refused, match="record-gone"):
        open_own(other_process, connection, someone, sealed.ref, ContactRecord)
    with pytest.raises(Refused, match="erased-for-good"):
        Sealer(other_process).seal(someone, MIZUKI)


def test_a_known_key_is_not_read_again(keyring: Keyring, superuser: psycopg.Connection[Any], someone: Subject) -> None:
    keyring.obtain([someone])
    superuser.execute("UPDATE vault_key SET wrapped = '\\x00'")
    assert someone in keyring.keys([someone])
    superuser.execute("UPDATE vault_epoch SET epoch = epoch + 1")
    with pytest.raises(Refused, match="key-damaged"):
        keyring.keys([someone])


def test_a_key_moved_to_another_subject_does_not_open(
    keyring: Keyring, superuser: psycopg.Connection[Any], someone: Subject
) -> None:
    keyring.obtain([someone])
    thief = Subject(SubjectKind.CANDIDATE, uuid4())
    superuser.execute("UPDATE vault_key SET subject_id = %s", (thief.id,))
    with pytest.raises(Refused, match="key-damaged"):
        keyring.keys([thief])


def test_a_key_that_is_being_made_while_its_subject_is_erased_is_not_made(
    keyring: Keyring, superuser: psycopg.Connection[Any], connection: psycopg.Connection[Any], someone: Subject
) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool:
        with superuser.transaction():
            superuser.execute("LOCK TABLE vault_key IN SHARE ROW EXCLUSIVE MODE")
            superuser.execute("INSERT INTO vault_tombstone VALUES (%s, %s, %s)", (str(someone.kind), someone.id, NOW))
            making = pool.submit(keyring.obtain, [someone])
            while connection.execute(waiting).fetchone() == (0,):
                assert not making.done()
        with pytest.raises(Refused, match="erased-for-good"):
            making.result(timeout=10)
    assert counted(connection) == (0, 1)


def test_one_erased_among_many_seals_nothing(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject
) -> None:
    keyring.destroy([someone], now=NOW)
    with pytest.raises(Refused, match="erased-for-good"):
        keyring.obtain([Subject(SubjectKind.CANDIDATE, uuid4()), someone])
    assert counted(connection) == (0, 1)


def test_thousands_of_keys_are_made_at_once(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    keyring.obtain(Subject(SubjectKind.APPLICANT, uuid4()) for _ in range(5_000))
    assert counted(connection) == (5_000, 0)


@pytest.fixture
def used(sealer: Sealer, someone: Subject, write: Write) -> Sealed:
    sealed = sealer.seal(someone, MIZUKI)
    write(sealed.row)
    return sealed


@pytest.mark.usefixtures("used")
def test_a_key_whose_record_was_never_written_is_swept_after_a_day(
    keyring: Keyring,
    sealer: Sealer,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    someone: Subject,
) -> None:
    failed = Subject(SubjectKind.CANDIDATE, uuid4())
    sealer.seal(failed, MIZUKI)
    assert upkeep.sweep_unused(keyring, connection) == 0
    superuser.execute("UPDATE vault_key SET created_at = clock_timestamp() - interval '25 hours'")
    assert upkeep.sweep_unused(keyring, connection) == 1
    assert connection.execute("SELECT subject_id, used FROM vault_key").fetchall() == [(someone.id, True)]


def test_an_old_unused_key_that_is_asked_for_again_is_not_swept(
    other_process: Keyring,
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    someone: Subject,
) -> None:
    keyring.obtain([someone])
    superuser.execute("UPDATE vault_key SET created_at = clock_timestamp() - interval '25 hours'")
    other_process.obtain([someone])
    assert upkeep.sweep_unused(keyring, connection) == 0


def test_after_a_rewrap_records_open_with_the_new_key_alone(
    database: Database,
    keyring: Keyring,
    master: MasterKeys,
    connection: psycopg.Connection[Any],
    someone: Subject,
    used: Sealed,
) -> None:
    keyring.obtain(Subject(SubjectKind.APPLICANT, uuid4()) for _ in range(7))
    rotated = master.with_new_kek()
    pool = Pool(database.app_url, size=2)
    try:
        assert upkeep.rewrap(Keyring(pool, rotated), batch=3) == 8
        assert upkeep.rewrap(Keyring(pool, rotated)) == 0
        without = Keyring(pool, rotated.without_kek(master.current))
        assert open_own(without, connection, someone, used.ref, ContactRecord) == MIZUKI
    finally:
        pool.close()


def test_an_old_copy_of_the_keyring_is_noise_once_its_wrapping_key_is_gone(
    database: Database, keyring: Keyring, master: MasterKeys, superuser: psycopg.Connection[Any], someone: Subject
) -> None:
    keyring.obtain([someone])
    old = superuser.execute("SELECT kek_id, wrapped FROM vault_key").fetchone()
    rotated = master.with_new_kek()
    pool = Pool(database.app_url, size=1)
    try:
        upkeep.rewrap(Keyring(pool, rotated))
        superuser.execute("UPDATE vault_key SET (kek_id, wrapped) = (%s, %s)", old)
        with pytest.raises(Refused, match="wrapping-key-missing"):
            Keyring(pool, rotated.without_kek(master.current)).keys([someone])
    finally:
        pool.close()
