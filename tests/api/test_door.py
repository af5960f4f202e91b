"""What holds for every answer and every route: headers, policies, the origin, the published document."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar import Response, get
from litestar.params import FromPath

import api.app
from api.app import RouteWithoutPolicy, create_app, document, handlers
from api.policies import link, public, signed_in
from api.problem import STATUS, status_of
from api.rendering import render
from api.route import ThisVisit, form, page, query, see_other, webhook
from api.rule import OPT, Rule
from api.text_types import Body, Line
from marketplace.links import mint_share_link
from marketplace.store.log import NO_ANSWER
from tests.api.street import SITE, Street, hidden, press


class Renamed(Body, frozen=True):
    name: Line
    items: frozenset[Line] = frozenset()


EXPECTED = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "path", "status", "cache"),
    [
        ("GET", "/", 200, "no-store"),
        ("HEAD", "/", 200, "no-store"),
        ("OPTIONS", "/sign-in", 204, "no-store"),
        ("GET", "/sign-in", 200, "no-store"),
        ("GET", "/sessions", 303, "no-store"),
        ("GET", "/nowhere", 404, "no-store"),
        ("GET", "/api/v1/session", 401, "no-store"),
        ("GET", "/api/v1/nowhere", 404, "no-store"),
        ("DELETE", "/api/v1/session", 405, "no-store"),
        ("POST", "/sign-in", 403, "no-store"),
        ("GET", "/api/v1/openapi.json", 200, "no-store"),
        ("GET", "/static/base.css", 200, "max-age=3600, public"),
        ("GET", "/static/nothing.css", 404, "no-store"),
    ],
)
def test_every_answer_carries_the_safety_headers(
    street: Street, method: str, path: str, status: int, cache: str
) -> None:
    answer = street.browser().request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert answer.headers["cache-control"] == cache
    assert "strict-transport-security" not in answer.headers


def test_every_route_names_its_policy(street: Street) -> None:
    rules = {next(iter(h.paths)): h.opt.get(OPT) for h in handlers(street.app)}
    assert len(rules) > 10
    assert [path for path, rule in rules.items() if not isinstance(rule, Rule)] == []


def test_the_door_does_not_open_while_a_route_has_no_policy(street: Street) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return ""

    with pytest.raises(RouteWithoutPolicy, match="forgotten"):
        create_app(street.house, also=[forgotten])


def test_a_route_that_is_not_public_is_closed_to_strangers(street: Street) -> None:
    stranger = street.browser()
    for handler in handlers(street.app):
        rule = handler.opt[OPT]
        if rule.policy is public: continue
        path = next(iter(p for p in handler.paths))
        route = next(r.path for r in street.app.routes if handler in getattr(r, "route_handlers", []))
        address = re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:uuid\}", str(uuid4()), route))
        method = "POST" if "POST" in handler.http_methods else "GET"
        answer = stranger.request(method, address, headers={"Idempotency-Key": "12345678", "Origin": SITE})
        closed = {410} if "{link:" in route else {303, 401} if rule.door == "page" else {401}
        assert answer.status_code in closed, (path, answer.status_code)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": SITE}, 303),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Origin": "https://127.0.0.1:8000"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost:8000", "Host": "localhost:8000"}, 303),
        ({"Origin": "http://evil.example:8000", "Host": "evil.example:8000"}, 403),
    ],
)
def test_a_form_is_only_taken_from_our_own_pages(street: Street, headers: dict[str, str], status: int) -> None:
    browser = street.browser()
    token = hidden(browser.get("/sign-in").text, "csrf")
    answer = browser.post("/sign-in", data={"csrf": token, "email": "aoi@mail.example"}, headers=headers)
    assert answer.status_code == status


def test_a_form_without_its_token_is_refused_and_changes_nothing(street: Street) -> None:
    browser = street.signed_in("candidate", uuid4())
    for data in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "𠮷"}):
        answer = browser.post("/sign-out", data=data, headers={"Origin": SITE})
        assert answer.status_code == 403
    assert browser.get("/api/v1/session").status_code == 200


def test_the_token_of_a_visitor_does_not_fit_the_session_that_follows(street: Street) -> None:
    browser, who = street.browser(), uuid4()
    before = hidden(browser.get("/").text, "csrf")
    link = street.link("candidate", who)
    press(browser, link, link)
    assert browser.post("/sign-out", data={"csrf": before}).status_code == 403


def test_a_command_by_cookie_needs_the_token_and_one_by_header_does_not(street: Street) -> None:
    user = street.member(street.company())
    browser, key = street.signed_in("user", user), {"Idempotency-Key": "a-key-of-mine"}
    body = {"label": "export", "scopes": ["jobs:read"]}
    refused = browser.post("/api/v1/api-keys", json=body, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf-token-wrong")
    token = browser.get("/api/v1/session").json()["csrf_token"]
    evil = browser.post(
        "/api/v1/api-keys", json=body, headers={**key, "X-CSRF-Token": token, "Origin": "https://evil.example"}
    )
    assert evil.json()["code"] == "request-from-elsewhere"
    assert browser.post("/api/v1/api-keys", json=body, headers={**key, "X-CSRF-Token": token}).status_code == 201
    program = street.browser().post("/api/v1/api-keys", json=body, headers={**key, **street.bearer("user", user)})
    assert program.status_code == 201


def test_the_developers_pages_are_there_on_loopback_only(make_street: Any, street: Street) -> None:
    browser = street.browser()
    street.house.people.known["aoi@mail.example"] = ("candidate", uuid4())
    press(browser, "/sign-in", "/sign-in", email="aoi@mail.example")
    page_ = browser.get("/dev/mailbox")
    assert page_.status_code == 200
    assert f'<a href="{SITE}/sign-in/' in page_.text
    assert '<a href="https://elsewhere.example' not in page_.text
    assert "&lt;b&gt;ja&lt;/b&gt;" in page_.text
    for path in ("/dev/mailbox", "/dev/roles"):
        assert browser.get(path, headers={"Host": "rebound.example:8000"}).status_code == 404
        assert make_street(public_url="https://relay.example").browser().get(path).status_code == 404


def test_a_developer_signs_in_as_a_role_by_a_fresh_link(street: Street) -> None:
    from api.house import DemoRole

    who = uuid4()
    street.house.roles.append(
        DemoRole(key="aoi", kind="candidate", subject=who, label_ja="候補者 青井", label_en="Candidate Aoi")
    )
    browser = street.browser()
    link = press(browser, "/dev/roles", "/dev/roles/aoi").headers["location"]
    assert press(browser, link, link).status_code == 303
    assert browser.get("/api/v1/session").json()["id"] == str(who)
    assert press(browser, "/dev/roles", "/dev/roles/nobody").status_code == 404


def test_the_published_document_is_valid_and_says_what_a_command_needs(street: Street) -> None:
    answer = street.browser().get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
    published = answer.json()
    assert published["openapi"].startswith("3.1")
    make = published["paths"]["/api/v1/api-keys"]["post"]
    [key] = [p for p in make["parameters"] if p["in"] == "header"]
    assert (key["name"], key["required"], key["schema"]["minLength"], key["schema"]["maxLength"]) == (
        "Idempotency-Key",
        True,
        8,
        200,
    )
    assert list(make["responses"]["422"]["content"]) == ["application/problem+json"]
    assert make["responses"]["422"]["content"]["application/problem+json"]["schema"] == {
        "$ref": "#/components/schemas/Problem"
    }
    schemas = published["components"]["schemas"]
    assert schemas["NewKey"]["additionalProperties"] is False
    assert schemas["NewKey"]["properties"]["valid_days"]["minimum"] == 1
    assert "additionalProperties" not in schemas["Problem"]
    for path, operations in published["paths"].items():
        assert path.startswith("/api/v1/"), path
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            if method == "post":
                body = operation.get("requestBody", {}).get("content", {})
                assert set(body) <= {"application/json"}


def test_every_reference_of_the_document_leads_somewhere(street: Street) -> None:
    published = document(street.app)
    ids = [op["operationId"] for path in published["paths"].values() for op in path.values()]
    assert len(ids) == len(set(ids))
    waiting: list[Any] = [published]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if "$ref" in found:
                assert found["$ref"].removeprefix("#/components/schemas/") in published["components"]["schemas"]
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def test_the_table_of_statuses_ends_with_a_conflict() -> None:
    assert STATUS[-1] == ("*", 409)
    known = {"not-found": 404, "sign-in-needed": 401, "only-the-candidate-may-approve": 403,
             "approval-window-closed": 409, "corporate-number-wrong": 422, "base-out-of-range": 422,
             "share-already-answered": 409,
             "idempotency-key-missing": 400, "changed-since-read": 412}  # fmt: skip
    assert {code: status_of(code) for code in known} == known


def test_nobody_writes_a_route_past_the_door() -> None:
    """Routes come from api.route alone: a bare decorator would have no rule, no problems, no thread."""
    folder = Path(api.app.__file__).parent
    allowed = {folder / "route.py", folder / "app.py"}
    for path in folder.rglob("*.py"):
        if path in allowed: continue
        names = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("litestar")
            for alias in node.names
        }
        assert not names & {"get", "post", "put", "patch", "delete", "route", "HTTPRouteHandler"} - (
            {"HTTPRouteHandler"} if path.name in {"rule.py", "operator_viewing.py"} else set()
        ), path


def test_a_database_that_does_not_answer_is_said_so_and_no_stack_is_shown(street: Street) -> None:
    program = street.browser()
    street.house.database.close()
    answer = program.get("/api/v1/session")
    assert (answer.status_code, answer.json()["code"]) == (503, "try-later")


@pytest.mark.parametrize("lost", NO_ANSWER)
def test_a_log_whose_connection_was_lost_is_said_so_as_well(make_street: Any, lost: type[Exception]) -> None:
    @query("/api/v1/lost", policy=public)
    def losing(visit: ThisVisit) -> dict[str, str]:  # noqa: ARG001  as every handler
        raise lost("terminating connection due to unexpected postmaster exit")

    answer = make_street(also=[losing]).browser().get("/api/v1/lost")
    assert (answer.status_code, answer.json()["code"]) == (503, "try-later")


@form("/pages/renamed", policy=signed_in)
def renamed(visit: ThisVisit) -> Response[str]:
    wanted = visit.form(Renamed)
    return see_other(visit, f"/{visit.command.id}?{len(wanted.items)}")


@webhook("/webhooks/tests", policy=public)
def told(visit: ThisVisit) -> dict[str, int]:
    return {"bytes": len(visit.raw)}


@page("/tests/share/{link:str}", policy=link)
def shared(visit: ThisVisit, link: FromPath[str]) -> Response[str]:
    return render(visit, "sign_in_link.html", token=f"{link}{visit.actor.text}{visit.actor.introduction}")


def test_a_form_sent_twice_is_one_command_and_a_corrected_one_another(make_street: Any) -> None:
    street: Street = make_street(also=[renamed])
    browser = street.signed_in("candidate", uuid4())
    browser.headers["Origin"] = SITE
    shown = browser.get("/sessions").text
    fields = {"csrf": hidden(shown, "csrf"), "key": hidden(shown, "key")}
    sent = [browser.post("/pages/renamed", data={**fields, "name": name}) for name in ("青空", "青空", "みどり", "")]
    assert [answer.status_code for answer in sent] == [303, 303, 303, 400]
    first, again, corrected = (answer.headers["location"] for answer in sent[:3])
    assert first == again
    assert corrected != first
    twice = browser.post("/pages/renamed", data={**fields, "name": ["青空", "みどり"]})
    assert twice.status_code == 400
    several = browser.post("/pages/renamed", data={**fields, "name": "青空", "items": ["salary", "skills"]})
    assert several.headers["location"].endswith("?2")
    keyless = browser.post("/pages/renamed", data={"csrf": fields["csrf"], "name": "青空"})
    assert keyless.status_code == 400
    for wrong in (b"name=%ff", b"name=%00", b"name", "name=𠮷".encode(), b"&" * 600):
        as_form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert browser.post("/pages/renamed", content=wrong, headers=as_form).status_code == 400, wrong
    assert browser.post("/pages/renamed", json={}).status_code == 415


def test_a_webhook_gets_its_bytes_as_they_were_sent(make_street: Any) -> None:
    street: Street = make_street(also=[told])
    as_json = {"Content-Type": "application/json"}
    answer = street.browser().post("/webhooks/tests", content=b"\xff\x00{", headers=as_json)
    assert answer.json() == {"bytes": 3}
    assert street.browser().get("/webhooks/tests").json()["code"] == "method-not-allowed"


def test_a_method_that_is_not_allowed_is_told_which_are(street: Street) -> None:
    answer = street.browser().request("TRACE", "/api/v1/session")
    assert answer.status_code == 405
    assert {each.strip() for each in answer.headers["allow"].split(",")} >= {"GET"}


def test_a_share_link_acts_for_its_candidate_whoever_else_is_signed_in(make_street: Any) -> None:
    street: Street = make_street(also=[shared])
    introduction, who, now = uuid4(), uuid4(), street.now()
    with street.house.database.transaction() as connection:
        address = mint_share_link(connection, introduction, who, now + timedelta(days=7))
    for browser in (street.browser(), street.signed_in("user", street.member(street.company()))):
        assert f"candidate:{who}{introduction}" in browser.get(f"/tests{address}").text.replace("%3A", ":")
        assert browser.get("/share/" + "A" * 43).status_code == 410
    street.later(timedelta(days=7))
    assert street.browser().get(address).status_code == 410
