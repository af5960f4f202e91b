"""A hiring manager sees and does nothing but for the jobs they look after."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from domain.ids import JobId
from marketplace.commands import job
from tests.api.team.conftest import Joins
from tests.api.v1.introductions.town import CONDITIONS, Town, Visitor


@pytest.fixture
def manager(joins: Joins) -> Visitor:
    return joins("manager", "hiring-manager")


def asked(town: Town) -> str:
    """The company asked for Aoi, for the town's job."""
    hiring = town.company("hiring")
    card = hiring.get("/catalogue")["items"][0]["card"]
    body = {"card": card, "job": str(town.job), "job_version": 1, "items": ["name", "email"]}
    made = hiring.post("/introductions", body)["id"]
    town.worker.drain()
    return str(made)


def assign(town: Town, who: str = "manager", job_id: object = None) -> Any:
    body = {"user": str(town.users[who])}
    return town.company("hiring").post(f"/jobs/{job_id or town.job}/assignments", body)


def test_what_hangs_on_anothers_job_is_not_there(town: Town, manager: Visitor) -> None:
    introduction = asked(town)
    here = f"/introductions/{introduction}"
    for path in (f"/jobs/{town.job}", f"/jobs/{town.job}/people", here, f"{here}/person"):
        assert (manager.read(path).status_code, manager.read(path).json()["code"]) == (404, "not-found"), path
    assert manager.refused(f"{here}/closing", {"cause": "not-hired"}) == (404, "not-found")
    assert manager.refused(f"{here}/stages", {"stage": "interview", "reached_on": "2027-04-05"}) == (404, "not-found")
    assert [manager.get(path)["items"] for path in ("/jobs", "/introductions", "/hires")] == [[], [], []]


def test_the_jobs_they_look_after_open_at_once_and_close_at_once(town: Town, manager: Visitor) -> None:
    introduction = asked(town)
    assign(town)
    assert manager.get(f"/jobs/{town.job}")["job"] == str(town.job)
    assert [each["job"] for each in manager.get("/jobs")["items"]] == [str(town.job)]
    assert [each["introduction"] for each in manager.get("/introductions")["items"]] == [introduction]
    assert manager.get(f"/introductions/{introduction}")["status"] == "waiting"
    town.company("hiring").post(f"/jobs/{town.job}/releases", {"user": str(town.users["manager"])})
    assert manager.read(f"/introductions/{introduction}").status_code == 404
    assert manager.get("/introductions")["items"] == []


def test_one_job_says_nothing_of_another(town: Town, manager: Visitor) -> None:
    introduction = asked(town)
    other = JobId(uuid4())
    job.open_job(
        town.office, town.by(), job_id=other, company=town.companies["hiring"], conditions=CONDITIONS,
        occupation="data-analyst", prefecture="osaka", skills=(),
    )  # fmt: skip
    town.worker.drain()
    assign(town, job_id=other)
    assert [each["job"] for each in manager.get("/jobs")["items"]] == [str(other)]
    assert manager.get("/introductions")["items"] == []
    assert manager.read(f"/introductions/{introduction}").status_code == 404


def test_a_manager_is_told_the_price_for_their_own_jobs_alone(town: Town, manager: Visitor) -> None:
    card = town.company("hiring").get("/catalogue")["items"][0]["card"]
    assert manager.read("/introductions/quote", card=card, job=str(town.job)).json()["code"] == "not-found"
    assign(town)
    assert manager.get("/introductions/quote", card=card, job=str(town.job))["job_version"] == 1


def test_a_manager_hears_the_story_of_their_own_jobs_alone(town: Town, manager: Visitor) -> None:
    introduction = asked(town)
    for ident in (introduction, str(town.job)):
        assert manager.read(f"/stories/{ident}").json()["code"] == "not-found", ident
    assign(town)
    town.worker.drain()
    for ident in (introduction, str(town.job)):
        assert manager.get(f"/stories/{ident}")["told"], ident


def test_admins_and_recruiters_assign_and_nobody_else(town: Town, manager: Visitor, joins: Joins) -> None:
    body = {"user": str(town.users["manager"])}
    assert manager.refused(f"/jobs/{town.job}/assignments", body) == (404, "not-found")
    assert joins("looks", "viewer").refused(f"/jobs/{town.job}/assignments", body) == (403, "not-permitted")
    assert town.company("other").refused(f"/jobs/{town.job}/assignments", body) == (404, "not-found")
    assert joins("recruits", "recruiter").post(f"/jobs/{town.job}/assignments", body)["outcome"] == "done"
    shown = town.company("hiring").get(f"/jobs/{town.job}/people")["items"]
    assert [(each["name"], each["assigned"]) for each in shown if each["role"] == "hiring-manager"] == [("見本 manager", True)]


def test_a_stranger_and_a_viewer_look_after_no_job(town: Town, joins: Joins) -> None:
    joins("looks", "viewer")
    hiring, there = town.company("hiring"), f"/jobs/{town.job}/assignments"
    assert hiring.refused(there, {"user": str(uuid4())}) == (404, "member-unknown")
    assert hiring.refused(there, {"user": str(town.users["source"])}) == (404, "member-unknown")
    assert hiring.refused(there, {"user": str(town.users["looks"])}) == (409, "member-does-not-select")
    assign(town, "hiring")
    assert hiring.refused(there, {"user": str(town.users["hiring"])}) == (409, "job-already-assigned")
