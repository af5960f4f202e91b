"""Leaving: what somebody held is another's, and nothing that they hold opens anything any more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest

from api import keys, session
from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.refusal import Refused
from marketplace.commands import members
from marketplace.links import digest
from tests.api.team.conftest import Joins
from tests.api.team.test_hiring_manager import asked, assign
from tests.api.v1.introductions.town import Town, Visitor


def leave(town: Town, who: str, to: str | None = None, *, at: str = "hiring", by: str = "hiring") -> Any:
    body = {"hand_over_to": str(town.users[to])} if to else {}
    path = f"/companies/{town.companies[at]}/members/{town.users[who]}/leaving"
    return town.company(by).send(path, body)


def key_of(admin: Visitor, town: Town) -> Visitor:
    made = admin.post("/api-keys", {"label": "採用管理", "scopes": ["jobs:read", "company:read"]})
    return town.visitor(made["key"])


def test_a_leavers_sessions_links_and_keys_open_nothing_at_once(town: Town, joins: Joins) -> None:
    second = joins("second", "admin")
    key = key_of(second, town)
    with town.house.database.transaction() as connection:
        link = session.mint_login_link(connection, "user", town.users["second"], town.now()).rpartition("/")[2]
    assert (second.read("/session").status_code, key.read("/jobs").status_code) == (200, 200)
    assert leave(town, "second").status_code == 200
    assert second.read("/session").json()["code"] == "credentials-not-valid"
    assert key.read("/jobs").json()["code"] == "credentials-not-valid"
    with town.house.database.transaction() as connection, pytest.raises(Refused, match="sign-in-link-not-valid"):
        session.sign_in(connection, link, town.now())


def test_a_link_or_session_that_is_made_as_they_leave_opens_nothing_either(town: Town, joins: Joins) -> None:
    joins("second", "admin")
    assert leave(town, "second").status_code == 200
    with town.house.database.transaction() as connection:
        link = session.mint_login_link(connection, "user", town.users["second"], town.now()).rpartition("/")[2]
        token = session.begin(connection, "user", town.users["second"], town.now())
        assert session.find(connection, token, town.now()) is None
        key = uuid4()
        connection.execute(
            "INSERT INTO api_key (id, company, label, secret_hash, scopes, made_by, made_at, expires_at)"
            " VALUES (%s, %s, 'x', %s, '{jobs:read}', %s, %s, %s)",
            (key, town.companies["hiring"], digest("K" * 43), town.users["second"], town.now(), town.now().replace(year=2028)),
        )
        assert keys.find(connection, f"crk_{key.hex}_{'K' * 43}", town.now()) is None
    with town.house.database.transaction() as connection, pytest.raises(Refused, match="sign-in-link-not-valid"):
        session.sign_in(connection, link, town.now())
    with town.house.database.transaction() as connection, pytest.raises(Refused, match="not-permitted"):
        keys.make(
            connection, uuid4(), company=town.companies["hiring"], label="x", scopes=frozenset({"jobs:read"}),
            by=town.users["second"], now=town.now(), expires_at=town.now().replace(year=2028),
        )  # fmt: skip


def test_who_comes_back_finds_nothing_of_theirs_alive(town: Town, joins: Joins) -> None:
    second = joins("second", "admin")
    key = key_of(second, town)
    leave(town, "second")
    again = joins("second", "admin")
    assert again.read("/session").status_code == 200
    assert second.read("/session").status_code == 401
    assert key.read("/jobs").status_code == 401


def test_who_serves_another_company_too_stays_signed_in_for_that_one(town: Town, joins: Joins) -> None:
    joins("both", "recruiter", "hiring")
    joins("both", "recruiter", "other")
    for_hiring, for_other = town.company("both"), town.company("both")
    for visitor, at in ((for_hiring, "hiring"), (for_other, "other")):
        visitor.post("/session/company", {"company": str(town.companies[at])})
    leave(town, "both")
    assert for_hiring.read("/session").status_code == 401
    assert for_other.get("/session")["company"] == str(town.companies["other"])
    refused = for_other.refused("/session/company", {"company": str(town.companies["hiring"])})
    assert refused == (404, "not-found")


def test_jobs_and_introductions_need_a_successor_who_then_has_them(town: Town, joins: Joins) -> None:
    manager, heir = joins("manager", "hiring-manager"), joins("heir", "hiring-manager")
    joins("recruits", "recruiter")
    assign(town)
    introduction = asked(town)
    held = town.company("hiring").get(f"/companies/{town.companies['hiring']}/members/{town.users['manager']}/holdings")
    assert (held["jobs"][0]["title"], held["needs_a_successor"]) == ("データ分析担当", True)
    assert leave(town, "manager").json()["code"] == "successor-missing"
    assert manager.read(f"/introductions/{introduction}").status_code == 200
    assert leave(town, "manager", "manager").json()["code"] == "successor-unknown"
    assert leave(town, "manager", "other").json()["code"] == "successor-unknown"
    assert heir.read(f"/introductions/{introduction}").status_code == 404
    assert leave(town, "manager", "heir").status_code == 200
    assert heir.get(f"/introductions/{introduction}")["status"] == "waiting"
    assert town.office.job(town.job).state.assigned == {town.users["heir"]}


def test_what_a_leaver_began_is_handed_on_again_when_the_next_one_leaves(town: Town, joins: Joins) -> None:
    joins("second", "admin")
    introduction = asked(town)
    second = town.company("second")
    there = f"/companies/{town.companies['hiring']}/members"
    body = {"hand_over_to": str(town.users["second"])}
    assert second.refused(f"{there}/{town.users['hiring']}/leaving") == (422, "successor-missing")
    assert second.post(f"{there}/{town.users['hiring']}/leaving", body)["outcome"] == "done"
    held = second.get(f"{there}/{town.users['second']}/holdings")
    assert [each["introduction"] for each in held["introductions"]] == [introduction]


def test_whoever_no_longer_selects_people_looks_after_no_job(town: Town, joins: Joins) -> None:
    joins("manager", "hiring-manager")
    assign(town)
    there = f"/companies/{town.companies['hiring']}/members/{town.users['manager']}/role"
    town.company("hiring").post(there, {"role": "viewer"})
    assert town.office.job(town.job).state.assigned == frozenset()
    assert [each["job"] for each in town.company("manager").get("/jobs")["items"]] == [str(town.job)]
    assert town.company("manager").refused("/jobs", {}) != (201, "")


def test_the_last_admin_neither_leaves_nor_steps_down(town: Town) -> None:
    there = f"/companies/{town.companies['hiring']}/members/{town.users['hiring']}"
    hiring = town.company("hiring")
    assert hiring.refused(f"{there}/leaving") == (409, "company-needs-an-admin")
    assert hiring.refused(f"{there}/role", {"role": "recruiter"}) == (409, "company-needs-an-admin")


@pytest.mark.parametrize("how", ["leave", "step down"])
def test_two_admins_who_remove_each_other_at_once_leave_one(town: Town, joins: Joins, how: str) -> None:
    joins("second", "admin")
    which, barrier = CompanyId(town.companies["hiring"]), Barrier(2)

    def remove(who: UUID) -> str:
        command = town.by()
        barrier.wait()
        try:
            if how == "leave": members.leave(town.office, command, company_id=which, user=UserId(who))
            else: members.change_role(town.office, command, company_id=which, user=UserId(who), role=MemberRole.VIEWER)
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(remove, (town.users["hiring"], town.users["second"])))
    assert said == ["company-needs-an-admin", "done"]
    state = town.office.company(which).state
    assert [each.role for each in state.members].count(MemberRole.ADMIN) == 1
    live = town.rows("SELECT count(*) FROM member WHERE company = %s AND left_at IS NULL AND role = 'admin'", which)
    assert live == [(1,)]


def test_the_operator_appoints_no_second_admin_without_a_recovery(town: Town) -> None:
    there = f"/companies/{town.companies['hiring']}/members"
    person = {"name": "見本", "email": "new@team.example", "role": "admin"}
    assert town.company("operator-admin").refused(there, person) == (409, "recovery-needed")
    town.company("operator-admin").post(there, person | {"role": "viewer"})
    new = next(each["user"] for each in town.company("hiring").get(there)["items"] if each["role"] == "viewer")
    assert town.company("operator-admin").refused(f"{there}/{new}/role", {"role": "admin"}) == (409, "recovery-needed")
    assert town.company("hiring").post(f"{there}/{new}/role", {"role": "admin"})["outcome"] == "done"


def test_a_list_of_people_says_since_when_and_when_they_were_last_here(town: Town, joins: Joins) -> None:
    began = town.now()
    joins("second", "viewer")
    there = f"/companies/{town.companies['hiring']}/members"
    row = next(each for each in town.company("hiring").get(there)["items"] if each["user"] == str(town.users["second"]))
    assert (row["role"], row["name"]) == ("viewer", "見本 second")
    assert row["since"] >= began.isoformat()[:16]
    assert row["seen_at"] >= began.isoformat()[:16]


def test_a_block_on_one_of_a_persons_companies_holds_whichever_they_stand_for(town: Town, joins: Joins) -> None:
    both = joins("both", "recruiter", "hiring")
    town.block(town.aoi, "other")
    town.worker.drain()
    assert len(both.get("/catalogue")["items"]) == 1
    joins("both", "recruiter", "other")
    for at in ("hiring", "other"):
        both.post("/session/company", {"company": str(town.companies[at])})
        found = both.get("/catalogue")
        assert (found["items"], found["total"]) == ([], 0), at
    leave(town, "both", at="other", by="other")
    again = town.company("both")
    assert len(again.get("/catalogue")["items"]) == 1
