"""A fresh proof: asked for when the last one is older than five minutes, given by a mailed link in the session that asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from litestar import Response

from api import policies, step_up
from api.pages.showing import carry_out
from api.route import Done, ThisVisit, command, form, page, see_other
from marketplace.links import Kind, digest, mint_step_up_link
from tests.api.street import SITE, Street, hidden, press

DONE: list[str] = []
"""What the routes below did."""


@page("/vault", policy=policies.signed_in)
def look(visit: ThisVisit) -> Response[str]:
    """Asks for a proof before it shows anything."""
    step_up.demand(visit)
    return see_other(visit, "/vault/open")


@form("/vault/emptying", policy=policies.signed_in)
def empty(visit: ThisVisit) -> Response[str]:
    """Asks for a proof before it does anything."""
    return carry_out(visit, lambda: _empty(visit), then="/vault?shelf=2#sum", again=lambda: see_other(visit, "/never"))


@command("/api/v1/vault/emptying", policy=policies.signed_in, idempotent=False)
def empty_by_api(visit: ThisVisit) -> Done:
    """The same over the API."""
    _empty(visit)
    return Done(outcome="done", position=1)


def _empty(visit: ThisVisit) -> None:
    step_up.demand(visit)
    DONE.append(visit.path)


@pytest.fixture
def vault(make_street: Callable[..., Street]) -> Street:
    """A street with something that asks for a proof."""
    DONE.clear()
    return make_street(also=[look, empty, empty_by_api])


def step_up_link(street: Street, kind: Kind, who: UUID) -> str:
    """What the mail would hold, for the person's only session."""
    [(here,)] = street.rows("SELECT id FROM web_session WHERE subject = %s AND kind = %s AND ended_at IS NULL", who, kind)
    with street.house.database.transaction() as connection:
        return mint_step_up_link(connection, here, street.now())


def asked_back(page: str) -> str:
    """Where the form that asks for a link says it comes from."""
    return hidden(page.split('action="/step-up/link"', 1)[1], "back")


def test_signing_in_is_a_proof_for_five_minutes(vault: Street) -> None:
    browser = vault.signed_in("user", uuid4())
    vault.later(timedelta(minutes=4))
    assert press(browser, "/sessions", "/vault/emptying").headers["location"] == "/vault?shelf=2#sum"
    vault.later(timedelta(minutes=2))
    assert press(browser, "/sessions", "/vault/emptying").headers["location"] == "/step-up?back=/vault%3Fshelf%3D2%23sum"
    assert browser.get("/vault?shelf=3").headers["location"] == "/step-up?back=/vault%3Fshelf%3D3"
    assert DONE == ["/vault/emptying"]


@pytest.mark.parametrize("kind", ["user", "candidate"])
def test_a_mailed_link_proves_the_session_that_asked_for_it_and_leads_back(vault: Street, kind: Kind) -> None:
    who = uuid4()
    browser = vault.signed_in(kind, who)
    vault.later(timedelta(minutes=6))
    way = browser.get("/vault?shelf=2").headers["location"]
    shown = browser.get(way)
    sent = {"csrf": hidden(shown.text, "csrf"), "key": hidden(shown.text, "key"), "back": asked_back(shown.text)}
    assert browser.post("/step-up/link", data=sent, headers={"Origin": SITE}).headers["location"] == "/step-up/sent"
    [(template, to, recipient)] = vault.rows("SELECT template, recipient_kind, recipient FROM message")
    assert (template, to, recipient) == ("step-up", kind, who)
    link = step_up_link(vault, kind, who)
    assert press(browser, link, link).headers["location"] == "/vault?shelf=2"
    assert browser.get("/vault").headers["location"] == "/vault/open"
    vault.later(timedelta(minutes=6))
    assert browser.get("/vault").headers["location"].startswith("/step-up")


def test_a_link_opened_in_another_browser_says_where_to_open_it_and_proves_nothing(vault: Street) -> None:
    who = uuid4()
    browser = vault.signed_in("user", who)
    link = step_up_link(vault, "user", who)
    other = vault.signed_in("user", who)
    vault.later(timedelta(minutes=6))
    for elsewhere in (other, vault.signed_in("user", uuid4()), vault.browser()):
        shown = elsewhere.get(link)
        assert "確認を求めたブラウザーでのみ" in shown.text
        assert f'action="{link}"' not in shown.text
        answer = press(elsewhere, "/sign-in", link)
        assert answer.status_code == 409
        assert "確認を求めたブラウザーでのみ" in answer.text
    assert other.get("/vault").headers["location"].startswith("/step-up")
    assert press(browser, link, link).headers["location"] == "/"


def test_a_link_works_once_and_for_ten_minutes(vault: Street) -> None:
    who = uuid4()
    browser = vault.signed_in("user", who)
    used, late = step_up_link(vault, "user", who), step_up_link(vault, "user", who)
    assert press(browser, used, used).status_code == 303
    assert press(browser, used, used).status_code == 410
    vault.later(timedelta(minutes=10))
    assert press(browser, late, late).status_code == 410
    [(stored,)] = vault.rows("SELECT token_hash FROM step_up_link WHERE used_at IS NULL")
    assert bytes(stored) == digest(late.rpartition("/")[2])


def test_opening_the_link_proves_nothing(vault: Street) -> None:
    who = uuid4()
    browser = vault.signed_in("user", who)
    vault.later(timedelta(minutes=6))
    link = step_up_link(vault, "user", who)
    for _ in range(3): assert browser.get(link).status_code == 200
    assert browser.get("/vault").headers["location"].startswith("/step-up")
    assert vault.rows("SELECT used_at FROM step_up_link") == [(None,)]


def test_a_program_is_refused_with_a_code_and_proves_itself_by_the_token(vault: Street) -> None:
    who = uuid4()
    program, headers = vault.browser(), vault.bearer("user", who)
    vault.later(timedelta(minutes=6))
    refused = program.post("/api/v1/vault/emptying", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "step-up-needed")
    assert program.get("/api/v1/session", headers=headers).json()["proved_until"] is None
    assert program.post("/api/v1/step-up-links", headers=headers).status_code == 202
    token = step_up_link(vault, "user", who).rpartition("/")[2]
    elsewhere = program.post("/api/v1/step-ups", json={"token": token}, headers=vault.bearer("user", who))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "step-up-elsewhere")
    answer = program.post("/api/v1/step-ups", json={"token": token}, headers=headers)
    assert answer.status_code == 200
    assert program.post("/api/v1/vault/emptying", headers=headers).status_code == 200
    assert program.get("/api/v1/session", headers=headers).json()["proved_until"] == answer.json()["proved_until"]
    assert DONE == ["/api/v1/vault/emptying"]


def test_a_proof_is_not_revived_by_a_clock_set_back(vault: Street) -> None:
    program, headers = vault.browser(), vault.bearer("candidate", uuid4())
    vault.later(timedelta(minutes=20))
    assert program.post("/api/v1/vault/emptying", headers=headers).status_code == 403
    vault.later(timedelta(minutes=-26))
    assert program.post("/api/v1/vault/emptying", headers=headers).status_code in {401, 403}
    assert DONE == []


def test_the_way_back_stays_on_this_site(vault: Street) -> None:
    browser = vault.signed_in("user", uuid4())
    vault.later(timedelta(minutes=6))
    for outside in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        shown = browser.get("/step-up", params={"back": outside})
        assert asked_back(shown.text) == "/"


def test_the_sixth_proof_asked_for_in_a_quarter_of_an_hour_is_refused(vault: Street) -> None:
    program, headers = vault.browser(), vault.bearer("user", uuid4())
    codes = [program.post("/api/v1/step-up-links", headers=headers).status_code for _ in range(6)]
    assert codes == [*[202] * 5, 429]
    assert len(vault.rows("SELECT 1 FROM message")) == 5
