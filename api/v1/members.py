"""Members: the people who act for a company here."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Email, NoBody, ShortLine
from api.v1.companies import ADMIN_OR_OPERATOR, company_facts
from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from marketplace.commands import company as commands

TAGS = ["members"]
PATH = "/companies/{company:uuid}/members"


class Joined(Body, frozen=True):
    """Who acts for the company from now on, or changes role."""

    name: ShortLine
    email: Email
    role: MemberRole


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person who acts for the company; name and address come from the vault, empty where they are gone."""

    user: UUID
    role: str
    name: str
    email: str


@query(PATH, policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def list_members(visit: ThisVisit, company: FromPath[UUID]) -> Listed[MemberRow]:
    """Who acts for the company now."""
    people = commands.members(visit.house.office, CompanyId(company))
    return Listed(
        items=[
            MemberRow(user=each.user, role=each.role, name=known.name if known else "", email=known.email if known else "")
            for each, known in people
        ]
    )


@command(PATH, policy=ADMIN_OR_OPERATOR, facts=company_facts, status_code=201, tags=TAGS)
def join(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Joined]) -> Done:
    """A person acts for the company from now on; a mail tells them so. One address is one user everywhere."""
    office = visit.house.office
    appended = commands.join(
        office, visit.command, company_id=CompanyId(company), name=data.name, email=data.email, role=data.role
    )
    return done(appended, commands.user_of(office, data.email))


@command(PATH + "/{user:uuid}/leaving", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def leave(visit: ThisVisit, company: FromPath[UUID], user: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The person no longer acts for the company; their sessions stop standing for it at once."""
    which, who = CompanyId(company), UserId(user)
    return done(commands.leave(visit.house.office, visit.command, company_id=which, user=who), user)


ROUTES = [list_members, join, leave]
