"""Erasing a person: nothing opens, nothing comes back, others are untouched, what the law keeps is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.ids import CandidateId, CompanyId, IntroductionId, UserId, VaultRef
from domain.introduction import Item
from domain.refusal import Refused
from marketplace.vault import access_log, erasure, jws, statutory
from marketplace.vault.blind_index import AddressKind, Basis, BlindIndex
from marketplace.vault.disclosure import Provision, Source, make_received_copy, open_received
from marketplace.vault.envelope import Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.lexemes import LexemeKey
from marketplace.vault.master import MasterKeys
from marketplace.vault.records import ContactRecord, ErasureCertificate, Party, ProfileRecord, SeekerRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind

from .conftest import Looker, Write

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
PARTY = Party(name="架空商事", address="東京都架空町", representative="架空 代表")
VIEWER = Looker(CompanyId(uuid4()), UserId(uuid4()))


class Person:
    """A candidate with everything a relay leaves behind."""

    def __init__(
        self,
        keyring: Keyring,
        master: MasterKeys,
        connection: psycopg.Connection[Any],
        write: Write,
        gate: Write,
        email: str,
    ) -> None:
        sealer, index = Sealer(keyring), BlindIndex(master)
        self.id = CandidateId(uuid4())
        self.subject = Subject(SubjectKind.CANDIDATE, self.id)
        self.asked = IntroductionId(uuid4())
        contact = sealer.seal(self.subject, ContactRecord(email=email, name="架空 みずき"))
        profile = sealer.seal(self.subject, ProfileRecord(headline="基幹系"))
        seeker = statutory.seal(
            sealer,
            "seeker-record",
            SeekerRecord(name="架空 みずき", address="東京都架空町3", birth_date=date(1990, 1, 2)),
            person=self.id,
            retain_until=date(2029, 3, 1),
        )
        lexemes = LexemeKey(master).seal(self.subject, ["基幹系"], screen=lambda _: [])
        write(contact.row, profile.row, seeker.row, lexemes.row, index.row(self.subject, AddressKind.EMAIL, email))
        self.contact, self.seeker = contact.ref, seeker.ref
        handed = make_received_copy(
            keyring,
            connection,
            introduction=self.asked,
            candidate=self.id,
            items=frozenset({Item.NAME}),
            source=Source(contact=contact.ref, profile=profile.ref, profile_commit=profile.commit),
            provision=Provision(
                provider=PARTY, receiver=PARTY, acquisition="candidate-registration", retain_until=date(2030, 3, 1)
            ),
        )
        write(*(sealed.row for sealed in handed.all))
        gate(self.asked, "share", VIEWER.company)
        open_received(keyring, connection, VIEWER, self.asked, now=NOW)


@pytest.fixture
def mizuki(
    keyring: Keyring, master: MasterKeys, connection: psycopg.Connection[Any], write: Write, gate: Write
) -> Person:
    return Person(keyring, master, connection, write, gate, "mizuki@example.jp")


@pytest.fixture
def sora(
    keyring: Keyring, master: MasterKeys, connection: psycopg.Connection[Any], write: Write, gate: Write
) -> Person:
    return Person(keyring, master, connection, write, gate, "sora@example.jp")


REMAINING = (
    ("provision-provided", date(2030, 3, 1)),
    ("provision-received", date(2030, 3, 1)),
    ("seeker-record", date(2029, 3, 1)),
)
LEFT = """
    SELECT (SELECT count(*) FROM vault_record WHERE subject_kind <> 'statutory'), (SELECT count(*) FROM vault_lexemes),
           (SELECT count(*) FROM blind_address), (SELECT count(*) FROM vault_access_log),
           (SELECT count(*) FROM vault_key WHERE subject_kind <> 'statutory')
"""


def test_an_erased_person_leaves_only_what_the_law_keeps(
    keyring: Keyring, connection: psycopg.Connection[Any], mizuki: Person
) -> None:
    assert connection.execute(LEFT).fetchone() == (3, 1, 1, 1, 2)
    assert erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW) == REMAINING
    assert connection.execute(LEFT).fetchone() == (0, 0, 0, 0, 0)
    with pytest.raises(Refused, match="record-gone"):
        open_own(keyring, connection, mizuki.subject, mizuki.contact, ContactRecord)
    with pytest.raises(Refused, match="copy-not-open"):
        open_received(keyring, connection, VIEWER, mizuki.asked, now=NOW)
    assert access_log.views_of(connection, mizuki.id) == []


def test_others_are_untouched(
    keyring: Keyring, connection: psycopg.Connection[Any], mizuki: Person, sora: Person
) -> None:
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    assert connection.execute(LEFT).fetchone() == (3, 1, 1, 1, 2)
    assert open_own(keyring, connection, sora.subject, sora.contact, ContactRecord).email == "sora@example.jp"
    assert open_received(keyring, connection, VIEWER, sora.asked, now=NOW).name == "架空 みずき"


def test_what_the_law_keeps_is_still_read_with_a_reason(
    keyring: Keyring, connection: psycopg.Connection[Any], mizuki: Person
) -> None:
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    assert (
        statutory.read(keyring, connection, VIEWER, mizuki.seeker, SeekerRecord, reason="監査", now=NOW).name
        == "架空 みずき"
    )


def test_erasing_again_after_a_crash_ends_the_same(
    keyring: Keyring, connection: psycopg.Connection[Any], mizuki: Person
) -> None:
    keyring.destroy([mizuki.subject], now=NOW)
    for _ in range(2):
        assert erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW) == REMAINING
    assert connection.execute(LEFT).fetchone() == (0, 0, 0, 0, 0)


def test_an_erased_persons_rows_from_an_old_copy_do_not_open_with_todays_keyring(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    mizuki: Person,
    sora: Person,
) -> None:
    superuser.execute("CREATE TABLE backup AS SELECT * FROM vault_record")
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    superuser.execute("INSERT INTO vault_record SELECT * FROM backup ON CONFLICT DO NOTHING")
    with pytest.raises(Refused, match="record-gone"):
        open_own(keyring, connection, mizuki.subject, mizuki.contact, ContactRecord)
    with pytest.raises(Refused, match="copy-not-open"):
        open_received(keyring, connection, VIEWER, mizuki.asked, now=NOW)
    assert open_own(keyring, connection, sora.subject, sora.contact, ContactRecord).email == "sora@example.jp"


def test_a_restored_database_is_brought_back_to_its_erasures(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    superuser: psycopg.Connection[Any],
    mizuki: Person,
    sora: Person,
) -> None:
    tables = (b"vault_record", b"vault_lexemes", b"blind_address", b"vault_key")
    for table in tables:
        superuser.execute(b"CREATE TABLE old_" + table + b" AS SELECT * FROM " + table)
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    superuser.execute("SET session_replication_role = replica")
    for table in tables:
        superuser.execute(b"INSERT INTO " + table + b" SELECT * FROM old_" + table + b" ON CONFLICT DO NOTHING")
    assert connection.execute(LEFT).fetchone() == (6, 2, 2, 1, 4)
    assert erasure.replay(keyring, connection, now=NOW, batch=2) == 2
    assert connection.execute(LEFT).fetchone() == (3, 1, 1, 1, 2)
    keys = "SELECT count(*) FROM vault_key k JOIN vault_tombstone t USING (subject_kind, subject_id)"
    assert connection.execute(keys).fetchone() == (0,)
    assert erasure.replay(keyring, connection, now=NOW) == 0
    assert sora.contact is not None


def test_other_rooms_rows_go_too(
    keyring: Keyring, connection: psycopg.Connection[Any], superuser: psycopg.Connection[Any], mizuki: Person
) -> None:
    superuser.execute("CREATE TABLE session (owner_kind text, owner uuid)")
    superuser.execute("GRANT SELECT, DELETE ON session TO relay_app")
    superuser.execute("INSERT INTO session VALUES ('candidate', %s), ('candidate', %s)", (mizuki.id, uuid4()))
    further = ["DELETE FROM session WHERE owner_kind = %(kind)s AND owner = %(id)s"]
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW, further=further)
    assert connection.execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_a_suppression_survives_the_erasure(
    keyring: Keyring, master: MasterKeys, connection: psycopg.Connection[Any], write: Write, mizuki: Person
) -> None:
    index = BlindIndex(master)
    write(index.suppress(AddressKind.EMAIL, "mizuki@example.jp", Basis.OPT_OUT, now=NOW))
    erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    assert index.suppressed(connection, AddressKind.EMAIL, "mizuki@example.jp", company=VIEWER.company) is Basis.OPT_OUT
    assert index.find(connection, SubjectKind.CANDIDATE, AddressKind.EMAIL, "mizuki@example.jp") == ()


def test_an_erased_applicant_is_not_imported_again(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    applicant = Subject(SubjectKind.APPLICANT, uuid4())
    erasure.refuse_if_tombstoned(keyring, applicant)
    erasure.erase_subjects(keyring, connection, [applicant], now=NOW)
    with pytest.raises(Refused, match="erased-for-good"):
        erasure.refuse_if_tombstoned(keyring, applicant)


def test_what_the_law_keeps_is_not_erased_before_its_date(
    keyring: Keyring, connection: psycopg.Connection[Any]
) -> None:
    with pytest.raises(Refused, match="statutory-not-erased"):
        erasure.erase_subjects(keyring, connection, [Subject(SubjectKind.STATUTORY, uuid4())], now=NOW)


def test_the_certificate_says_what_remains_and_until_when_and_names_nobody(
    keyring: Keyring,
    sealer: Sealer,
    master: MasterKeys,
    connection: psycopg.Connection[Any],
    write: Write,
    mizuki: Person,
) -> None:
    remaining = erasure.erase_candidate(keyring, connection, mizuki.id, now=NOW)
    signer = jws.Signer(master)
    certificate = erasure.certify(
        sealer, signer, mizuki.id, erased_at=NOW, remaining=remaining, keep_until=date(2030, 3, 1)
    )
    write(certificate.sealed.row)
    content = jws.verify(certificate.text, erasure.CERTIFICATE, signer.known)
    assert (content["subject"], content["erased_at"]) == (str(mizuki.id), "2027-03-01T03:00:00+00:00")
    assert content["remaining"] == [
        {"record": "provision-provided", "retain_until": "2030-03-01"},
        {"record": "provision-received", "retain_until": "2030-03-01"},
        {"record": "seeker-record", "retain_until": "2029-03-01"},
    ]
    kept = statutory.read(
        keyring, connection, VIEWER, VaultRef(certificate.ref), ErasureCertificate, reason="照会", now=NOW
    )
    assert kept.jws == certificate.text
    assert statutory.remaining(connection, mizuki.id) == remaining
