"""What the law keeps: read with a reason, dated, destroyed on the day after its last."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.ids import CandidateId, CompanyId, UserId, VaultRef
from domain.refusal import Refused
from marketplace.vault import statutory
from marketplace.vault.envelope import Sealed, Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.records import ErasureCertificate, SeekerRecord

from .conftest import Looker, Write

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
UNTIL = date(2029, 3, 1)
WHO = CandidateId(uuid4())
MANAGER = Looker(CompanyId(uuid4()), UserId(uuid4()))
RECORD = SeekerRecord(name="架空 みずき", address="東京都架空町3", birth_date=date(1990, 1, 2))


@pytest.fixture
def sealed(sealer: Sealer, write: Write) -> Sealed:
    sealed = statutory.seal(sealer, "seeker-record", RECORD, person=WHO, retain_until=UNTIL)
    write(sealed.row)
    return sealed


def test_the_manager_reads_it_and_the_reason_is_on_record(
    keyring: Keyring, connection: psycopg.Connection[Any], sealed: Sealed
) -> None:
    assert (
        statutory.read(keyring, connection, MANAGER, sealed.ref, SeekerRecord, reason=" 労働局の調査 ", now=NOW)
        == RECORD
    )
    row = connection.execute(
        "SELECT viewer_user, subject_kind, candidate, items, purpose FROM vault_access_log"
    ).fetchone()
    assert row == (MANAGER.user, "statutory", None, ["seeker-record"], "労働局の調査")


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "statutory-reason-missing"), (" \n", "statutory-reason-missing"), ("あ" * 201, "statutory-reason-too-long")],
)
def test_without_a_reason_it_is_not_read(
    keyring: Keyring, connection: psycopg.Connection[Any], sealed: Sealed, reason: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        statutory.read(keyring, connection, MANAGER, sealed.ref, SeekerRecord, reason=reason, now=NOW)
    assert connection.execute("SELECT count(*) FROM vault_access_log").fetchone() == (0,)


def test_what_is_not_there_is_not_noted_as_read(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(Refused, match="record-gone"):
        statutory.read(keyring, connection, MANAGER, VaultRef(uuid4()), SeekerRecord, reason="監査", now=NOW)
    assert connection.execute("SELECT count(*) FROM vault_access_log").fetchone() == (0,)


def test_it_is_kept_through_its_last_day_and_destroyed_on_the_next(
    keyring: Keyring, connection: psycopg.Connection[Any], sealed: Sealed
) -> None:
    statutory.read(keyring, connection, MANAGER, sealed.ref, SeekerRecord, reason="監査", now=NOW)
    assert statutory.destroy_due(keyring, connection, today=UNTIL, now=NOW) == []
    assert statutory.destroy_due(keyring, connection, today=date(2029, 3, 2), now=NOW) == [sealed.ref]
    assert statutory.destroy_due(keyring, connection, today=date(2029, 3, 2), now=NOW) == []
    left = (
        "SELECT (SELECT count(*) FROM vault_record), (SELECT count(*) FROM vault_key),"
        " (SELECT count(*) FROM vault_access_log)"
    )
    assert connection.execute(left).fetchone() == (0, 0, 0)


def test_a_certificate_opens_without_a_reason_and_no_look_is_noted_but_nothing_else_opens_so(
    keyring: Keyring, connection: psycopg.Connection[Any], sealer: Sealer, sealed: Sealed, write: Write
) -> None:
    kept = statutory.seal(sealer, "erasure-certificate", ErasureCertificate(jws="a.b.c"), person=None, retain_until=UNTIL)
    write(kept.row)
    assert [statutory.certificate(keyring, connection, kept.ref).jws for _ in range(3)] == ["a.b.c"] * 3
    assert connection.execute("SELECT count(*) FROM vault_access_log").fetchone() == (0,)
    for ref in (sealed.ref, VaultRef(uuid4())):
        with pytest.raises(Refused, match="record-gone"):
            statutory.certificate(keyring, connection, ref)


def test_one_record_dies_without_the_other(
    keyring: Keyring, connection: psycopg.Connection[Any], sealer: Sealer, sealed: Sealed, write: Write
) -> None:
    later = statutory.seal(sealer, "provision-provided", RECORD, person=WHO, retain_until=date(2030, 1, 1))
    write(later.row)
    assert statutory.remaining(connection, WHO) == (("provision-provided", date(2030, 1, 1)), ("seeker-record", UNTIL))
    assert statutory.destroy_due(keyring, connection, today=date(2029, 6, 1), now=NOW) == [sealed.ref]
    assert statutory.read(keyring, connection, MANAGER, later.ref, SeekerRecord, reason="監査", now=NOW) == RECORD


def test_a_statutory_row_without_a_date_is_refused_by_the_database(
    sealer: Sealer, write: Write, sealed: Sealed
) -> None:
    row = sealed.row
    undated = type(row)(row.table, {**row.values, "ref": str(uuid4()), "retain_until": None})
    with pytest.raises(psycopg.errors.CheckViolation):
        write(undated)
    assert sealer is not None
