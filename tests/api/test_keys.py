"""API keys: scoped, with an end, shown once, stored hashed, revoked at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.policies import company
from api.route import ThisVisit, query
from domain.company import CompanyRole
from tests.api.street import Street


@query("/api/v1/whose", policy=company(scope="ledger:read"))
def whose(visit: ThisVisit) -> dict[str, str]:
    return {
        "actor": visit.actor.text,
        "company": str(visit.company),
        "roles": ",".join(sorted(visit.actor.company_roles)),
    }


@pytest.fixture
def door(make_street: Any) -> Street:
    street: Street = make_street(also=[whose])
    return street


def made(door: Street, admin: dict[str, str], *scopes: str, days: int = 30) -> dict[str, str]:
    body = {"label": "月次の取り込み", "scopes": scopes, "valid_days": days}
    answer = door.browser().post("/api/v1/api-keys", json=body, headers={**admin, "Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_key_acts_for_its_company_within_its_scopes_until_its_end(door: Street) -> None:
    ours = door.company(CompanyRole.SOURCE)
    admin = door.bearer("user", door.member(ours))
    key, narrow = made(door, admin, "ledger:read"), made(door, admin, "jobs:read")
    program, bearer = door.browser(), {"Authorization": f"Bearer {key['key']}"}
    assert program.get("/api/v1/whose", headers=bearer).json() == {
        "actor": f"key:{key['id']}",
        "company": str(ours),
        "roles": "source",
    }
    assert (
        program.get("/api/v1/whose", headers={"Authorization": f"Bearer {narrow['key']}"}).json()["code"]
        == "scope-missing"
    )
    assert program.get("/api/v1/api-keys", headers=bearer).json()["code"] == "scope-missing"
    assert door.rows("SELECT count(*) FROM api_key WHERE last_used_at IS NOT NULL") == [(2,)]
    door.later(timedelta(days=30))
    assert program.get("/api/v1/whose", headers=bearer).status_code == 401


def test_a_revoked_key_opens_nothing_at_once(door: Street) -> None:
    admin = door.bearer("user", door.member(door.company()))
    key = made(door, admin, "ledger:read")
    program, bearer = door.browser(), {"Authorization": f"Bearer {key['key']}"}
    assert program.get("/api/v1/whose", headers=bearer).status_code == 200
    answer = program.post(f"/api/v1/api-keys/{key['id']}/revoke", headers={**admin, "Idempotency-Key": "12345678"})
    assert answer.json()["revoked_at"] is not None
    assert program.get("/api/v1/whose", headers=bearer).json()["code"] == "credentials-not-valid"


def test_the_secret_is_nowhere_but_in_the_first_answer(door: Street) -> None:
    admin = door.bearer("user", door.member(door.company()))
    secret = made(door, admin, "ledger:read")["key"].split("_", 2)[2]
    listed = door.browser().get("/api/v1/api-keys", headers=admin)
    assert secret not in listed.text
    assert secret not in str(door.rows("SELECT k::text FROM api_key k"))


@pytest.mark.parametrize(
    "text",
    [
        "Basic YTpi",
        "",
        "Bearer",
        "Bearer ",
        "Bearer crk_",
        "Bearer crk_x_y",
        f"Bearer crk_{'0' * 32}_{'A' * 43}",
        "Bearer \xff\xfe",
        "x" * 5000,
    ],
)
def test_credentials_that_are_none_are_refused(door: Street, text: str) -> None:
    answer = door.browser().get("/api/v1/whose", headers={b"Authorization": text.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials-not-valid")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_with_another_keys_secret_is_no_key(door: Street) -> None:
    admin = door.bearer("user", door.member(door.company()))
    one, other = made(door, admin, "ledger:read")["key"], made(door, admin, "ledger:read")["key"]
    mixed = f"{one.rpartition('_')[0][:36]}_{other.split('_', 2)[2]}"
    assert door.browser().get("/api/v1/whose", headers={"Authorization": f"Bearer {mixed}"}).status_code == 401


def test_an_unknown_scope_and_the_twenty_first_key_are_refused(door: Street) -> None:
    admin = door.bearer("user", door.member(door.company()))
    program = door.browser()
    codes = []
    for n in range(21):
        body = {"label": f"key {n}", "scopes": ["jobs:read"]}
        codes.append(
            program.post("/api/v1/api-keys", json=body, headers={**admin, "Idempotency-Key": f"number-{n}"}).status_code
        )
    assert codes == [*[201] * 20, 409]
    body = {"label": "key", "scopes": ["everything"]}
    answer = program.post("/api/v1/api-keys", json=body, headers={**admin, "Idempotency-Key": "number-x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "scope-unknown")


def test_only_an_admin_of_the_company_makes_keys(door: Street) -> None:
    company_ = door.company()
    body = {"label": "key", "scopes": ["jobs:read"]}
    for role in ("recruiter", "hiring-manager", "finance", "viewer"):
        headers = {**door.bearer("user", door.member(company_, role)), "Idempotency-Key": "12345678"}
        assert door.browser().post("/api/v1/api-keys", json=body, headers=headers).json()["code"] == "not-permitted"
    headers = {**door.bearer("candidate", uuid4()), "Idempotency-Key": "12345678"}
    assert door.browser().post("/api/v1/api-keys", json=body, headers=headers).status_code == 403


def test_a_key_whose_end_has_passed_stays_over_when_the_clock_is_set_back(door: Street) -> None:
    admin = door.bearer("user", door.member(door.company()))
    used, unused = made(door, admin, "ledger:read", days=1), made(door, admin, "ledger:read", days=1)
    program = door.browser()

    def status(key: dict[str, str]) -> int:
        return program.get("/api/v1/whose", headers={"Authorization": f"Bearer {key['key']}"}).status_code

    door.later(timedelta(hours=23))
    assert status(used) == 200
    door.later(timedelta(hours=2))
    assert (status(used), status(unused)) == (401, 401)
    door.later(timedelta(hours=-3))
    assert status(used) == 401, "it was used later than that"
    door.later(timedelta(hours=-23))
    assert status(unused) == 401, "it was made later than that"
    door.later(timedelta(hours=24, minutes=-4))
    assert status(used) == 200, "a few minutes are no jump"
