"""One key, one effect: repeats, double clicks, another body under the same key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from litestar import Response
from litestar.params import FromPath

from api import policies
from api.idempotency import command_id
from api.precondition import IfMatch, demand_version, etag
from api.route import Done, ThisVisit, command, done, query
from domain.company import INITIAL, CompanyReinstated, CompanyRole, CompanySuspended, evolve
from marketplace.store.log import StreamMoved
from tests.api.street import Street


@query("/api/v1/companies/{company:uuid}/state", policy=policies.public)
def state(visit: ThisVisit, company: FromPath[UUID]) -> Response[dict[str, bool]]:
    loaded = visit.house.log.load(company, INITIAL, evolve)
    return Response({"suspended": loaded.state.suspended}, headers=etag(loaded.version))


@command("/api/v1/companies/{company:uuid}/toggle", policy=policies.signed_in)
def toggle(visit: ThisVisit, company: FromPath[UUID], if_match: IfMatch = None) -> Done:
    log = visit.house.log
    for _ in range(20):
        loaded = log.load(company, INITIAL, evolve)
        demand_version(visit, if_match, loaded.version)
        event = CompanyReinstated() if loaded.state.suspended else CompanySuspended(cause="asked")
        try:
            return done(log.append(visit.command, {company: (loaded.version, [event])}), company)
        except StreamMoved:
            continue
    raise StreamMoved(company)


@pytest.fixture
def door(make_street: Any) -> Street:
    street: Street = make_street(also=[state, toggle])
    return street


def key(value: str = "first-key-of-all") -> dict[str, str]:
    return {"Idempotency-Key": value}


def admin(door: Street) -> dict[str, str]:
    return door.bearer("user", door.member(door.company()))


def test_a_command_without_a_key_is_refused(door: Street) -> None:
    program, who = door.browser(), admin(door)
    body = {"label": "export", "scopes": ["jobs:read"]}
    answer = program.post("/api/v1/api-keys", json=body, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    for wrong in ("short", "with space inside", "x" * 201):
        answer = program.post("/api/v1/api-keys", json=body, headers={**who, **key(wrong)})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-malformed")
    assert door.rows("SELECT count(*) FROM api_key") == [(0,)]


def test_the_same_request_again_has_no_second_effect_and_the_secret_is_shown_once(door: Street) -> None:
    program, who = door.browser(), {**admin(door), **key()}
    body = {"label": "export", "scopes": ["jobs:read"]}
    first, second = (program.post("/api/v1/api-keys", json=body, headers=who) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["key"].startswith("crk_")
    assert second.json()["key"] is None
    assert door.rows("SELECT count(*) FROM api_key") == [(1,)]


def test_the_same_key_with_another_request_is_refused(door: Street) -> None:
    program, who = door.browser(), {**admin(door), **key()}
    assert (
        program.post("/api/v1/api-keys", json={"label": "one", "scopes": ["jobs:read"]}, headers=who).status_code == 201
    )
    other_body = program.post("/api/v1/api-keys", json={"label": "two", "scopes": ["jobs:read"]}, headers=who)
    other_path = program.post("/api/v1/sessions/end-all", headers=who)
    assert [(a.status_code, a.json()["code"]) for a in (other_body, other_path)] == [
        (422, "idempotency-key-reused")
    ] * 2


def test_a_key_belongs_to_its_actor(door: Street) -> None:
    program, body = door.browser(), {"label": "one", "scopes": ["jobs:read"]}
    answers = [program.post("/api/v1/api-keys", json=body, headers={**admin(door), **key()}) for _ in range(2)]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert command_id("user:1", "a-key-of-mine") != command_id("user:2", "a-key-of-mine")


def test_a_double_click_has_one_effect(door: Street) -> None:
    company = door.company(CompanyRole.SOURCE)
    headers = {**door.bearer("user", door.member(company)), **key(), "If-Match": '"2"'}
    programs = [door.browser() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda p: p.post(f"/api/v1/companies/{company}/toggle", headers=headers), programs))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["outcome"] for answer in answers) == [*["again"] * 7, "done"]
    assert {answer.json()["position"] for answer in answers} == {3}
    assert door.house.log.load(company, INITIAL, evolve).version == 3
    repeat = programs[0].post(f"/api/v1/companies/{company}/toggle", headers=headers)
    assert repeat.json() == {"outcome": "again", "position": 3, "id": str(company)}


def test_what_was_asked_is_kept_only_as_a_digest(door: Street) -> None:
    program, who = door.browser(), {**admin(door), **key()}
    program.post("/api/v1/api-keys", json={"label": "visible", "scopes": ["jobs:read"]}, headers=who)
    [(request,)] = door.rows("SELECT request FROM idempotency")
    assert len(request) == 32


def test_a_refused_command_may_be_sent_again_under_its_key_once_the_cause_is_gone(door: Street) -> None:
    company = door.company()
    user = door.member(company, "viewer")
    program, who = door.browser(), {**door.bearer("user", user), **key()}
    body = {"label": "export", "scopes": ["jobs:read"]}
    assert program.post("/api/v1/api-keys", json=body, headers=who).status_code == 403
    door.rows("UPDATE member SET role = 'admin' WHERE user_id = %s RETURNING 1", user)
    assert program.post("/api/v1/api-keys", json=body, headers=who).status_code == 201
    door.rows("UPDATE member SET role = 'viewer' WHERE user_id = %s RETURNING 1", user)
    assert program.post("/api/v1/api-keys", json=body, headers=who).status_code == 403


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "if-match-missing"),
        ("3", 400, "if-match-malformed"),
        ('W/"2"', 400, "if-match-malformed"),
        ("*", 400, "if-match-malformed"),
        ('"1"', 412, "changed-since-read"),
    ],
)
def test_who_decides_on_an_old_version_is_refused(door: Street, if_match: str | None, status: int, code: str) -> None:
    company, program = door.company(), door.browser()
    assert program.get(f"/api/v1/companies/{company}/state").headers["etag"] == '"2"'
    headers = {**admin(door), **key(), **({"If-Match": if_match} if if_match else {})}
    answer = program.post(f"/api/v1/companies/{company}/toggle", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert door.house.log.load(company, INITIAL, evolve).version == 2


def test_the_same_key_with_another_query_is_another_request(door: Street) -> None:
    company = door.company()
    program, who = door.browser(), door.bearer("user", door.member(company))
    path, headers = f"/api/v1/companies/{company}/toggle", {**who, **key(), "If-Match": '"2"'}
    assert program.post(f"{path}?basis=one", json={}, headers=headers).status_code == 200
    again = program.post(f"{path}?basis=other", json={}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")
