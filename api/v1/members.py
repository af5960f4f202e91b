"""Members: the people who act for a company here, what each holds, and how they come, change role and leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Email, ShortLine
from api.v1.companies import ADMIN_OR_OPERATOR, company_facts
from api.visit import Visit
from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.refusal import Refused
from marketplace.commands import company as commands
from marketplace.commands import members
from projections import jobs

TAGS = ["members"]
PATH = "/companies/{company:uuid}/members"


class Joined(Body, frozen=True):
    """Who acts for the company from now on, or changes role."""

    name: ShortLine
    email: Email
    role: MemberRole


class NewRole(Body, frozen=True):
    """What the person may do from now on."""

    role: MemberRole


class Leaving(Body, frozen=True):
    """Who looks after what the person held; somebody has to where they held anything."""

    hand_over_to: UUID | None = None


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person who acts for the company; name and address come from the vault, empty where they are gone."""

    user: UUID
    role: str
    name: str
    email: str
    since: datetime | None
    seen_at: datetime | None


class HeldJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that the person looks after."""

    job: UUID
    title: str


class HeldIntroduction(msgspec.Struct, frozen=True, kw_only=True):
    """An introduction under way that the person began, or was handed."""

    introduction: UUID
    number: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a person holds for the company. Jobs and introductions need a successor; keys end when they leave."""

    jobs: tuple[HeldJob, ...]
    introductions: tuple[HeldIntroduction, ...]
    keys: tuple[str, ...]
    needs_a_successor: bool


@query(PATH, policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def list_members(visit: ThisVisit, company: FromPath[UUID]) -> Listed[MemberRow]:
    """Who acts for the company now, since when, and when they were last here."""
    office, which = visit.house.office, CompanyId(company)
    people, since = members.members(office, which), members.since(office, which)
    with visit.house.database.reading() as connection:
        seen = dict(
            connection.execute("SELECT user_id, seen_at FROM member WHERE company = %s AND left_at IS NULL", (company,))
        )
    return Listed(
        items=[
            MemberRow(
                user=each.user,
                role=each.role,
                name=known.name if known else "",
                email=known.email if known else "",
                since=since.get(each.user),
                seen_at=seen.get(each.user),
            )
            for each, known in people
        ]
    )


@query(PATH + "/{user:uuid}/holdings", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def read_holdings(visit: ThisVisit, company: FromPath[UUID], user: FromPath[UUID]) -> Held:
    """What the person holds, before they leave."""
    office, which, who = visit.house.office, CompanyId(company), UserId(user)
    if office.company(which).state.role_of(who) is None: raise Refused("member-unknown")
    held = members.held_by(office, which, who, visit.now)
    with visit.house.database.reading() as connection:
        titles = jobs.titles(connection, held.jobs)
    return Held(
        jobs=tuple(HeldJob(job=each, title=titles.get(each, "")) for each in held.jobs),
        introductions=tuple(
            HeldIntroduction(introduction=each.introduction, number=each.number) for each in held.introductions
        ),
        keys=held.keys,
        needs_a_successor=held.needs_a_successor,
    )


@command(PATH, policy=ADMIN_OR_OPERATOR, facts=company_facts, status_code=201, tags=TAGS)
def join(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Joined]) -> Done:
    """A person acts for the company from now on; a mail tells them so. One address is one user everywhere."""
    office = visit.house.office
    appended = commands.join(
        office,
        visit.command,
        company_id=CompanyId(company),
        name=data.name,
        email=data.email,
        role=data.role,
        from_outside=_from_outside(visit, company),
    )
    return done(appended, commands.user_of(office, data.email))


@command(PATH + "/{user:uuid}/role", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def change_role(visit: ThisVisit, company: FromPath[UUID], user: FromPath[UUID], data: JSONBody[NewRole]) -> Done:
    """The person may do something else from now on."""
    appended = members.change_role(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        user=UserId(user),
        role=data.role,
        from_outside=_from_outside(visit, company),
    )
    return done(appended, user)


@command(PATH + "/{user:uuid}/leaving", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def leave(visit: ThisVisit, company: FromPath[UUID], user: FromPath[UUID], data: JSONBody[Leaving]) -> Done:
    """The person no longer acts for the company: their sessions for it, sign-in links and keys end at once."""
    appended = members.leave(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        user=UserId(user),
        hand_over_to=None if data.hand_over_to is None else UserId(data.hand_over_to),
    )
    return done(appended, user)


def _from_outside(visit: Visit, company: UUID) -> bool:
    """The operator acts on another company's people."""
    return visit.actor.company != company


ROUTES = [list_members, read_holdings, join, change_role, leave]
