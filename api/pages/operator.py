"""The operator's page: companies and licences, the story of anything, and what is stuck."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, QueryParameter

from api import pictures
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.policies import operator
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.v1 import companies, members, stories
from api.v1.companies import OPERATORS, company_facts
from api.visit import Visit
from domain.company import MemberRole
from domain.refusal import Refused
from marketplace.texts.catalogue import sentence
from projections import stuck

ANYBODY = operator()
PATH = "/operator/companies/{company:uuid}"
Ident = Annotated[str, QueryParameter(required=False, max_length=80)]


@page("/operator", policy=ANYBODY)
def overview(visit: ThisVisit, at: At = None) -> Response[str]:
    """Companies, search, and what waits for a person."""
    wait_for(visit, at, "directory", "candidate_inbox", "story")
    return _show(visit)


@form("/operator/companies", policy=OPERATORS)
def admit(visit: ThisVisit) -> Response[str]:
    """A company is let in."""

    def act() -> Done:
        done: Done = same(companies.admit)(visit, filled(visit, companies.Admitted))
        return done

    return carry_out(visit, act, then="/operator", again=lambda: _show(visit))


@page(PATH, policy=OPERATORS, facts=company_facts)
def company_page(visit: ThisVisit, company: FromPath[UUID], at: At = None) -> Response[str]:
    """One company with its licences and people."""
    wait_for(visit, at, "directory")
    return _company(visit, company)


@form(PATH + "/licences", policy=OPERATORS, facts=company_facts)
def record_licence(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The placement licence as it was checked."""

    def act() -> Done:
        done: Done = same(companies.record_licence)(visit, company, filled(visit, companies.Licensed))
        return done

    return carry_out(visit, act, then=f"/operator/companies/{company}", again=lambda: _company(visit, company))


@form(PATH + "/members", policy=OPERATORS, facts=company_facts)
def join(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """A person acts for the company from now on."""

    def act() -> Done:
        done: Done = same(members.join)(visit, company, filled(visit, members.Joined))
        return done

    return carry_out(visit, act, then=f"/operator/companies/{company}", again=lambda: _company(visit, company))


@page("/operator/stories", policy=ANYBODY)
def story(visit: ThisVisit, ident: Ident = "") -> Response[str]:
    """The story of any id: introduction, person, company, job, hire, fee, card, or 紹介番号."""
    found = None
    if ident.strip():
        try:
            found = same(stories.read_story)(visit, ident.strip())
        except Refused as refused:
            visit.refused = sentence(refused.code, visit.language, dict(refused.values))
    return show(visit, "operator_story.html", story=found, ident=ident)


def _show(visit: Visit) -> Response[str]:
    with visit.house.database.transaction() as connection:
        waiting = stuck.of(connection)
    rows = [
        (each, sentence(each.code, visit.language, {}))
        for each in waiting.refusals
    ]
    return show(
        visit,
        "operator.html",
        companies=same(companies.list_companies)(visit).items if visit.actor.role is MemberRole.ADMIN else [],
        may_admit=visit.actor.role is MemberRole.ADMIN,
        waiting=waiting,
        refusals=rows,
        answers=pictures.answers(visit, visit.house.office.policy),
        position=visit.house.log.position(),
    )


def _company(visit: Visit, company: UUID) -> Response[str]:
    return show(
        visit,
        "operator_company.html",
        company=same(companies.read_company)(visit, company),
        members=same(members.list_members)(visit, company).items,
        roles=list(MemberRole),
    )


ROUTES = [overview, admit, company_page, record_licence, join, story]
