"""A company whose last administrator is gone gets one again: everybody is told, and anybody may object for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.commands.company import user_of
from tests.api.team.conftest import Joins
from tests.api.v1.introductions.town import Town

HEIR = {"name": "見本 後任", "email": "heir@team.example", "cause": "left-the-company", "evidence": "登記事項証明書 2027-04-01"}
DAY = timedelta(hours=24)


def path(town: Town) -> str:
    return f"/companies/{town.companies['hiring']}/recovery"


@pytest.fixture
def proposed(town: Town, joins: Joins) -> Any:
    joins("looks", "viewer")
    town.worker.drain()
    return town.company("operator-admin").post(path(town), HEIR)


def mails(town: Town, to: str) -> list[str]:
    box = town.house.mailbox
    assert box is not None
    return [mail.text for mail in box.mails(500) if mail.to == to]


def admins(town: Town) -> list[str]:
    there = f"/companies/{town.companies['hiring']}/members"
    return sorted(each["email"] for each in town.company("operator-admin").get(there)["items"] if each["role"] == "admin")


def test_everybody_is_told_and_nothing_changes_before_the_day_is_over(town: Town, proposed: Any) -> None:
    assert proposed["outcome"] == "done"
    town.worker.drain()
    for to in ("admin@hiring.example", "looks@team.example"):
        assert "新しい管理者を置く手続きを始めました" in mails(town, to)[0], to
        assert "/team/recovery" in mails(town, to)[0]
        assert "2027年4月6日(火)" in mails(town, to)[0]
    assert "heir@team.example" not in "".join(mails(town, "looks@team.example"))
    town.later(DAY - timedelta(minutes=1))
    assert admins(town) == ["admin@hiring.example"]
    assert user_of(town.office, "heir@team.example") is None


@pytest.mark.usefixtures("proposed")
def test_after_the_day_the_person_administers_the_company_and_everybody_hears_of_it(town: Town) -> None:
    town.later(DAY)
    assert admins(town) == ["admin@hiring.example", "heir@team.example"]
    town.worker.drain()
    assert "新しい管理者が加わりました" in mails(town, "looks@team.example")[0]
    heir = user_of(town.office, "heir@team.example")
    assert heir is not None
    town.users["heir"] = heir
    gone = f"/companies/{town.companies['hiring']}/members/{town.users['hiring']}/leaving"
    assert town.company("heir").post(gone)["outcome"] == "done"
    assert town.company("heir").get(path(town))["status"] == "done"


@pytest.mark.usefixtures("proposed")
def test_one_objection_stops_it_even_of_one_who_only_looks(town: Town) -> None:
    town.company("looks").post(f"{path(town)}/objection")
    town.later(DAY * 2)
    assert admins(town) == ["admin@hiring.example"]
    assert town.company("hiring").get(path(town))["status"] == "objected"
    assert "中止されました" in mails(town, "admin@hiring.example")[0]
    again = town.company("operator-admin").post(path(town), HEIR)
    assert again["outcome"] == "done"


@pytest.mark.usefixtures("proposed")
def test_what_was_stopped_leaves_no_name_behind(town: Town) -> None:
    town.company("looks").post(f"{path(town)}/objection")
    shown = town.company("operator-admin").get(path(town))
    assert (shown["name"], shown["email"], shown["evidence"]) == ("", "", HEIR["evidence"])


@pytest.mark.usefixtures("proposed")
def test_an_objection_that_comes_too_late_or_from_elsewhere_is_none(town: Town) -> None:
    assert town.company("other").refused(f"{path(town)}/objection") == (404, "not-found")
    assert town.company("operator-admin").refused(f"{path(town)}/objection") == (404, "not-found")
    town.later(DAY)
    assert town.company("looks").refused(f"{path(town)}/objection") == (409, "recovery-over")


@pytest.mark.usefixtures("proposed")
def test_the_operator_takes_it_back(town: Town) -> None:
    assert town.company("operator-admin").refused(path(town), HEIR) == (409, "recovery-pending")
    town.company("operator-admin").post(f"{path(town)}/withdrawal")
    town.later(DAY * 2)
    assert admins(town) == ["admin@hiring.example"]
    assert town.company("operator-admin").refused(f"{path(town)}/withdrawal") == (409, "recovery-over")


@pytest.mark.usefixtures("proposed")
def test_only_the_operators_admin_proposes_and_only_the_operator_reads_the_evidence(town: Town) -> None:
    assert town.company("hiring").refused(path(town), HEIR) == (404, "not-found")
    assert town.company("operator").refused(path(town), HEIR) == (403, "not-permitted")
    assert town.company("looks").get(path(town))["evidence"] is None
    assert town.company("looks").get(path(town))["email"] == "heir@team.example"
    assert town.company("operator-admin").get(path(town))["evidence"] == HEIR["evidence"]


def test_someone_who_works_here_already_is_raised_and_keeps_their_name(town: Town, joins: Joins) -> None:
    joins("recruits", "recruiter")
    body = {**HEIR, "email": "recruits@team.example"}
    town.company("operator-admin").post(path(town), body)
    town.later(DAY)
    assert admins(town) == ["admin@hiring.example", "recruits@team.example"]


@pytest.mark.usefixtures("proposed")
def test_the_proposal_names_nobody_in_the_log(town: Town) -> None:
    told = town.rows("SELECT encode(state, 'escape') FROM relay_events")
    assert not [each for each in told if "heir@team.example" in each[0] or "後任" in each[0] or "登記" in each[0]]
