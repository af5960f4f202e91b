"""Checking companies: one company with every form of what the operator records, and the calendar of what ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, Route, ThisVisit, form, page
from api.text_types import Body, NoBody
from api.v1 import companies, members
from api.v1.companies import OPERATORS, company_facts
from api.visit import Visit
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole, RewardMode
from domain.corporate_number import is_corporate_number
from domain.ids import OPERATOR
from domain.refusal import Refused
from projections import directory
from projections.directory import Company

PATH = "/operator/companies/{company:uuid}"
AHEAD = timedelta(days=90)
"""How far the calendar looks: a renewal is applied for three months before the licence ends."""
REGISTER = "https://www.houjin-bangou.nta.go.jp/"
SUSPENSION_CAUSES = ("papers-missing", "licence-ended", "unpaid", "misuse", "asked-by-company")


class GroupForm(Body, frozen=True):
    """The corporate numbers of the group, one a line; an empty field ends the group."""

    numbers: Annotated[str, Meta(max_length=2_800)] = ""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """A licence with its last day; `days_left` is negative where that is past."""

    company: Company
    until: date
    days_left: int


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What of a company is in order."""

    company: Company
    number_ok: bool
    needs_licence: bool


@page(PATH, policy=OPERATORS, facts=company_facts)
def company_page(visit: ThisVisit, company: FromPath[UUID], at: At = None) -> Response[str]:
    """One company with its licences and people."""
    wait_for(visit, at, "directory")
    return _show(visit, company)


@form(PATH + "/group", policy=OPERATORS, facts=company_facts)
def declare_group(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The other companies of its group: a block on one is a block on all."""

    def act() -> Done:
        numbers = filled(visit, GroupForm).numbers.split()
        wrong = next((number for number in numbers if not is_corporate_number(number)), None)
        if wrong is not None: raise Refused("corporate-number-wrong", number=wrong[:40])
        done: Done = same(companies.declare_group)(visit, company, companies.Group(corporate_numbers=tuple(numbers)))
        return done

    return _do(visit, company, act)


@form(PATH + "/reinstatement", policy=OPERATORS, facts=company_facts)
def reinstate(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The suspension is over."""
    return _do(visit, company, lambda: same(companies.reinstate)(visit, company, NoBody()))


@page("/operator/checks", policy=OPERATORS)
def checks(visit: ThisVisit, at: At = None) -> Response[str]:
    """What ends in the next ninety days, and what is missing of whom."""
    wait_for(visit, at, "directory")
    today = jst_date(visit.now)
    with visit.house.database.transaction() as connection:
        everyone = directory.everyone(connection)
    return show(
        visit,
        "operator_checks.html",
        ending=_ending(everyone, today),
        checked=[_checked(each) for each in everyone],
        register=REGISTER,
        until=today + AHEAD,
    )


def _form(name: str, handler: Route, kind: type[Any]) -> Route:
    """One thing that the operator records of a company, by the API's own handler."""

    def recorded(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
        return _do(visit, company, lambda: same(handler)(visit, company, filled(visit, kind)))

    made: Route = form(f"{PATH}/{name}", policy=OPERATORS, facts=company_facts)(recorded)
    return made


def _do(visit: Visit, company: UUID, act: Callable[[], Done]) -> Response[str]:
    return carry_out(visit, act, then=f"/operator/companies/{company}", again=lambda: _show(visit, company))


def _show(visit: Visit, company: UUID) -> Response[str]:
    visit.back = f"/operator/companies/{company}"
    shown = same(companies.read_company)(visit, company)
    return show(
        visit,
        "operator_company.html",
        company=shown,
        number_ok=is_corporate_number(shown.corporate_number),
        register=REGISTER,
        may_look=company != OPERATOR,
        members=same(members.list_members)(visit, company).items,
        roles=list(MemberRole),
        kinds=[CompanyRole.SOURCE, CompanyRole.HIRING],
        rewards=list(RewardMode),
        causes=SUSPENSION_CAUSES,
    )


def _ending(everyone: list[Company], today: date) -> list[Ending]:
    """Licences that end soon or have ended, the most urgent first."""
    held = [(each.licence_until, each) for each in everyone if each.licence_until is not None]
    soon = sorted(((until, each) for until, each in held if until <= today + AHEAD), key=lambda pair: pair[0])
    return [Ending(company=each, until=until, days_left=(until - today).days) for until, each in soon]


def _checked(company: Company) -> Check:
    needs = CompanyRole.OPERATOR in company.roles or company.reward_mode == RewardMode.CASH
    number_ok = is_corporate_number(company.corporate_number)
    return Check(company=company, number_ok=number_ok, needs_licence=needs)


ROUTES = [
    company_page,
    _form("licences", companies.record_licence, companies.Licensed),
    _form("members", members.join, members.Joined),
    _form("roles", companies.grant_roles, companies.Granted),
    _form("invoice-registrations", companies.record_invoice_registration, companies.Registered),
    declare_group,
    _form("cooling-off", companies.set_cooling_off, companies.CoolingOff),
    _form("legal-opinions", companies.record_legal_opinion, companies.Opinion),
    _form("suspension", companies.suspend, companies.Suspended),
    reinstate,
    checks,
]
