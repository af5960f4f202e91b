"""A company user's address: the new mailbox says yes, the old one may say no for seven days; nothing else changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.ids import VaultRef
from marketplace.links import AddressPurpose, mint_address_link, mint_login_link
from marketplace.messages.outbox import write
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.records import MemberRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind
from tests.api.street import Street, press
from tests.authenticator import Authenticator

OLD, NEW, NEWER = "asakura@aozora.example", "kotoha@aozora.example", "k.asakura@aozora.example"


@dataclass
class Member:
    """A person of a company, with an address in the vault."""

    street: Street
    id: UUID

    @property
    def subject(self) -> Subject:
        return Subject(SubjectKind.COMPANY_USER, self.id)

    def headers(self) -> dict[str, str]:
        return self.street.bearer("user", self.id)

    def ask(self, email: str = NEW, headers: dict[str, str] | None = None) -> httpx.Response:
        return post(self.street, "/member-address", headers or self.headers(), email=email)

    def link(self, purpose: AddressPurpose) -> str:
        """What the mail about the newest change holds."""
        [(change,)] = self.street.rows("SELECT id FROM address_change WHERE user_id = %s ORDER BY asked_at DESC LIMIT 1", self.id)
        with self.street.house.database.transaction() as connection:
            return mint_address_link(connection, change, purpose, self.street.now())

    def press(self, purpose: AddressPurpose) -> httpx.Response:
        link = self.link(purpose)
        return press(self.street.browser(), link, link)

    def address(self) -> str:
        vault = self.street.house.office.vault
        with self.street.house.database.transaction() as connection:
            return open_own(vault.keyring, connection, self.subject, VaultRef(self.id), MemberRecord).email

    def found_by(self, email: str) -> bool:
        blind = self.street.house.office.vault.blind
        with self.street.house.database.transaction() as connection:
            return blind.find(connection, SubjectKind.COMPANY_USER, AddressKind.EMAIL, email) == (self.id,)


def post(street: Street, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    return street.browser().post(f"/api/v1{path}", json=body, headers=headers)


def moved_in(street: Street, email: str) -> Member:
    member = Member(street, street.member(street.company()))
    vault = street.house.office.vault
    sealed = vault.sealer.seal(member.subject, MemberRecord(name="朝倉ことは", email=email), ref=VaultRef(member.id))
    with street.house.database.transaction() as connection:
        write(connection, sealed.row, vault.blind.row(member.subject, AddressKind.EMAIL, email))
    return member


@pytest.fixture
def member(street: Street) -> Member:
    return moved_in(street, OLD)


def test_asking_writes_to_both_mailboxes_and_changes_nothing(member: Member, street: Street) -> None:
    assert member.ask().status_code == 202
    assert member.address() == OLD
    assert member.found_by(OLD)
    found = street.rows("SELECT template, recipient_kind, recipient, about ? 'change' FROM message ORDER BY template")
    assert found == [("address-changing", "user", member.id, True), ("address-confirm", "user", member.id, True)]


def test_the_new_mailboxs_word_changes_it_and_the_old_leads_nowhere(member: Member, street: Street) -> None:
    member.ask()
    opened = street.browser().get(member.link("confirm"))
    assert (opened.status_code, member.address()) == (200, OLD), "opening the page changes nothing"
    assert member.press("confirm").status_code == 200
    assert member.address() == NEW
    assert (member.found_by(NEW), member.found_by(OLD)) == (True, False)
    assert street.rows("SELECT count(*) FROM vault_record WHERE ref = %s", member.id) == [(1,)]
    answer = street.browser().get("/api/v1/member-address", headers=member.headers())
    assert answer.json() == {"email": NEW}


def test_a_link_to_confirm_works_once_for_ten_minutes_and_only_for_the_newest_change(member: Member, street: Street) -> None:
    member.ask()
    first = member.link("confirm")
    street.later(timedelta(seconds=1))
    member.ask(NEWER)
    assert press(street.browser(), first, first).status_code == 410
    late = member.link("confirm")
    street.later(timedelta(minutes=10))
    assert press(street.browser(), late, late).status_code == 410
    again = member.link("confirm")
    assert [press(street.browser(), again, again).status_code for _ in range(2)] == [200, 410]
    assert member.address() == NEWER


def test_an_objection_before_the_change_stops_it_and_signs_everybody_out(member: Member, street: Street) -> None:
    headers = member.headers()
    member.ask(headers=headers)
    confirm = member.link("confirm")
    assert member.press("object").status_code == 200
    assert press(street.browser(), confirm, confirm).status_code == 410
    assert member.address() == OLD
    assert street.browser().get("/api/v1/session", headers=headers).status_code == 401


def test_an_objection_within_seven_days_puts_the_old_address_back_and_closes_what_was_opened_since(
    member: Member, street: Street
) -> None:
    program, headers = street.browser(), member.headers()
    kept, planted = Authenticator(), Authenticator()
    for device in (kept, planted):
        options = program.post("/api/v1/passkeys/options", json={}, headers=headers).json()["public_key"]
        made = {"name": "x", "credential": device.make(options)}
        assert program.post("/api/v1/passkeys", json=made, headers=headers).status_code == 201
        if device is kept:
            street.later(timedelta(seconds=1))
            member.ask(headers=headers)
    member.press("confirm")
    street.later(timedelta(days=6))
    member.ask(NEWER)
    assert member.press("confirm").status_code == 200
    with street.house.database.transaction() as connection:
        waiting = mint_login_link(connection, "user", member.id, street.now())
    [(first,)] = street.rows("SELECT id FROM address_change ORDER BY asked_at LIMIT 1")
    with street.house.database.transaction() as connection:
        objecting = mint_address_link(connection, first, "object", street.now())
    assert press(street.browser(), objecting, objecting).status_code == 200
    assert member.address() == OLD
    assert (member.found_by(OLD), member.found_by(NEW), member.found_by(NEWER)) == (True, False, False)
    assert [bytes(row[0]) for row in street.rows("SELECT credential FROM passkey")] == [kept.credential]
    assert street.rows("SELECT 1 FROM web_session WHERE ended_at IS NULL") == []
    assert press(street.browser(), waiting, waiting).status_code == 410
    assert press(street.browser(), objecting, objecting).status_code == 410


def test_after_seven_days_the_change_stands(member: Member, street: Street) -> None:
    member.ask()
    member.press("confirm")
    objecting = member.link("object")
    street.later(timedelta(days=7))
    assert press(street.browser(), objecting, objecting).status_code == 410
    assert member.address() == NEW


def test_it_asks_for_a_fresh_proof_and_the_page_comes_back_to_its_form(member: Member, street: Street) -> None:
    headers, browser = member.headers(), street.signed_in("user", member.id)
    street.later(timedelta(minutes=6))
    assert member.ask(headers=headers).json()["code"] == "step-up-needed"
    answer = press(browser, "/account/email", "/account/email", email=NEW)
    assert answer.headers["location"] == "/step-up?back=/account/email"
    assert street.rows("SELECT 1 FROM address_change") == []


@pytest.mark.parametrize(
    ("email", "code"), [(OLD.upper(), "address-unchanged"), ("a b@c", "field-wrong"), ("x@\u3002", "email-not-understood")]
)
def test_an_address_that_cannot_be_is_refused_with_what_was_typed(member: Member, street: Street, email: str, code: str) -> None:
    assert member.ask(email).json()["code"] == code
    shown = press(street.signed_in("user", member.id), "/account/email", "/account/email", email=email)
    assert shown.status_code in {400, 409, 422}
    assert email in shown.text


def test_an_address_that_somebody_else_has_is_refused_to_whoever_reads_its_mail_only(member: Member, street: Street) -> None:
    other = moved_in(street, NEW)
    assert member.ask().status_code == 202, "asking tells nothing"
    answer = member.press("confirm")
    assert answer.status_code == 409
    assert (member.address(), other.address()) == (OLD, NEW)


def test_addresses_stand_in_the_vault_alone_and_go_when_nobody_may_object_any_more(member: Member, street: Street) -> None:
    from marketplace import links

    member.ask()
    for table in ("address_change", "address_link", "message", "task"):
        assert "@" not in str(street.rows(f"SELECT to_jsonb(t) FROM {table} t"))
    with street.house.database.transaction() as connection:
        assert links.sweep(connection, street.now() + timedelta(days=7)) >= 0
        assert connection.execute("SELECT count(*) FROM address_change").fetchone() == (1,)
        links.sweep(connection, street.now() + timedelta(days=9))
        assert connection.execute("SELECT count(*) FROM address_change").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM vault_record").fetchone() == (1,)
