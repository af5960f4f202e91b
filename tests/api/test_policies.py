"""Policies are pure: who may do what, in all combinations that matter."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.policies import (
    NOTHING,
    Actor,
    Allow,
    Deny,
    Policy,
    Resource,
    candidate,
    company,
    either,
    link,
    link_or_candidate,
    operator,
    public,
    signed_in,
)
from domain.company import CompanyRole, MemberRole
from tests.api.street import Street

AOZORA, MIDORI = UUID(int=1), UUID(int=2)
AOI, HARU = UUID(int=11), UUID(int=12)
ASK, OTHER_ASK = UUID(int=21), UUID(int=22)

STRANGER = Actor()
ADMIN = Actor(
    kind="user", id=uuid4(), company=AOZORA, role=MemberRole.ADMIN, company_roles=frozenset({CompanyRole.SOURCE})
)
VIEWER = Actor(
    kind="user", id=uuid4(), company=AOZORA, role=MemberRole.VIEWER, company_roles=frozenset({CompanyRole.SOURCE})
)
LEAVER = Actor(kind="user", id=uuid4())
OPERATOR = Actor(
    kind="user", id=uuid4(), company=MIDORI, role=MemberRole.FINANCE, company_roles=frozenset({CompanyRole.OPERATOR})
)
KEY = Actor(
    kind="key",
    id=uuid4(),
    company=AOZORA,
    scopes=frozenset({"jobs:write"}),
    company_roles=frozenset({CompanyRole.SOURCE}),
)
CANDIDATE = Actor(kind="candidate", id=AOI)
LINK = Actor(kind="link", id=AOI, introduction=ASK)

OURS, THEIRS = Resource(companies=frozenset({AOZORA})), Resource(companies=frozenset({MIDORI}))
MINE, HERS = Resource(candidate=AOI, introduction=ASK), Resource(candidate=HARU, introduction=OTHER_ASK)
YES = None

writes = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="jobs:write")
people_only = company()
hiring = company(of=CompanyRole.HIRING)
seen_by_operator = company(operator_too=True)


@pytest.mark.parametrize(
    ("policy", "actor", "resource", "code"),
    [
        (public, STRANGER, None, YES),
        (signed_in, STRANGER, NOTHING, "sign-in-needed"),
        (signed_in, LINK, NOTHING, "sign-in-needed"),
        (signed_in, KEY, NOTHING, "not-permitted"),
        (signed_in, CANDIDATE, NOTHING, YES),
        (signed_in, LEAVER, NOTHING, YES),
        (candidate, STRANGER, MINE, "sign-in-needed"),
        (candidate, CANDIDATE, MINE, YES),
        (candidate, CANDIDATE, NOTHING, YES),
        (candidate, CANDIDATE, HERS, "not-found"),
        (candidate, CANDIDATE, None, "not-found"),
        (candidate, ADMIN, MINE, "not-found"),
        (candidate, ADMIN, NOTHING, "not-permitted"),
        (candidate, OPERATOR, MINE, "not-found"),
        (link, STRANGER, NOTHING, "share-link-not-valid"),
        (link, LINK, NOTHING, YES),
        (link_or_candidate, LINK, MINE, YES),
        (link_or_candidate, LINK, HERS, "not-found"),
        (link_or_candidate, LINK, NOTHING, "not-found"),
        (link_or_candidate, CANDIDATE, MINE, YES),
        (link_or_candidate, STRANGER, MINE, "sign-in-needed"),
        (writes, STRANGER, OURS, "sign-in-needed"),
        (writes, STRANGER, None, "sign-in-needed"),
        (writes, ADMIN, OURS, YES),
        (writes, ADMIN, NOTHING, YES),
        (writes, ADMIN, THEIRS, "not-found"),
        (writes, ADMIN, None, "not-found"),
        (writes, VIEWER, OURS, "not-permitted"),
        (writes, VIEWER, THEIRS, "not-found"),
        (writes, KEY, OURS, YES),
        (writes, KEY, THEIRS, "not-found"),
        (writes, CANDIDATE, OURS, "not-found"),
        (writes, CANDIDATE, NOTHING, "not-permitted"),
        (writes, LEAVER, NOTHING, "not-permitted"),
        (writes, LEAVER, OURS, "not-found"),
        (people_only, KEY, OURS, "scope-missing"),
        (people_only, VIEWER, OURS, YES),
        (company(scope="ledger:read"), KEY, OURS, "scope-missing"),
        (hiring, ADMIN, OURS, "not-permitted"),
        (seen_by_operator, OPERATOR, OURS, YES),
        (seen_by_operator, ADMIN, THEIRS, "not-found"),
        (people_only, OPERATOR, OURS, "not-found"),
        (operator(), OPERATOR, OURS, YES),
        (operator(), OPERATOR, None, "not-found"),
        (operator(), ADMIN, OURS, "not-found"),
        (operator(), STRANGER, OURS, "sign-in-needed"),
        (operator(MemberRole.ADMIN), OPERATOR, OURS, "not-permitted"),
        (either(candidate, writes), CANDIDATE, MINE, YES),
        (either(candidate, writes), ADMIN, OURS, YES),
        (either(candidate, writes), VIEWER, OURS, "not-permitted"),
        (either(candidate, writes), VIEWER, THEIRS, "not-found"),
        (either(candidate, writes), STRANGER, THEIRS, "sign-in-needed"),
    ],
)
def test_who_may_do_what(policy: Policy, actor: Actor, resource: Resource | None, code: str | None) -> None:
    assert policy(actor, resource) == (Allow() if code is None else Deny(code))


def test_a_link_acts_for_its_candidate() -> None:
    assert LINK.text == CANDIDATE.text == f"candidate:{AOI}"
    assert KEY.text == f"key:{KEY.id}"


@pytest.mark.parametrize("accept", ["ja", "en"])
def test_another_companys_thing_is_not_there_byte_for_byte(street: Street, accept: str) -> None:
    ours, theirs = street.company(), street.company()
    body = {"label": "export", "scopes": ["jobs:read"]}
    program, language = street.browser(), {"Accept-Language": accept, "Idempotency-Key": "a-key-of-theirs"}
    made = program.post(
        "/api/v1/api-keys", json=body, headers={**street.bearer("user", street.member(theirs)), **language}
    )
    key = made.json()["id"]
    for who in (street.member(ours, "admin"), street.member(ours, "viewer"), uuid4()):
        headers = {**street.bearer("user", who), **language}
        wrong, absent = (program.get(f"/api/v1/api-keys/{which}", headers=headers) for which in (key, uuid4()))
        same(wrong, absent, 404)
        headers["Idempotency-Key"] = str(uuid4())
        wrong, absent = (
            program.post(f"/api/v1/api-keys/{which}/revoke", headers={**headers, "Idempotency-Key": str(uuid4())})
            for which in (key, uuid4())
        )
        same(wrong, absent, 404)
    assert street.rows("SELECT revoked_at FROM api_key") == [(None,)]
    there, absent = (program.get(f"/api/v1/api-keys/{which}", headers=language) for which in (key, uuid4()))
    same(there, absent, 401)


def same(one: Any, other: Any, status: int) -> None:
    assert (one.status_code, one.content, list(one.headers.items())) == (
        other.status_code,
        other.content,
        list(other.headers.items()),
    )
    assert one.status_code == status
