"""A mailed link opens a session once; looking at it changes nothing; sessions end when they should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from api import session
from marketplace import clock, links
from marketplace.links import mint_share_link, open_share_link
from tests.api.street import SITE, Street, hidden, press


def test_a_candidate_signs_in_by_a_mailed_link_without_javascript_or_password(street: Street) -> None:
    who, browser = uuid4(), street.browser()
    street.house.people.known["aoi@mail.example"] = ("candidate", who)
    answer = press(browser, "/sign-in", "/sign-in", email="aoi@mail.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/sent")
    link = street.house.people.sent[0].text.split()[0].removeprefix(SITE)
    answer = press(browser, link, link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "候補者としてサインインしています" in browser.get("/").text
    assert browser.get("/api/v1/session").json()["id"] == str(who)


def test_the_answer_is_the_same_for_an_address_that_nobody_has(street: Street) -> None:
    street.house.people.known["aoi@mail.example"] = ("candidate", uuid4())
    known = street.browser().post("/api/v1/sign-in-links", json={"email": "aoi@mail.example"})
    unknown = street.browser().post("/api/v1/sign-in-links", json={"email": "nobody@mail.example"})
    assert (
        (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b'{"sent_if_known":true}')
    )
    assert dict(known.headers) == dict(unknown.headers)
    assert [mail.to for mail in street.house.people.sent] == ["aoi@mail.example"]


def test_of_twenty_posts_at_once_one_opens_a_session(street: Street) -> None:
    link = street.link("candidate", uuid4())
    browsers = [street.browser() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda browser: press(browser, link, link), browsers))
    assert sorted(answer.status_code for answer in answers) == [303, *[410] * 19]
    assert street.rows("SELECT count(*) FROM web_session") == [(1,)]


def test_a_scanner_that_looks_at_a_link_does_not_use_it_up(street: Street) -> None:
    link = street.link("candidate", uuid4())
    scanner = street.browser()
    before = street.rows("SELECT * FROM login_link")
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        looked = scanner.head(link)
        assert (looked.status_code, looked.content) == (200, b"")
        scanner.options(link)
    assert street.rows("SELECT * FROM login_link") == before
    assert street.rows("SELECT count(*) FROM web_session") == [(0,)]
    assert scanner.post(link).status_code == 403
    browser = street.browser()
    assert press(browser, link, link).status_code == 303


def test_a_link_is_over_after_ten_minutes(street: Street) -> None:
    link = street.link("user", uuid4())
    street.later(timedelta(minutes=10))
    answer = press(street.browser(), link, link)
    assert answer.status_code == 410
    assert "期限切れ" in answer.text


def test_a_link_of_a_person_who_was_erased_opens_nothing(street: Street) -> None:
    who = uuid4()
    link, browser = street.link("candidate", who), street.signed_in("candidate", who)
    with psycopg.connect(street.owner_url) as owner:
        owner.execute("INSERT INTO gate VALUES (%s, 'erased', %s, true, NULL, 1)", (who, uuid4()))
    assert press(street.browser(), link, link).status_code == 410
    assert browser.get("/api/v1/session").status_code == 401


def test_only_a_digest_of_a_token_is_stored(street: Street) -> None:
    link = street.link("user", uuid4())
    token = link.rpartition("/")[2]
    assert len(token) == 43
    [(stored,)] = street.rows("SELECT token_hash FROM login_link")
    assert bytes(stored) == links.digest(token)


@pytest.mark.parametrize(("kind", "idle", "absolute"), [("user", 30, 12 * 60), ("candidate", 12 * 60, 30 * 24 * 60)])
def test_a_session_ends_when_it_is_idle_and_at_its_absolute_end(
    street: Street, kind: links.Kind, idle: int, absolute: int
) -> None:
    program, headers = street.browser(), street.bearer(kind, uuid4())
    step, spent = timedelta(minutes=idle - 1), timedelta(0)
    while spent + step < timedelta(minutes=absolute):
        street.later(step)
        spent += step
        assert program.get("/api/v1/session", headers=headers).status_code == 200
    street.later(timedelta(minutes=absolute) - spent)
    assert program.get("/api/v1/session", headers=headers).status_code == 401
    idler = street.bearer(kind, uuid4())
    street.later(timedelta(minutes=idle))
    assert program.get("/api/v1/session", headers=idler).json()["code"] == "credentials-not-valid"


def test_signing_in_gives_a_new_session_and_ends_the_old(street: Street) -> None:
    who = uuid4()
    browser = street.signed_in("candidate", who)
    first = browser.cookies["relay-session"]
    link = street.link("candidate", who)
    assert press(browser, link, link).status_code == 303
    assert browser.cookies["relay-session"] != first
    answer = street.browser().get("/api/v1/session", headers={"Authorization": f"Bearer {first}"})
    assert answer.status_code == 401


def test_a_person_sees_their_sessions_and_ends_one(street: Street) -> None:
    who = uuid4()
    here, elsewhere, stranger = (
        street.signed_in("candidate", who),
        street.bearer("candidate", who),
        street.bearer("candidate", uuid4()),
    )
    page = here.get("/sessions").text
    ending = page.split('action="/sessions/', 1)[1].split("/end", 1)[0]
    answer = street.browser().post(
        f"/api/v1/sessions/{ending}/end", headers={**stranger, "Idempotency-Key": "12345678"}
    )
    assert answer.json() == {"ended": 0}
    assert press(here, "/sessions", f"/sessions/{ending}/end").status_code == 303
    assert street.browser().get("/api/v1/session", headers=elsewhere).status_code == 401
    assert here.get("/api/v1/session").status_code == 200


def test_signing_out_ends_the_session_itself(street: Street) -> None:
    browser = street.signed_in("user", uuid4())
    token = browser.cookies["relay-session"]
    assert press(browser, "/", "/sign-out").status_code == 303
    assert street.browser().get("/api/v1/session", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert "relay-session" not in browser.cookies


def test_who_left_the_company_is_nobody_at_the_next_request(street: Street) -> None:
    company = street.company()
    user = street.member(company)
    program, headers = street.browser(), street.bearer("user", user)
    assert program.get("/api/v1/session", headers=headers).json()["role"] == "admin"
    assert program.get("/api/v1/api-keys", headers=headers).status_code == 200
    street.rows("UPDATE member SET left_at = relay_now() WHERE user_id = %s RETURNING 1", user)
    assert program.get("/api/v1/session", headers=headers).json()["code"] == "credentials-not-valid"
    assert program.get("/api/v1/api-keys", headers=headers).status_code == 401


def test_the_sixth_link_for_an_address_in_a_quarter_of_an_hour_is_not_sent(street: Street) -> None:
    street.house.people.known["aoi@mail.example"] = ("candidate", uuid4())
    program = street.browser()
    answers = [program.post("/api/v1/sign-in-links", json={"email": "aoi@mail.example"}) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {202}
    assert len(street.house.people.sent) == 5
    street.later(timedelta(minutes=15))
    program.post("/api/v1/sign-in-links", json={"email": "aoi@mail.example"})
    assert len(street.house.people.sent) == 6


def test_who_asks_for_thirty_one_links_is_told_to_wait(street: Street) -> None:
    program = street.browser()
    codes = [program.post("/api/v1/sign-in-links", json={"email": f"{n}@mail.example"}).status_code for n in range(31)]
    assert codes == [*[202] * 30, 429]
    answer = program.post("/api/v1/sign-in-links", json={"email": "x@mail.example"})
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert not any(b"mail.example" in bytes(row[0]) for row in street.rows("SELECT bucket FROM rate_window"))


def test_with_https_the_cookies_are_bound_to_the_host(make_street: object) -> None:
    street: Street = make_street(public_url="https://relay.example")  # type: ignore[operator]
    answer = street.browser().get("/sign-in")
    assert answer.headers["set-cookie"].startswith("__Host-relay-nonce=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_the_language_is_chosen_once_and_kept(street: Street) -> None:
    browser = street.browser(**{"Accept-Language": "en-GB,en;q=0.9,ja;q=0.1"})
    assert '<html lang="en">' in browser.get("/").text
    assert press(browser, "/", "/language", language="ja", back="/sign-in").headers["location"] == "/sign-in"
    assert '<html lang="ja">' in browser.get("/sign-in").text
    for outside in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"):
        assert press(browser, "/", "/language", language="en", back=outside).headers["location"] == "/"


def test_a_share_link_opens_one_introduction_until_it_expires_and_no_session(street: Street) -> None:
    introduction, who, now = uuid4(), uuid4(), street.now()
    with street.house.database.transaction() as connection:
        token = mint_share_link(connection, introduction, who, now + timedelta(days=7)).rpartition("/")[2]
        opened = open_share_link(connection, token, now)
        assert opened is not None
        assert (opened.introduction, opened.candidate) == (introduction, who)
        assert open_share_link(connection, token, now + timedelta(days=7)) is None
        assert open_share_link(connection, "\ud800", now) is None
    answer = street.browser().get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_what_is_over_for_a_day_is_forgotten(street: Street) -> None:
    street.link("user", uuid4())
    street.bearer("user", uuid4())
    street.bearer("candidate", uuid4())
    street.browser().post("/api/v1/sign-in-links", json={"email": "aoi@mail.example"})
    with street.house.database.transaction() as connection:
        now = clock.now(connection)
        assert session.sweep(connection, now + timedelta(hours=23)) == 0
        assert session.sweep(connection, now + timedelta(hours=25)) == 4
        assert session.sweep(connection, now + timedelta(days=32)) == 1


def test_the_form_of_one_visitor_does_not_fit_another(street: Street) -> None:
    one, other = street.browser(), street.browser()
    token = hidden(one.get("/sign-in").text, "csrf")
    other.get("/sign-in")
    answer = other.post("/sign-in", data={"csrf": token, "email": "a@mail.example"}, headers={"Origin": SITE})
    assert answer.status_code == 403
    assert one.post("/sign-in", data={"csrf": token, "email": "a@mail.example"}, headers={"Origin": SITE}).status_code == 303


@pytest.mark.parametrize(("kind", "since"), [("user", timedelta(hours=1)), ("candidate", timedelta(hours=13))])
def test_a_session_that_was_over_stays_over_when_the_clock_is_set_back(
    street: Street, kind: links.Kind, since: timedelta
) -> None:
    program, headers = street.browser(), street.bearer(kind, uuid4())
    street.later(since)
    assert program.get("/api/v1/session", headers=headers).status_code == 401
    street.later(-since - timedelta(minutes=6))
    assert program.get("/api/v1/session", headers=headers).status_code == 401


def test_a_clock_that_is_put_right_by_a_few_minutes_signs_nobody_out(street: Street) -> None:
    program, headers = street.browser(), street.bearer("user", uuid4())
    street.later(timedelta(minutes=-4))
    assert program.get("/api/v1/session", headers=headers).status_code == 200
