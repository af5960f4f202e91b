"""Scanners of mails look at every link, follow what they find and press what they see: nothing changes by that.

They GET, HEAD, OPTIONS and prefetch, and send blindly every form with its hidden fields, with their cookies and without.
A person's browser says with each press where it comes from (Origin, Sec-Fetch-Site); a scanner has no page of ours open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.api.pages.browser import SITE, Browser, Form, Page
from tests.api.v1.people.conftest import village
from tests.api.v1.people.village import CONDITIONS, Village

__all__ = ["village"]

STATE = (
    "relay_events", "command", "gate", "task", "vault_record", "blind_address", "suppression", "member", "registration",
    "share_link", "merge_link", "login_link", "web_session", "message", "intent", "consent_receipt",
)  # fmt: skip
"""Every row of these stays as it is. Rate limits count knocks and the access log writes down looks: that is their job."""
LOOKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GET", {}), ("HEAD", {}), ("OPTIONS", {}), ("GET", {"Purpose": "prefetch"}),
    ("GET", {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}),
    ("GET", {"User-Agent": "LinkPreview/1.0", "X-Moz": "prefetch"}), ("PROPFIND", {}),
)  # fmt: skip
AOI, REN, MEI = "aoi.mihon@example.jp", "ren.mihon@example.jp", "mei.mihon@example.jp"
CSV = (
    "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果,選考段階,職種\n"
    + "".join(f"M-{mail},見本,{mail},2026/01/10,2026/02/01,不採用,最終面接,データアナリスト\n" for mail in (AOI, REN, MEI))
).encode()


@dataclass
class Scanner:
    """A machine that reads somebody's mail; `claims`: headers it puts on what it sends."""

    app: Litestar
    keeps_cookies: bool = True
    claims: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    pressed: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = TestClient(self.app, base_url=SITE, raise_server_exceptions=True)
        self.client.follow_redirects = False

    def scan(self, path: str, depth: int = 2) -> None:
        """Look at a link in every way, press all its buttons, and go on to where its page leads."""
        path = path.removeprefix(SITE).partition("#")[0]
        if path in self.seen or not path.startswith("/") or path.startswith(("/static/", "/dev/")): return
        self.seen.add(path)
        for method, headers in LOOKS: self._send(method, path, headers)
        answer = self._send("GET", path, {})
        assert answer.status_code < 500, (path, answer.status_code)
        if not answer.headers.get("content-type", "").startswith("text/html"): return
        page = Page(answer.text)
        for form in page.forms: self._press(path, form)
        if depth:
            for link in page.links: self.scan(link, depth - 1)

    def _press(self, at: str, form: Form) -> None:
        """Each target of a form, with what its fields hold, and again with every box ticked and every button's value."""
        if form.method.lower() != "post": return
        buttons = {name: [value] for name, _, value in (text.partition("=") for text in form.texts)}
        for to in (form.action, *form.elsewhere):
            for fields in (form.fields, {**form.fields, **buttons}):
                answer = self._send("POST", to or at, {"Referer": SITE + at, **self.claims}, data=fields)
                assert answer.status_code < 500, (to, answer.status_code)
                self.pressed.append((to, answer.status_code))

    def _send(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        if not self.keeps_cookies: self.client.cookies.clear()
        return self.client.request(method, path, headers=headers, **more)


@dataclass
class Mailed:
    """A link of each kind that the product mails, each still good."""

    village: Village
    links: dict[str, str]
    introduction: str

    def state(self) -> dict[str, Any]:
        asked = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM "
        return {table: self.village.rows(f"{asked}{table} t") for table in STATE}


@pytest.fixture
def mailed(village: Village) -> Mailed:
    query = {"filename": "a.csv", "basis": "application-notice", "notice_version": "1", "system": "ats"}
    batch = village.ok(village.send_file("source", "/imports", CSV, **query))["id"]
    village.worker.drain()
    village.did("source", f"/imports/{batch}/invitations")
    village.move_to(village.now() + timedelta(minutes=5))
    links = {"invitation": f"/i/{village.link(AOI, '/i/')}", "not me": f"/i/{village.link(REN, '/i/')}/not-me"}
    source = village.companies["source"]
    links["neutral link"] = f"/n/{source}"
    village.listed("mei", MEI)
    village.consent("mei", "channel", channel="email")
    village.did("mei", "/me/seeker-record", {"name": "見本 芽衣", "address": "大阪府見本市1-1", "birth_date": "1995-05-05"})
    job = village.did("hiring", "/jobs", JOB)["id"]
    village.did("hiring", f"/companies/{village.companies['hiring']}/terms-acceptance", {"terms_version": 1})
    card = village.saw("mei", "/me/card")["card"]["card"]
    ask = {"card": card, "job": job, "job_version": 1, "items": ["name", "email", "career"]}
    introduction = village.did("hiring", "/introductions", ask)["id"]
    links["ask"] = f"/share/{village.link(MEI, '/share/')}"
    village.post(None, "/sign-in-links", {"email": MEI})
    village.worker.drain()
    links["sign-in"] = f"/sign-in/{village.link(MEI, '/sign-in/')}"
    village.post(None, "/registrations", {"email": "new@example.jp", "entrance": "neutral-link", "language": "ja"})
    village.worker.drain()
    links["registration"] = f"/register/{village.link('new@example.jp', '/register/')}"
    village.register("second", "second@example.jp")
    village.did("mei", "/me/merging-requests", {"email": "second@example.jp"})
    links["merging"] = f"/me/merging/{village.link('second@example.jp', '/me/merging/')}"
    village.register("gone", "gone@example.jp")
    erasure = village.did("gone", "/me/erasure", {"confirm": True})["id"]
    links["erasure"] = f"/erasures/{erasure}"
    links |= {"home": "/", "asking for a link": "/sign-in"}
    return Mailed(village, links, introduction)


JOB = {"conditions": CONDITIONS, "occupation": "data-analyst", "prefecture": "osaka", "skills": ["sql"]}
KINDS = {
    r"/": "home", r"/sign-in": "asking for a link", r"/sign-in/[\w-]{43}": "sign-in", r"/i/[0-9a-f-]{36}": "invitation",
    r"/i/[0-9a-f-]{36}/not-me": "not me", r"/register/[\w-]{43}": "registration", r"/share/[\w-]{43}": "ask",
    r"/me/merging/[\w-]{43}": "merging", r"/erasures/[0-9a-f-]{36}": "erasure",
}  # fmt: skip


def scanners(app: Litestar) -> Iterator[Scanner]:
    yield Scanner(app)
    yield Scanner(app, keeps_cookies=False)
    yield Scanner(app, claims={"Origin": "null"})
    yield Scanner(app, claims={"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"})
    yield Scanner(app, claims={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"})


def test_scanners_change_nothing_at_any_link_that_is_mailed_and_the_person_can_still_use_each(mailed: Mailed) -> None:
    before = mailed.state()
    pressed: set[str] = set()
    for scanner in scanners(mailed.village.app):
        for link in mailed.links.values(): scanner.scan(link)
        pressed |= {to for to, _ in scanner.pressed}
    after = mailed.state()
    assert {table for table in STATE if after[table] != before[table]} == set()
    for link in ("invitation", "not me", "ask", "sign-in", "registration", "neutral link"):
        assert any(to.startswith(mailed.links[link]) for to in pressed), (link, sorted(pressed))
    mailed.village.worker.drain()
    _person_uses_every_link(mailed)


def _person_uses_every_link(mailed: Mailed) -> None:
    links, app = mailed.links, mailed.village.app
    assert Browser(app).send(links["not me"], links["not me"]).status_code == 200
    assert mailed.village.rows("SELECT count(*) FROM suppression") == [(1,)]
    assert Browser(app).do(links["invitation"], links["invitation"], email=AOI) == "/register/sent"
    told = {"name": "見本 新", "is_adult": "true", "is_pupil": "false"}
    assert Browser(app).do(links["registration"], links["registration"], **told) == "/me"
    to = f"{links['ask']}/approval"
    assert Browser(app).do(links["ask"], to, known_to_company="false", items=["name"]) == links["ask"]
    signed_in = Browser(app)
    assert signed_in.do(links["sign-in"], links["sign-in"]) == "/"
    assert signed_in.do(links["merging"], links["merging"])


def test_a_machine_that_says_it_is_our_page_still_chooses_nothing_for_the_person(mailed: Mailed) -> None:
    """Whoever forges all that a browser says may decline, but a yes needs an answer that no field holds beforehand."""
    forged = Scanner(mailed.village.app, claims={"Origin": SITE, "Sec-Fetch-Site": "same-origin"})
    page = Page(forged.client.get(mailed.links["ask"]).text)
    to = f"{mailed.links['ask']}/approval"
    [form] = [each for each in page.forms if each.action == to]
    answer = forged.client.post(to, data=form.fields, headers=forged.claims)
    assert answer.status_code in {400, 422}
    assert mailed.village.saw("mei", f"/me/asks/{mailed.introduction}")["status"] == "asked"


def test_every_link_in_every_mail_is_of_a_kind_that_was_scanned(mailed: Mailed) -> None:
    box = mailed.village.house.mailbox
    assert box is not None
    found = {match for mail in box.mails(500) for match in re.findall(rf"{SITE}(/[^\s<>)\]。\"]*)?", f"{mail.text} {mail.html}")}
    kinds = {next((kind for form, kind in KINDS.items() if re.fullmatch(form, each or "/")), each) for each in found}
    assert kinds <= mailed.links.keys(), kinds
    assert {"invitation", "not me", "ask", "sign-in", "registration", "merging"} <= kinds


def test_every_browser_of_today_is_still_let_in(mailed: Mailed) -> None:
    """Our pages name no referrer, so that some browsers say `Origin: null`; older ones have no Sec-Fetch-Site."""
    said: tuple[dict[str, str], ...] = (
        {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, {"Origin": SITE},
    )  # fmt: skip
    for headers in said:
        client = Browser(mailed.village.app).client
        [form] = [each for each in Page(client.get("/sign-in").text).forms if each.action == "/sign-in"]
        answer = client.post("/sign-in", data={**form.fields, "email": MEI}, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/sent")
