"""Each role may do what its name says: asked of the policy of every route there is, page and API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from litestar.routes import HTTPRoute

from api.app import handlers
from api.policies import Actor, Allow, Resource
from api.rule import OPT, Rule
from domain.company import CompanyRole, MemberRole
from tests.api.v1.introductions.town import Town

SOMEBODY, SOMEWHERE, CANDIDATE = UUID(int=1), UUID(int=2), UUID(int=3)
OWN = Resource(companies=frozenset({SOMEWHERE}), candidate=CANDIDATE, introduction=UUID(int=4))
EVERY_KIND = frozenset(CompanyRole)
ABOUT_ONESELF = re.compile(
    r"/(api/v1/|hiring/)?(account|company|language|member-address|passkeys|saved-searches|sessions?|sign-out|step-ups?)\b"
)
"""One's own sign-ins, address and searches, and for which company one stands."""
OBJECTING = {"/api/v1/companies/{company}/recovery/objection", "/team/recovery/objection"}
IDENTITIES = {
    ("GET", "/api/v1/introductions/{introduction}/person"), ("POST", "/hiring/introductions/{introduction}/person"),
    ("GET", "/api/v1/applicants/{applicant}"), ("GET", "/api/v1/provision-records"), ("GET", "/team"),
    ("GET", "/api/v1/companies/{company}/members"),
}  # fmt: skip
MONEY = {
    ("GET", "/api/v1/account"), ("GET", "/api/v1/fees"), ("GET", "/api/v1/fees/{fee}"), ("GET", "/api/v1/ledger"),
    ("GET", "/api/v1/payout-ledger"), ("GET", "/finance"), ("GET", "/finance/ledger"),
}  # fmt: skip


def rules(town: Town) -> Iterator[tuple[str, str, Rule]]:
    """Method, path and rule of every route."""
    ours = set(handlers(town.app))
    for route in town.app.routes:
        if not isinstance(route, HTTPRoute): continue
        for each in route.route_handlers:
            if each not in ours or each.opt[OPT].door == "asset": continue
            for method in each.http_methods - {"OPTIONS", "HEAD"}:
                yield str(method), re.sub(r":\w+}", "}", route.path), each.opt[OPT]


def allowed(town: Town, role: MemberRole, about: Resource = OWN) -> set[tuple[str, str]]:
    """Where a person in this role gets in, in a company of every kind, about its own things; but for what is for everybody."""
    actor = Actor(kind="user", id=SOMEBODY, company=SOMEWHERE, role=role, company_roles=EVERY_KIND)
    found = set()
    for method, path, rule in rules(town):
        if isinstance(rule.policy(Actor(), None), Allow): continue
        if isinstance(rule.policy(actor, about), Allow): found.add((method, path))
    return found


def writes(found: set[tuple[str, str]]) -> set[str]:
    return {path for method, path in found if method == "POST" and not ABOUT_ONESELF.match(path)}


def test_a_viewer_changes_nothing_but_may_object_to_a_new_administrator(town: Town) -> None:
    assert writes(allowed(town, MemberRole.VIEWER)) == OBJECTING


def test_whoever_only_looks_or_counts_money_sees_no_disclosed_person(town: Town) -> None:
    for role in (MemberRole.VIEWER, MemberRole.FINANCE):
        assert allowed(town, role) & IDENTITIES == set(), role
    assert allowed(town, MemberRole.ADMIN) >= IDENTITIES


def test_money_is_for_finance_and_admins(town: Town) -> None:
    for role in (MemberRole.ADMIN, MemberRole.FINANCE):
        assert allowed(town, role) >= MONEY, role
    for role in (MemberRole.RECRUITER, MemberRole.HIRING_MANAGER, MemberRole.VIEWER):
        assert allowed(town, role) & MONEY == set(), role


def test_people_roles_and_keys_are_the_admins_alone(town: Town) -> None:
    theirs = {
        (method, path) for method, path, _ in rules(town)
        if path.startswith(("/api-keys", "/api/v1/api-keys", "/team/members")) or path == "/team"
    }  # fmt: skip
    assert allowed(town, MemberRole.ADMIN) >= theirs
    for role in set(MemberRole) - {MemberRole.ADMIN}:
        assert allowed(town, role) & theirs == set(), role


def test_what_hangs_on_anothers_job_is_closed_to_a_hiring_manager_wherever_it_is_open_to_them_for_their_own(town: Town) -> None:
    mine, another = (
        Resource(companies=OWN.companies, candidate=CANDIDATE, introduction=OWN.introduction, assigned=assigned)
        for assigned in (frozenset({SOMEBODY}), frozenset[UUID]())
    )
    theirs = allowed(town, MemberRole.HIRING_MANAGER, mine)
    assert ("GET", "/api/v1/introductions/{introduction}/person") in theirs
    left = {path for _, path in allowed(town, MemberRole.HIRING_MANAGER, another)}
    assert not [path for path in left if "/introductions/{" in path or "/hires/{" in path or "/jobs/{" in path]
