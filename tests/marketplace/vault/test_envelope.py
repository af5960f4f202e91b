"""A sealed record opens where it stands, as what it is, for whom it belongs to, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from domain.candidate import CandidateRegistered, Entrance
from domain.ids import CandidateId, VaultRef
from domain.refusal import Refused
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, StreamMoved, open_log
from marketplace.vault import envelope
from marketplace.vault.companion import companions
from marketplace.vault.envelope import Draft, Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.master import MasterKeys
from marketplace.vault.records import ContactRecord, Evidence, ReceivedCopy, Recommendation, open_many, open_own
from marketplace.vault.subject import Subject, SubjectKind

from .conftest import Write

if TYPE_CHECKING:
    from tests.conftest import Database

MIZUKI = ContactRecord(email="mizuki@example.jp", name="架空 みずき𠮷", phone="090-1234-5678")


@pytest.fixture
def sealed(sealer: Sealer, someone: Subject, write: Write) -> Sealed:
    sealed = sealer.seal(someone, MIZUKI)
    write(sealed.row)
    return sealed


def test_what_was_sealed_is_opened_by_its_controller(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, sealed: Sealed
) -> None:
    assert open_own(keyring, connection, someone, sealed.ref, ContactRecord) == MIZUKI


def test_no_value_stands_readable_in_the_database(connection: psycopg.Connection[Any], sealed: Sealed) -> None:
    (row,) = connection.execute("SELECT ciphertext FROM vault_record").fetchone() or (b"mizuki",)
    assert b"mizuki" not in row
    assert "mizuki" not in str(sealed)


def test_the_same_record_sealed_twice_has_nothing_in_common(sealer: Sealer, someone: Subject) -> None:
    one, other = sealer.seal_many([Draft(subject=someone, record=MIZUKI)] * 2)
    assert one.ref != other.ref
    assert one.commit != other.commit
    assert one.row.values["ciphertext"] != other.row.values["ciphertext"]


def test_the_latest_version_is_opened_unless_one_is_named(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    someone: Subject,
    sealer: Sealer,
    sealed: Sealed,
    write: Write,
) -> None:
    corrected = ContactRecord(email="new@example.jp")
    write(sealer.seal(someone, corrected, ref=sealed.ref, version=2).row)
    assert open_own(keyring, connection, someone, sealed.ref, ContactRecord) == corrected
    assert open_own(keyring, connection, someone, sealed.ref, ContactRecord, version=1) == MIZUKI
    with pytest.raises(Refused, match="record-gone"):
        open_own(keyring, connection, someone, sealed.ref, ContactRecord, version=3)


def test_a_version_is_never_overwritten(sealer: Sealer, someone: Subject, sealed: Sealed, write: Write) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        write(sealer.seal(someone, MIZUKI, ref=sealed.ref).row)


@pytest.mark.parametrize("columns", ["nonce, ciphertext", "ciphertext"])
def test_ciphertexts_cannot_be_swapped_between_rows_of_one_person(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    someone: Subject,
    sealer: Sealer,
    sealed: Sealed,
    write: Write,
    columns: str,
) -> None:
    other = sealer.seal(someone, ContactRecord(email="other@example.jp"))
    write(other.row)
    other_row = f"(SELECT {columns} FROM vault_record b WHERE b.ref <> a.ref)"
    superuser.execute(f"UPDATE vault_record a SET ({columns}) = {other_row}".encode())
    for ref in (sealed.ref, other.ref):
        with pytest.raises(Refused, match="record-unreadable"):
            open_own(keyring, connection, someone, ref, ContactRecord)


def test_a_row_that_was_given_another_version_does_not_open(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    someone: Subject,
    sealed: Sealed,
) -> None:
    superuser.execute("UPDATE vault_record SET version = 2")
    with pytest.raises(Refused, match="record-unreadable"):
        open_own(keyring, connection, someone, sealed.ref, ContactRecord)


def test_a_record_moved_to_another_person_does_not_open(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    sealer: Sealer,
    sealed: Sealed,
    write: Write,
) -> None:
    other = Subject(SubjectKind.CANDIDATE, uuid4())
    write(sealer.seal(other, MIZUKI).row)
    superuser.execute("UPDATE vault_record SET subject_id = %s", (other.id,))
    with pytest.raises(Refused, match="record-unreadable"):
        open_own(keyring, connection, other, sealed.ref, ContactRecord)


def test_a_record_does_not_open_as_another_type(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, sealed: Sealed
) -> None:
    with pytest.raises(Refused, match="record-unreadable"):
        open_own(keyring, connection, someone, sealed.ref, Recommendation)


def test_another_controller_of_the_same_id_does_not_open_it(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, sealed: Sealed
) -> None:
    with pytest.raises(Refused, match="record-gone"):
        open_own(keyring, connection, Subject(SubjectKind.APPLICANT, someone.id), sealed.ref, ContactRecord)


def test_another_installation_with_the_same_keyring_does_not_open_it(
    database: Database, connection: psycopg.Connection[Any], someone: Subject, sealed: Sealed
) -> None:
    pool = Pool(database.app_url, size=1)
    try:
        with pytest.raises(Refused, match="wrapping-key-missing"):
            open_own(Keyring(pool, MasterKeys.from_key(bytes(32))), connection, someone, sealed.ref, ContactRecord)
    finally:
        pool.close()


def test_the_commitment_proves_what_was_shown(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, sealer: Sealer, sealed: Sealed
) -> None:
    assert len(sealed.commit) == 64
    opened = envelope.open_one(keyring, connection, someone, sealed.ref, ContactRecord, commit=sealed.commit)
    assert opened == MIZUKI
    again = sealer.seal(someone, MIZUKI)
    with pytest.raises(Refused, match="record-not-as-committed"):
        envelope.open_one(keyring, connection, someone, sealed.ref, ContactRecord, commit=again.commit)


@pytest.mark.parametrize(
    ("kind", "record"),
    [(SubjectKind.RECEIVED, ReceivedCopy), (SubjectKind.STATUTORY, Evidence), (SubjectKind.STATUTORY, ContactRecord)],
)
def test_received_and_statutory_records_open_only_through_their_own_doors(
    keyring: Keyring, connection: psycopg.Connection[Any], kind: SubjectKind, record: Any
) -> None:
    with pytest.raises(Refused, match="not-opened-here"):
        open_own(keyring, connection, Subject(kind, uuid4()), VaultRef(uuid4()), record)
    with pytest.raises(Refused, match="not-opened-here"):
        open_many(keyring, connection, [(Subject(kind, uuid4()), VaultRef(uuid4()))], record)


def test_a_company_users_record_is_found_by_the_user(
    keyring: Keyring, connection: psycopg.Connection[Any], sealer: Sealer, write: Write
) -> None:
    user = Subject(SubjectKind.COMPANY_USER, uuid4())
    write(sealer.seal(user, MIZUKI, ref=VaultRef(user.id)).row)
    assert open_own(keyring, connection, user, VaultRef(user.id), ContactRecord) == MIZUKI


def test_many_are_opened_at_once_and_those_that_are_gone_are_left_out(
    keyring: Keyring, connection: psycopg.Connection[Any], sealer: Sealer, write: Write
) -> None:
    subjects = [Subject(SubjectKind.APPLICANT, uuid4()) for _ in range(200)]
    drafts = [Draft(subject=s, record=ContactRecord(email=f"{n}@example.jp")) for n, s in enumerate(subjects)]
    sealed = sealer.seal_many(drafts)
    write(*(s.row for s in sealed))
    wanted = [(subject, one.ref) for subject, one in zip(subjects, sealed, strict=True)]
    nowhere = (Subject(SubjectKind.APPLICANT, uuid4()), VaultRef(uuid4()))
    mismatched = (subjects[0], sealed[1].ref)
    opened = open_many(keyring, connection, [*wanted, nowhere], ContactRecord)
    assert [opened[one.ref].email for one in sealed] == [f"{n}@example.jp" for n in range(200)]
    assert len(opened) == 200
    assert open_many(keyring, connection, [nowhere, mismatched], ContactRecord) == {}


def test_the_row_names_the_columns_of_the_table(
    sealer: Sealer, someone: Subject, connection: psycopg.Connection[Any]
) -> None:
    query = "SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = 'vault_record'"
    (columns,) = connection.execute(query).fetchone() or ([],)
    assert set(sealer.seal(someone, MIZUKI).row.values) == set(columns)


def test_the_application_may_not_change_a_record(connection: psycopg.Connection[Any], sealed: Sealed) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE vault_record SET version = 9 WHERE ref = %s", (sealed.ref,))
    assert connection.execute("SELECT version FROM vault_record").fetchone() == (1,)


def test_a_record_is_written_with_its_event_or_not_at_all(
    database: Database, keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, sealer: Sealer
) -> None:
    log = open_log(database.app_url)
    try:
        sealed = sealer.seal(someone, MIZUKI)
        registered = CandidateRegistered(
            candidate=CandidateId(someone.id), entrance=Entrance.NEUTRAL_LINK, language="ja", contact_ref=sealed.ref
        )
        with pytest.raises(StreamMoved):
            log.append(a_command(), {someone.id: (3, [registered])}, also=companions(sealed.row))
        with pytest.raises(Refused, match="record-gone"):
            open_own(keyring, connection, someone, sealed.ref, ContactRecord)
        log.append(a_command(), {someone.id: (0, [registered])}, also=companions(sealed.row))
        assert open_own(keyring, connection, someone, sealed.ref, ContactRecord) == MIZUKI
    finally:
        log.close()


def a_command() -> Command:
    return Command(id=uuid4(), actor="candidate", now=datetime(2027, 3, 1, 3, 0, tzinfo=UTC))
