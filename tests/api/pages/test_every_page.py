"""Every page, for everybody it is for, in both languages, with real data; and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import uuid4

import pytest

from api.app import handlers
from api.rule import OPT
from marketplace.texts.words import WORDS
from tests.api.pages.tour import pages
from tests.api.pages.town import Town

PAGES = pages()
NOT_ON_THE_TOUR = {"/hiring/introductions/{introduction:uuid}/interview.ics", "/source/imports/{batch:uuid}/rows.csv"}
"""What is answered as a file and no page."""
CASES = [(who, path, language) for who, paths in PAGES.items() for path in paths for language in ("ja", "en")]


def test_every_page_of_the_route_table_is_on_the_tour(walked: Town) -> None:
    rules = {path: handler.opt[OPT] for handler in handlers(walked.app) for path in handler.paths if "GET" in handler.http_methods}
    routes = {path for path, rule in rules.items() if rule.door == "page"}
    tour = {re.sub(r"\{[^}]*\}", "x", path.partition("?")[0]) for paths in PAGES.values() for path in paths}
    shapes = {path: re.compile(re.sub(r"\{\w+:\w+\}", "[^/]+", re.sub(r"/?\{\w+:path\}", "/.+", path))) for path in routes}
    assert {path for path, shape in shapes.items() if not any(map(shape.fullmatch, tour))} == NOT_ON_THE_TOUR


@pytest.mark.parametrize(("who", "path", "language"), CASES)
def test_a_page_renders_whole(walked: Town, who: str, path: str, language: str) -> None:
    browser = walked.browsers.get(who) or walked.browser()
    spoken = browser.client.headers["Accept-Language"]
    browser.client.headers["Accept-Language"] = language
    try:
        page = browser.get(walked.filled(path))
    finally:
        browser.client.headers["Accept-Language"] = spoken
    assert page.lang == language
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("header") == 1
    assert "style" not in page.tags
    assert len(page.scripts) == page.tags.count("script"), "no inline script"
    ours = {address.partition("?")[0].rpartition("/")[2] for address in page.scripts}
    assert ours - {"passkeys.js"} == {"htmx.min.js", "relay.js"}
    assert all(address.startswith("/static/") for address in page.scripts), "no inline script"
    assert not {name for name in page.attributes if name == "style" or name.startswith("on")}
    assert len(page.ids) == len(set(page.ids)), [i for i in page.ids if page.ids.count(i) > 1]
    bare = [i for i in page.inputs if not i["inside"] and i.get("id") not in page.labelled]
    assert bare == [], "every input has its label"
    assert all("csrf" in form.fields for form in page.forms if form.method == "post")
    if language == "en" and path != "/dev/mailbox":
        assert not [w for w in ("保存する", "まだありません", "同意する") if w in page.text]


@pytest.mark.parametrize("who", [who for who in PAGES if who != "stranger"])
def test_every_link_of_a_page_leads_somewhere(walked: Town, who: str) -> None:
    browser = walked.browsers[who]
    for path in PAGES[who]:
        for link in browser.get(walked.filled(path)).links:
            if not link.startswith("/") or link.startswith("/api/"): continue
            assert browser.status(link.partition("#")[0]) == 200, (path, link)


def test_every_form_leads_to_a_route(walked: Town) -> None:
    routes = {re.sub(r"\{\w+:uuid\}", "([0-9a-f-]{36})", re.sub(r"\{\w+:(str|int)\}", "([^/]+)", route.path))
              for route in walked.app.routes if "POST" in getattr(route, "methods", ())}  # fmt: skip
    for who, paths in PAGES.items():
        browser = walked.browsers.get(who) or walked.browser()
        for path in paths:
            for form in browser.get(walked.filled(path)).forms:
                for to in (form.action, *form.elsewhere):
                    if form.method == "post": assert any(re.fullmatch(route, to) for route in routes), (path, to)


@pytest.mark.parametrize("path", sorted({path for paths in PAGES.values() for path in paths}))
def test_a_strangers_look_changes_nothing(walked: Town, path: str) -> None:
    tables = ("relay_events", "command", "gate", "task", "message", "web_session", "login_link", "registration",
              "vault_record", "vault_access_log", "suppression", "share_link", "import_batch")  # fmt: skip

    def state() -> list[object]:
        with walked.house.database.transaction() as connection:
            return [connection.execute(f"SELECT count(*) FROM {t}".encode()).fetchone() for t in tables]

    before = state()
    walked.browser().client.get(walked.filled(path))
    walked.browser().client.head(walked.filled(path))
    assert state() == before


def test_pages_that_are_not_public_send_strangers_to_sign_in(walked: Town) -> None:
    for paths in PAGES.values():
        for path in paths:
            if path in PAGES["stranger"]: continue
            answer = walked.browser().client.get(walked.filled(path))
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


def test_another_tenants_ids_are_not_found(walked: Town) -> None:
    own = walked.ids
    theirs = {
        "source": [f"/hiring/jobs/{own['job']}", f"/hiring/introductions/{own['introduction']}",
                   f"/operator/companies/{own['hiring']}", "/operator", "/finance"],
        "hiring": [f"/source/imports/{own['batch']}", f"/operator/companies/{own['source']}", "/operator", "/finance",
                   f"/me/asks/{own['introduction']}", f"/hiring/introductions/{uuid4()}", f"/hiring/cards/{uuid4()}"],
        "person": [f"/source/imports/{own['batch']}", f"/hiring/introductions/{own['introduction']}",
                   f"/me/asks/{uuid4()}"],
    }  # fmt: skip
    for who, paths in theirs.items():
        for path in paths:
            status = walked.browsers[who].status(path)
            assert status == 404 or (status in {403, 422} and "cards" in path), (who, path, status)


def test_every_value_a_page_may_name_has_its_words() -> None:
    from domain import consent, hire, introduction, job
    from domain.company import CompanyRole, MemberRole
    from domain.policy import DEFAULT
    from domain.privacy_request import RequestKind
    from marketplace.importing.reading import HeldBack, Severity
    from marketplace.settlement.reconcile import Class

    wanted: dict[str, Iterable[object]] = {
        "ask-status": introduction.Status, "item": introduction.Item, "board": introduction.Stage,
        "close-cause": introduction.CloseCause, "hire-status": [s for s in hire.HireStatus if s != "none"],
        "job-closed": job.JobCloseCause, "scope": consent.Scope, "withdrawing": consent.Scope,
        "outcome": consent.OutcomeLevel, "block-cause": consent.BlockCause, "role": CompanyRole,
        "member-role": MemberRole, "request-kind": RequestKind, "held-back": HeldBack, "severity": Severity,
        "reconcile": Class, "fault": [f.code for f in DEFAULT.faults], "condition": job.Conditions.__struct_fields__,
    }  # fmt: skip
    assert [f"{kind}: {of}" for kind, all_of in wanted.items() for of in all_of if str(of) not in WORDS[kind]] == []
