"""The people of one's own company: who, since when, inviting, another role, leaving; and what each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api import rights
from api.house import House
from api.pages.showing import carry_out, filled, same, show
from api.policies import Resource, company
from api.reading import At
from api.route import ThisVisit, form, page
from api.text_types import NoBody
from api.v1 import members, recoveries
from api.visit import Visit
from domain.company import MemberRole
from domain.membership import SELECTING
from domain.recovery import RecoveryStatus
from marketplace.store.log import Appended

ADMIN = company(MemberRole.ADMIN)
ANYBODY = company()
PERSON = "/team/members/{user:uuid}"


def member_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """For whom the person works."""
    with house.database.reading() as connection:
        found = connection.execute(
            "SELECT company FROM member WHERE user_id = %s AND left_at IS NULL", (path["user"],)
        ).fetchall()
    return Resource(companies=frozenset(row[0] for row in found)) if found else None


@page("/team", policy=ADMIN)
def team(visit: ThisVisit, at: At = None) -> Response[str]:  # noqa: ARG001  the stream never lags
    """Everybody who acts for the company."""
    return _team(visit)


@form("/team/members", policy=ADMIN)
def invite(visit: ThisVisit) -> Response[str]:
    """A person acts for the company from now on, and is told by mail."""

    def act() -> None:
        same(members.join)(visit, visit.company, filled(visit, members.Joined))

    return carry_out(visit, act, then="/team", again=lambda: _team(visit))


@form(PERSON + "/role", policy=ADMIN, facts=member_facts)
def change_role(visit: ThisVisit, user: FromPath[UUID]) -> Response[str]:
    """The person may do something else from now on."""

    def act() -> None:
        same(members.change_role)(visit, visit.company, user, filled(visit, members.NewRole))

    return carry_out(visit, act, then="/team", again=lambda: _team(visit))


@page(PERSON + "/leaving", policy=ADMIN, facts=member_facts)
def leaving_page(visit: ThisVisit, user: FromPath[UUID]) -> Response[str]:
    """What the person holds, and who takes it over, before anything happens."""
    return _leaving(visit, user)


@form(PERSON + "/leaving", policy=ADMIN, facts=member_facts)
def leave(visit: ThisVisit, user: FromPath[UUID]) -> Response[str]:
    """The person is gone: what opens anything for them ends at once."""

    def act() -> None:
        same(members.leave)(visit, visit.company, user, filled(visit, members.Leaving))

    return carry_out(visit, act, then="/" if user == visit.id else "/team", again=lambda: _leaving(visit, user))


@page("/team/rights", policy=ANYBODY)
def rights_page(visit: ThisVisit) -> Response[str]:
    """What each role may do here."""
    table = rights.table(visit.actor.company_roles)
    return show(visit, "team_rights.html", roles=list(MemberRole), rows=table)


@page("/team/recovery", policy=ANYBODY)
def recovery_page(visit: ThisVisit, at: At = None) -> Response[str]:  # noqa: ARG001  the stream never lags
    """Who shall administer the company, and until when any member may object."""
    return _recovery(visit)


@form("/team/recovery/objection", policy=ANYBODY)
def object_to(visit: ThisVisit) -> Response[str]:
    """One objection ends it."""

    def act() -> Appended:
        filled(visit, NoBody)
        done: Appended = same(recoveries.object_to)(visit, visit.company, NoBody())
        return done

    return carry_out(visit, act, then="/team/recovery", again=lambda: _recovery(visit))


def _team(visit: Visit) -> Response[str]:
    found = same(recoveries.read_recovery)(visit, visit.company)
    return show(
        visit,
        "team.html",
        people=same(members.list_members)(visit, visit.company).items,
        roles=list(MemberRole),
        is_pending=found.status is RecoveryStatus.PENDING,
    )


def _leaving(visit: Visit, user: UUID) -> Response[str]:
    people = same(members.list_members)(visit, visit.company).items
    visit.back = f"/team/members/{user}/leaving"
    return show(
        visit,
        "team_leaving.html",
        person=next(each for each in people if each.user == user),
        held=same(members.read_holdings)(visit, visit.company, user),
        others=[each for each in people if each.user != user and each.role in SELECTING],
    )


def _recovery(visit: Visit) -> Response[str]:
    visit.back = "/team/recovery"
    return show(visit, "team_recovery.html", found=same(recoveries.read_recovery)(visit, visit.company))


ROUTES = [
    team,
    invite,
    change_role,
    leaving_page,
    leave,
    rights_page,
    recovery_page,
    object_to,
]
