"""A company sees what it received, while the gate stands open, and every look is written down first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.ids import CandidateId, CompanyId, IntroductionId, UserId
from domain.introduction import Item
from domain.refusal import Refused
from marketplace.vault import access_log, statutory
from marketplace.vault.disclosure import Handed, Provision, Source, make_received_copy, open_received, received
from marketplace.vault.envelope import Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.records import (
    ContactRecord,
    Party,
    ProfileRecord,
    ProvisionParties,
    ReceivedCopy,
    Recommendation,
)
from marketplace.vault.subject import Subject

from .conftest import Looker, Write

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
HIRING, ELSEWHERE = CompanyId(uuid4()), CompanyId(uuid4())
VIEWER = Looker(HIRING, UserId(uuid4()))
ASKED = IntroductionId(uuid4())
PROVISION = Provision(
    provider=Party(name="架空商事株式会社", address="東京都架空町1", representative="架空 代表"),
    receiver=Party(name="空想工業株式会社", address="大阪府空想町2", representative="空想 代表"),
    acquisition="candidate-registration",
    retain_until=date(2030, 3, 1),
)


@pytest.fixture
def source(sealer: Sealer, someone: Subject, write: Write) -> Source:
    contact = sealer.seal(someone, ContactRecord(email="mizuki@example.jp", name="架空 みずき", kana="カクウ ミズキ"))
    profile = sealer.seal(
        someone,
        ProfileRecord(
            headline="基幹系12年", career="架空銀行の勘定系", employer="架空システムズ", salary_wish_yen=8_000_000
        ),
    )
    recommendation = sealer.seal(someone, Recommendation(text="最終面接まで進まれた方です"))
    write(contact.row, profile.row, recommendation.row)
    return Source(
        contact=contact.ref, profile=profile.ref, profile_commit=profile.commit, recommendation=recommendation.ref
    )


def hand(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, source: Source, *items: Item
) -> Handed:
    return make_received_copy(
        keyring,
        connection,
        introduction=ASKED,
        candidate=CandidateId(someone.id),
        items=frozenset(items),
        source=source,
        provision=PROVISION,
    )


@pytest.fixture
def handed(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, source: Source, write: Write, gate: Write
) -> Handed:
    handed = hand(keyring, connection, someone, source, Item.NAME, Item.CAREER)
    write(*(sealed.row for sealed in handed.all))
    gate(ASKED, "share", HIRING)
    return handed


def looks(connection: psycopg.Connection[Any]) -> Any:
    return (connection.execute("SELECT count(*) FROM vault_access_log").fetchone() or (None,))[0]


def test_the_copy_holds_exactly_the_approved_items(
    keyring: Keyring, connection: psycopg.Connection[Any], handed: Handed
) -> None:
    copy = open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    assert copy == ReceivedCopy(
        name="架空 みずき", kana="カクウ ミズキ", career="架空銀行の勘定系", headline="基幹系12年", links=()
    )
    assert handed.copy.commit != ""


def test_every_look_is_written_down_with_who_and_what(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, handed: Handed
) -> None:
    open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    open_received(keyring, connection, VIEWER, ASKED, now=NOW + timedelta(hours=1), purpose="interview")
    second, first = access_log.views_of(connection, CandidateId(someone.id))
    assert (first.at, first.viewer_user, first.viewer_company, first.introduction) == (NOW, VIEWER.user, HIRING, ASKED)
    assert (first.items, first.purpose, second.purpose) == (("name", "career"), "selection", "interview")
    assert handed.copy.ref is not None


@pytest.mark.usefixtures("handed")
@pytest.mark.parametrize(
    "case", ["never opened", "closed", "expired", "for another company", "erased", "another introduction"]
)
def test_without_an_open_gate_nothing_is_written_and_nothing_is_shown(
    keyring: Keyring,
    connection: psycopg.Connection[Any],
    someone: Subject,
    gate: Write,
    superuser: psycopg.Connection[Any],
    case: str,
) -> None:
    introduction, viewer = ASKED, VIEWER
    match case:
        case "never opened":
            superuser.execute("DELETE FROM gate")
        case "closed":
            gate(ASKED, "share", HIRING, is_open=False)
        case "expired":
            gate(ASKED, "share", HIRING, expires_at=NOW)
        case "for another company":
            viewer = Looker(ELSEWHERE, VIEWER.user)
        case "erased":
            gate(someone.id, "erased")
        case _:
            introduction = IntroductionId(uuid4())
            gate(introduction, "share", HIRING)
    with pytest.raises(Refused) as refusal:
        open_received(keyring, connection, viewer, introduction, now=NOW)
    assert (refusal.value.code, refusal.value.values) == ("copy-not-open", {})
    assert looks(connection) == 0


@pytest.mark.usefixtures("handed")
def test_it_opens_until_the_moment_it_expires(
    keyring: Keyring, connection: psycopg.Connection[Any], gate: Write
) -> None:
    gate(ASKED, "share", HIRING, expires_at=NOW + timedelta(microseconds=1))
    assert open_received(keyring, connection, VIEWER, ASKED, now=NOW).name == "架空 みずき"


@pytest.mark.usefixtures("handed")
def test_an_erased_copy_is_not_open_and_leaves_no_look(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    keyring.destroy([received(ASKED)], now=NOW)
    with pytest.raises(Refused, match="copy-not-open"):
        open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    assert looks(connection) == 0


@pytest.mark.usefixtures("handed")
def test_a_look_that_cannot_be_written_down_shows_nothing(
    keyring: Keyring, connection: psycopg.Connection[Any], superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("REVOKE INSERT ON vault_access_log FROM relay_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        open_received(keyring, connection, VIEWER, ASKED, now=NOW)


@pytest.mark.usefixtures("handed")
def test_a_look_inside_another_transaction_is_an_error(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(), pytest.raises(RuntimeError, match="transaction of its own"):
        open_received(keyring, connection, VIEWER, ASKED, now=NOW)


@pytest.mark.usefixtures("handed")
def test_a_look_cannot_be_altered(keyring: Keyring, connection: psycopg.Connection[Any]) -> None:
    open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE vault_access_log SET purpose = 'other'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("TRUNCATE vault_access_log")


@pytest.mark.usefixtures("handed")
def test_a_revocation_that_came_first_is_waited_for_and_holds(
    keyring: Keyring, connection: psycopg.Connection[Any], superuser: psycopg.Connection[Any]
) -> None:
    with superuser.transaction():
        superuser.execute("UPDATE gate SET open = false WHERE subject = %s", (ASKED,))
        connection.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    with pytest.raises(Refused, match="copy-not-open"):
        open_received(keyring, connection, VIEWER, ASKED, now=NOW)
    assert looks(connection) == 0


def test_both_sides_provision_records_name_the_other_side(
    keyring: Keyring, connection: psycopg.Connection[Any], handed: Handed
) -> None:
    manager = Looker(CompanyId(uuid4()), UserId(uuid4()))
    provided, taken = (
        statutory.read(keyring, connection, manager, ref, ProvisionParties, reason="監査", now=NOW)
        for ref in (handed.provided.ref, handed.received.ref)
    )
    assert (provided.third_party, taken.third_party) == (PROVISION.receiver, PROVISION.provider)
    assert provided.principal_name == taken.principal_name == "架空 みずき"
    assert provided.items == taken.items == ("career", "name")
    assert taken.acquisition == "candidate-registration"


def test_every_item_can_be_shown(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, source: Source
) -> None:
    with pytest.raises(Refused) as refusal:
        hand(keyring, connection, someone, source, *Item)
    assert (refusal.value.code, refusal.value.values) == ("item-not-there", {"item": "phone"})
    assert (
        hand(keyring, connection, someone, source, *(set(Item) - {Item.PHONE})).copy.row.values["class"]
        == "received-copy"
    )


def test_a_profile_that_is_not_the_one_that_was_shown_is_not_disclosed(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, source: Source
) -> None:
    changed = Source(contact=source.contact, profile=source.profile, profile_commit="0" * 64)
    with pytest.raises(Refused, match="record-not-as-committed"):
        hand(keyring, connection, someone, changed, Item.NAME)


def test_an_approved_recommendation_that_is_missing_is_not_silently_left_out(
    keyring: Keyring, connection: psycopg.Connection[Any], someone: Subject, source: Source
) -> None:
    without = Source(contact=source.contact, profile=source.profile, profile_commit=source.profile_commit)
    with pytest.raises(Refused, match="item-not-there"):
        hand(keyring, connection, someone, without, Item.RECOMMENDATION)
