"""Passkeys: made, named, used and removed; and everything that looks like one but is not, refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api import ceremonies
from api.ceremonies import Place
from marketplace.commands.privacy import FURTHER_DELETIONS, alone_with
from marketplace.links import Kind
from marketplace.run.settings import Settings
from marketplace.vault.erasure import delete_rows
from marketplace.vault.subject import Subject, SubjectKind
from projections.gate import ANYTHING
from tests.api.street import SITE, Street, press
from tests.authenticator import Authenticator

Headers = dict[str, str]
REFUSED = (422, "passkey-not-accepted")


class Desk:
    """A program at the door, with the passkey ceremonies in two steps each."""

    def __init__(self, street: Street) -> None:
        self.street, self.client = street, street.browser()

    def post(self, path: str, headers: Headers | None = None, **body: Any) -> httpx.Response:
        return self.client.post(f"/api/v1{path}", json=body, headers=headers or {})

    def add(self, headers: Headers, device: Authenticator, name: str = "わたしの電話") -> httpx.Response:
        options = self.post("/passkeys/options", headers).json()["public_key"]
        return self.post("/passkeys", headers, name=name, credential=device.make(options))

    def challenge(self) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/sign-in-challenges").json()
        return found

    def sign_in(self, device: Authenticator) -> httpx.Response:
        asked = self.challenge()
        return self.post("/sessions/by-passkey", ceremony=asked["ceremony"], credential=device.sign(asked["public_key"]))

    def step_up(self, headers: Headers, device: Authenticator) -> httpx.Response:
        options = self.post("/step-ups/challenges", headers).json()["public_key"]
        return self.post("/step-ups/by-passkey", headers, credential=device.sign(options))

    def mine(self, headers: Headers) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/v1/passkeys", headers=headers).json()
        return found


@pytest.fixture
def desk(street: Street) -> Desk:
    return Desk(street)


def somebody(street: Street, kind: Kind) -> UUID:
    return street.member(street.company()) if kind == "user" else uuid4()


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("kind", ["user", "candidate"])
def test_a_passkey_is_made_signs_in_proves_and_is_listed_by_its_name(desk: Desk, street: Street, kind: Kind) -> None:
    who, device = somebody(street, kind), Authenticator()
    headers = street.bearer(kind, who)
    assert desk.add(headers, device).status_code == 201
    opened = desk.sign_in(device)
    assert (opened.status_code, opened.json()["kind"]) == (201, kind)
    mine = {"Authorization": f"Bearer {opened.json()['token']}"}
    assert desk.client.get("/api/v1/session", headers=mine).json()["id"] == str(who)
    street.later(timedelta(minutes=6))
    assert told(desk.post("/passkeys/options", mine)) == (403, "step-up-needed")
    assert desk.step_up(mine, device).status_code == 200
    assert desk.post("/passkeys/options", mine).status_code == 200
    [row] = desk.mine(mine)
    assert (row["name"], row["copied"], row["used_at"] is not None) == ("わたしの電話", False, True)
    assert [to for (to,) in street.rows("SELECT template FROM message")] == ["passkey-added"]


def test_its_name_lies_in_the_vault_alone_and_goes_with_a_new_one(desk: Desk, street: Street) -> None:
    headers = street.bearer("candidate", uuid4())
    which = desk.add(headers, Authenticator()).json()["id"]
    [before] = street.rows("SELECT name_ref FROM passkey")
    assert desk.post(f"/passkeys/{which}/name", headers, name="会社のノート").json() == {"passkeys": 1}
    assert [row["name"] for row in desk.mine(headers)] == ["会社のノート"]
    assert street.rows("SELECT 1 FROM vault_record WHERE ref = %s", before[0]) == []
    assert len(street.rows("SELECT 1 FROM vault_record")) == 1
    assert desk.post(f"/passkeys/{which}/removal", headers).json() == {"passkeys": 0}
    assert street.rows("SELECT 1 FROM vault_record") == []


def test_a_removed_passkey_opens_nothing_and_nobody_removes_anothers(desk: Desk, street: Street) -> None:
    device, headers = Authenticator(), street.bearer("candidate", uuid4())
    which = desk.add(headers, device).json()["id"]
    stranger = street.bearer("candidate", uuid4())
    for path, body in (("removal", {}), ("name", {"name": "x"})):
        assert told(desk.post(f"/passkeys/{which}/{path}", stranger, **body)) == (404, "not-found")
    assert desk.mine(stranger) == []
    assert desk.sign_in(device).status_code == 201
    desk.post(f"/passkeys/{which}/removal", headers)
    assert told(desk.sign_in(device)) == REFUSED


BAD: dict[str, Callable[[Authenticator], Any]] = {
    "nobody was verified": lambda device: setattr(device, "verified", False),
    "another site": lambda device: setattr(device, "origin", "http://localhost:9000"),
    "the bare address": lambda device: setattr(device, "origin", SITE),
    "another name": lambda device: setattr(device, "rp_id", "evil.example"),
    "a frame of another site": lambda device: setattr(device, "cross_origin", True),
    "another key": lambda device: setattr(device, "key", Authenticator().key),
    "another person's handle": lambda device: setattr(device, "user_handle", uuid4().bytes),
    "an unknown passkey": lambda device: setattr(device, "credential", b"unknown"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_what_is_not_quite_a_passkey_opens_nothing(desk: Desk, street: Street, fault: str) -> None:
    device = Authenticator()
    assert desk.add(street.bearer("candidate", uuid4()), device).status_code == 201
    BAD[fault](device)
    assert told(desk.sign_in(device)) == REFUSED
    assert street.rows("SELECT copied_at FROM passkey") == [(None,)]


@pytest.mark.parametrize("fault", ["nobody was verified", "another site", "another name", "a frame of another site"])
def test_what_is_not_quite_a_passkey_is_not_kept(desk: Desk, street: Street, fault: str) -> None:
    device = Authenticator()
    BAD[fault](device)
    assert told(desk.add(street.bearer("candidate", uuid4()), device)) == REFUSED
    assert street.rows("SELECT 1 FROM passkey") == []


def test_a_challenge_is_answered_once(desk: Desk, street: Street) -> None:
    device = Authenticator(counts=False)
    desk.add(street.bearer("candidate", uuid4()), device)
    asked = desk.challenge()
    answer = device.sign(asked["public_key"])
    assert desk.post("/sessions/by-passkey", ceremony=asked["ceremony"], credential=answer).status_code == 201
    assert told(desk.post("/sessions/by-passkey", ceremony=asked["ceremony"], credential=answer)) == REFUSED


def test_a_wrong_answer_uses_the_challenge_up(desk: Desk, street: Street) -> None:
    device, stranger = Authenticator(), Authenticator()
    desk.add(street.bearer("candidate", uuid4()), device)
    asked = desk.challenge()
    for signer in (stranger, device):
        answer = signer.sign(asked["public_key"])
        assert told(desk.post("/sessions/by-passkey", ceremony=asked["ceremony"], credential=answer)) == REFUSED


def test_a_challenge_is_over_after_five_minutes(desk: Desk, street: Street) -> None:
    device = Authenticator()
    desk.add(street.bearer("candidate", uuid4()), device)
    asked = desk.challenge()
    street.later(timedelta(minutes=5))
    answer = device.sign(asked["public_key"])
    assert told(desk.post("/sessions/by-passkey", ceremony=asked["ceremony"], credential=answer)) == REFUSED


def test_a_challenge_works_only_for_whom_and_for_what_it_was_made(desk: Desk, street: Street) -> None:
    who, device = uuid4(), Authenticator()
    headers = street.bearer("candidate", who)
    desk.add(headers, device)
    asked = desk.challenge()
    answer = device.sign(asked["public_key"])
    assert told(desk.post("/sessions/by-passkey", ceremony="A" * 43, credential=answer)) == REFUSED
    asked = desk.challenge()
    assert told(desk.post("/step-ups/by-passkey", headers, credential=device.sign(asked["public_key"]))) == REFUSED
    options = desk.post("/step-ups/challenges", headers).json()["public_key"]
    other = street.bearer("candidate", who)
    assert told(desk.post("/step-ups/by-passkey", other, credential=device.sign(options))) == REFUSED


def test_nobody_proves_themselves_by_anothers_passkey(desk: Desk, street: Street) -> None:
    device, mine = Authenticator(), Authenticator()
    desk.add(street.bearer("candidate", uuid4()), device)
    headers = street.bearer("candidate", uuid4())
    desk.add(headers, mine)
    assert told(desk.step_up(headers, device)) == REFUSED
    assert desk.step_up(headers, mine).status_code == 200


def test_a_copy_is_refused_and_so_is_the_original_from_then_on(desk: Desk, street: Street) -> None:
    device, headers = Authenticator(), street.bearer("candidate", uuid4())
    desk.add(headers, device)
    copy = device.copy()
    assert desk.sign_in(device).status_code == 201
    assert told(desk.sign_in(copy)) == REFUSED
    assert told(desk.sign_in(device)) == REFUSED
    assert [row["copied"] for row in desk.mine(headers)] == [True]
    assert desk.post("/step-ups/challenges", headers).json()["public_key"]["allowCredentials"] == []


def test_an_authenticator_that_does_not_count_is_accepted_each_time(desk: Desk, street: Street) -> None:
    device = Authenticator(counts=False)
    desk.add(street.bearer("candidate", uuid4()), device)
    assert [desk.sign_in(device).status_code for _ in range(3)] == [201, 201, 201]


def test_whoever_left_their_company_has_no_passkey_and_a_return_brings_none_back(desk: Desk, street: Street) -> None:
    user, device = somebody(street, "user"), Authenticator()
    desk.add(street.bearer("user", user), device)
    street.rows("UPDATE member SET left_at = relay_now() WHERE user_id = %s RETURNING 1", user)
    assert told(desk.sign_in(device)) == REFUSED
    street.rows("UPDATE member SET left_at = NULL WHERE user_id = %s RETURNING 1", user)
    assert told(desk.sign_in(device)) == REFUSED
    assert street.rows("SELECT 1 FROM passkey") == []


def test_a_name_that_waits_for_the_end_of_an_erasure_is_not_kept(desk: Desk, street: Street) -> None:
    who, device = uuid4(), Authenticator()
    headers = street.bearer("candidate", who)
    which = desk.add(headers, device).json()["id"]
    database = street.house.database
    with ThreadPoolExecutor(1) as pool, database.transaction() as ending:
        alone_with(ending, who)
        waiting = pool.submit(desk.post, f"/passkeys/{which}/name", headers, name="会社のノート")
        while not waiting.done() and street.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == []: pass
        closed = "INSERT INTO gate (subject, what, object, open, position) VALUES (%s, 'erased', %s, true, 1)"
        ending.execute(closed, (who, ANYTHING))
        delete_rows(ending, [Subject(SubjectKind.CANDIDATE, who)], FURTHER_DELETIONS)
    assert told(waiting.result()) == (404, "not-found")
    assert street.rows("SELECT 1 FROM vault_record") == street.rows("SELECT 1 FROM passkey") == []


@pytest.mark.parametrize("what", ["erased", "merged"])
def test_a_closed_gate_shuts_passkeys_at_once(desk: Desk, street: Street, what: str) -> None:
    who, device = uuid4(), Authenticator()
    desk.add(street.bearer("candidate", who), device)
    street.rows(
        "INSERT INTO gate (subject, what, object, open, position) VALUES (%s, %s, %s, true, 1) RETURNING 1", who, what, UUID(int=0)
    )
    assert told(desk.sign_in(device)) == REFUSED


def test_the_same_passkey_is_kept_once_and_not_for_another(desk: Desk, street: Street) -> None:
    device, headers = Authenticator(), street.bearer("candidate", uuid4())
    assert desk.add(headers, device).status_code == 201
    assert told(desk.add(headers, device)) == (409, "passkey-known-already")
    assert told(desk.add(street.bearer("candidate", uuid4()), device)) == (409, "passkey-known-already")
    known = desk.post("/passkeys/options", headers).json()["public_key"]["excludeCredentials"]
    assert len(known) == 1


def test_a_person_has_twenty_passkeys_at_most(desk: Desk, street: Street) -> None:
    headers = street.bearer("candidate", uuid4())
    answers = [desk.add(headers, Authenticator(), name=f"{n}").status_code for n in range(21)]
    assert answers == [*[201] * 20, 409]


def test_the_browser_is_asked_to_verify_the_person_and_to_keep_the_passkey(desk: Desk, street: Street) -> None:
    headers = street.bearer("user", somebody(street, "user"))
    options = desk.post("/passkeys/options", headers).json()["public_key"]
    wanted = options["authenticatorSelection"]
    assert (wanted["userVerification"], wanted["residentKey"], options["rp"]["id"]) == ("required", "required", "localhost")
    assert desk.challenge()["public_key"]["userVerification"] == "required"
    assert desk.challenge()["public_key"]["allowCredentials"] == []


SHELL = '{"id":"AA","rawId":"AA","type":"public-key","response":%s}'
GARBAGE = ["{}", "[]", "null", '{"id": 1}', "\u0000", "[" * 5000, SHELL % "{}", SHELL % "[]",
           SHELL % '{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA"}',
           SHELL % '{"clientDataJSON":"bnVsbA","attestationObject":"AA"}']  # fmt: skip


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_refused_by_name(desk: Desk, street: Street, text: str) -> None:
    headers = street.bearer("candidate", uuid4())
    doors: list[tuple[str, Headers, dict[str, str]]] = [
        ("/sessions/by-passkey", {}, {"ceremony": "A" * 43}),
        ("/step-ups/by-passkey", headers, {}),
        ("/passkeys", headers, {"name": "x"}),
    ]
    for path, shown, body in doors:
        answer = desk.post(path, shown, credential=text, **body)
        assert answer.status_code in {400, 422}, (path, answer.text)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://relay.example", Place("relay.example", "https://relay.example")),
        ("https://relay.example:8443", Place("relay.example", "https://relay.example:8443")),
        ("http://127.0.0.1:8000", Place("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", Place("localhost", "http://localhost:8000")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
    ],
)
def test_where_passkeys_work_follows_from_the_public_address(url: str, found: Place) -> None:
    assert ceremonies.place(Settings(public_url=url)) == found


def test_at_a_bare_public_ip_address_there_are_none(make_street: Callable[..., Street]) -> None:
    street = make_street(public_url="https://203.0.113.7")
    answer = street.browser().post("/api/v1/sign-in-challenges", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "passkeys-not-here")
    assert "data-passkey" not in street.browser().get("/sign-in").text


def in_browser(browser: TestClient[Litestar]) -> dict[str, Any]:
    found: dict[str, Any] = browser.post("/api/v1/sign-in-challenges", json={}, headers={"Origin": SITE}).json()
    return found


def test_in_a_browser_a_passkey_opens_a_session_in_which_it_was_asked_for(desk: Desk, street: Street) -> None:
    device = Authenticator(counts=False)
    desk.add(street.bearer("candidate", uuid4()), device)
    one, other = street.browser(), street.browser()
    one.get("/sign-in")
    asked = in_browser(one)
    sent = {"ceremony": asked["ceremony"], "credential": device.sign(asked["public_key"])}
    assert press(other, "/sign-in", "/sign-in/passkey", **sent).status_code == 422
    asked = in_browser(one)
    sent = {"ceremony": asked["ceremony"], "credential": device.sign(asked["public_key"])}
    assert press(one, "/sign-in", "/sign-in/passkey", **sent).headers["location"] == "/"
    assert one.get("/sessions").status_code == 200


def test_a_passkey_is_offered_after_a_mailed_link_until_not_now_is_said(street: Street) -> None:
    who = uuid4()
    browser = street.signed_in("candidate", who)
    assert "/passkeys/not-now" in browser.get("/sessions").text
    assert press(browser, "/", "/passkeys/not-now").headers["location"] == "/"
    assert "/passkeys/not-now" not in browser.get("/sessions").text
    assert "/passkeys/not-now" not in street.signed_in("candidate", who).get("/sessions").text
    assert "/passkeys/not-now" in street.signed_in("user", street.member(street.company())).get("/sessions").text


def test_whoever_has_a_passkey_is_offered_none(desk: Desk, street: Street) -> None:
    who = uuid4()
    browser = street.signed_in("candidate", who)
    desk.add(street.bearer("candidate", who), Authenticator())
    for each in (browser, street.signed_in("candidate", who)):
        assert "/passkeys/not-now" not in each.get("/sessions").text
