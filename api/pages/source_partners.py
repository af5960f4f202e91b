"""With whom a source shares its recommendation, and what it agreed with whom; neither limits whether a person is hired."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body
from api.v1 import partnerships
from api.visit import Visit
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, partnership_of
from domain.partnership import Partnership, SharingMode
from marketplace.commands import company as commands
from projections import directory, partners

PATH = "/source/partners"


class SharingForm(Body, frozen=True):
    """One of three, and the companies that it names; those ticked under another choice are not meant."""

    mode: SharingMode
    companies: Annotated[frozenset[UUID], Meta(max_length=1_000)] = frozenset()


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed with one company, and whether it holds today."""

    company: directory.Company
    terms: Partnership
    in_force: bool


@page(PATH, policy=partnerships.SOURCE)
def sharing(visit: ThisVisit, at: At = None) -> Response[str]:
    """The three choices with what each means, and the agreements."""
    wait_for(visit, at, "directory")
    return _show(visit)


@form("/source/sharing-policy", policy=partnerships.SOURCE_ADMIN)
def set_sharing(visit: ThisVisit) -> Response[str]:
    """Who may see the recommendations from now on."""

    def act() -> Done:
        given = filled(visit, SharingForm)
        named = frozenset[UUID]() if given.mode is SharingMode.OPEN else given.companies
        done: Done = same(partnerships.set_sharing_policy)(visit, partnerships.Sharing(mode=given.mode, companies=named))
        return done

    return carry_out(visit, act, then=PATH, again=lambda: _show(visit))


@form(PATH + "/{hiring:uuid}/ending", policy=partnerships.SOURCE_ADMIN)
def end(visit: ThisVisit, hiring: FromPath[UUID]) -> Response[str]:
    """Either side may end what was agreed; terms that were frozen before stay as they are."""

    def act() -> int:
        source = CompanyId(visit.company)
        return commands.end_partnership(visit.house.office, visit.command, source=source, hiring=CompanyId(hiring)).position

    return carry_out(visit, act, then=PATH, again=lambda: _show(visit))


def _show(visit: Visit) -> Response[str]:
    visit.back = PATH
    source = CompanyId(visit.company)
    with visit.house.database.transaction() as connection:
        hiring = [each for each in directory.everyone(connection) if CompanyRole.HIRING in each.roles and each.company != source]
        streams = {partnership_of(source, CompanyId(each.company)): each for each in hiring}
        written = partners.written(connection, streams)
    today, office = jst_date(visit.now), visit.house.office
    agreed = [each for key, each in streams.items() if key in written]
    terms = {each.company: office.partnership(source, CompanyId(each.company)).state for each in agreed}
    return show(
        visit,
        "source_partners.html",
        policy=same(partnerships.read_sharing_policy)(visit),
        companies=[each for each in hiring if not each.suspended],
        agreements=[
            Agreement(company=each, terms=terms[each.company], in_force=terms[each.company].in_force(today))
            for each in hiring
            if each.company in terms
        ],
        may_decide=visit.actor.role is MemberRole.ADMIN,
        numbers=office.policy,
    )


ROUTES = [sharing, set_sharing, end]
