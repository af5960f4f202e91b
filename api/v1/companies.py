"""Companies: admitted by the operator, with their licences and groups; each sees itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.house import House
from api.policies import Resource, company, operator
from api.reading import At, Listed, about_company, is_behind
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Count, Line, NoBody, ShortLine, Text
from domain.company import Company, CompanyRole, MemberRole, RewardMode
from domain.ids import OPERATOR, CompanyId
from marketplace.commands import company as commands
from marketplace.commands.office import new_id
from projections import directory

OPERATORS = operator(MemberRole.ADMIN)
ADMIN_OR_OPERATOR = company(MemberRole.ADMIN, operator_too=True)
ANYBODY_THERE = company(scope="company:read", operator_too=True)
TAGS = ["companies"]

CorporateNumber = Annotated[str, Meta(pattern=r"^[0-9]{13}\Z")]
Roles = Annotated[frozenset[Literal["source", "hiring"]], Meta(min_length=1)]
"""The operator's own role is given once, when the relay is founded."""


class Admitted(Body, frozen=True):
    """A company that is let in."""

    name: Line
    name_en: Line
    corporate_number: CorporateNumber
    address: Line
    representative: ShortLine
    roles: Roles


class Granted(Body, frozen=True):
    """What the company may do from now on, the whole list."""

    roles: Roles


class Licensed(Body, frozen=True):
    """A placement licence as the operator checked it, both days inclusive."""

    number: ShortLine
    granted_on: date
    valid_until: date


class Registered(Body, frozen=True):
    """The qualified-invoice number."""

    t_number: ShortLine
    registered_from: date


class Group(Body, frozen=True):
    """The other companies of its group, the whole list."""

    corporate_numbers: Annotated[tuple[CorporateNumber, ...], Meta(max_length=200)]


class CoolingOff(Body, frozen=True):
    """How long the source stays silent after a rejection."""

    days: Count


class Opinion(Body, frozen=True):
    """The legal opinion that lets this company have this reward."""

    reward_mode: RewardMode
    opinion: Text


class Reward(Body, frozen=True):
    """What the source wants for a hire."""

    reward_mode: RewardMode


class Terms(Body, frozen=True):
    """The version of fee table, refund scheme and penalty clause that was shown."""

    terms_version: Count


class Suspended(Body, frozen=True):
    """Why the company starts nothing new; a code."""

    cause: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*\Z")]


class LicenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One placement licence."""

    number: str
    granted_on: date
    valid_until: date


class CompanyView(msgspec.Struct, frozen=True, kw_only=True):
    """A company as it and the operator see it."""

    company: UUID
    name: str
    name_en: str
    corporate_number: str
    address: str
    roles: list[str]
    licences: list[LicenceRow]
    t_number: str
    registered_from: date | None
    group_numbers: tuple[str, ...]
    cooling_off_days: int
    legal_opinions: list[str]
    reward_mode: str | None
    accepted_terms_version: int
    terms_version: int
    suspended: bool


def company_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """The company that the path names."""
    state = house.office.company(path["company"]).state
    return about_company(state.id) if state.admitted else None


@command("/companies", policy=OPERATORS, status_code=201, tags=TAGS)
def admit(visit: ThisVisit, data: JSONBody[Admitted]) -> Done:
    """The operator lets a company in."""
    made = CompanyId(new_id(visit.command, "company"))
    appended = commands.admit(
        visit.house.office,
        visit.command,
        company_id=made,
        name=data.name,
        name_en=data.name_en,
        corporate_number=data.corporate_number,
        address=data.address,
        representative=data.representative,
        roles=frozenset(map(CompanyRole, data.roles)),
    )
    return done(appended, made)


@query("/companies", policy=OPERATORS, tags=TAGS)
def list_companies(visit: ThisVisit, at: At = None) -> Listed[directory.Company]:
    """All companies, for the operator."""
    behind = is_behind(visit, at, "directory")
    with visit.house.database.transaction() as connection:
        return Listed(items=directory.everyone(connection), updating=behind)


@query("/companies/{company:uuid}", policy=ANYBODY_THERE, facts=company_facts, tags=TAGS)
def read_company(visit: ThisVisit, company: FromPath[UUID]) -> CompanyView:
    """One company as it stands."""
    office = visit.house.office
    return _view(office.company(CompanyId(company)).state, office.policy.cooling_off_days, office.policy.terms_version)


@command("/companies/{company:uuid}/roles", policy=OPERATORS, facts=company_facts, tags=TAGS)
def grant_roles(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Granted]) -> Done:
    """What the company may do from now on. The operator stays the operator."""
    roles = frozenset(map(CompanyRole, data.roles)) | ({CompanyRole.OPERATOR} if company == OPERATOR else frozenset())
    which = CompanyId(company)
    return done(commands.grant_roles(visit.house.office, visit.command, company_id=which, roles=roles), company)


@command("/companies/{company:uuid}/licences", policy=OPERATORS, facts=company_facts, tags=TAGS)
def record_licence(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Licensed]) -> Done:
    """The placement licence, as the operator checked it."""
    appended = commands.record_licence(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        number=data.number,
        granted_on=data.granted_on,
        valid_until=data.valid_until,
    )
    return done(appended, company)


@command("/companies/{company:uuid}/invoice-registrations", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def record_invoice_registration(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Registered]) -> Done:
    """The qualified-invoice number, which the register's own check digits hold."""
    appended = commands.record_invoice_registration(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        t_number=data.t_number,
        registered_from=data.registered_from,
    )
    return done(appended, company)


@command("/companies/{company:uuid}/group", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def declare_group(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Group]) -> Done:
    """The other companies of its group: a block on one of them is a block on all (rule 5)."""
    appended = commands.declare_group(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        corporate_numbers=data.corporate_numbers,
    )
    return done(appended, company)


@command("/companies/{company:uuid}/cooling-off", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def set_cooling_off(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[CoolingOff]) -> Done:
    """How long this source stays silent after a rejection (rule 4)."""
    which = CompanyId(company)
    return done(commands.set_cooling_off(visit.house.office, visit.command, company_id=which, days=data.days), company)


@command("/companies/{company:uuid}/legal-opinions", policy=OPERATORS, facts=company_facts, tags=TAGS)
def record_legal_opinion(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Opinion]) -> Done:
    """The operator holds an opinion that this reward is lawful for this company (rule 8)."""
    appended = commands.record_legal_opinion(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        reward_mode=data.reward_mode,
        opinion=data.opinion,
    )
    return done(appended, company)


@command("/companies/{company:uuid}/reward-mode", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def choose_reward_mode(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Reward]) -> Done:
    """What the source wants for a hire, among what it could get today."""
    appended = commands.choose_reward_mode(
        visit.house.office, visit.command, company_id=CompanyId(company), reward_mode=data.reward_mode
    )
    return done(appended, company)


@command("/companies/{company:uuid}/terms-acceptance", policy=ADMIN_OR_OPERATOR, facts=company_facts, tags=TAGS)
def accept_terms(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Terms]) -> Done:
    """The hiring company accepts fee table, refund scheme and penalty clause."""
    appended = commands.accept_terms(
        visit.house.office, visit.command, company_id=CompanyId(company), terms_version=data.terms_version
    )
    return done(appended, company)


@command("/companies/{company:uuid}/suspension", policy=OPERATORS, facts=company_facts, tags=TAGS)
def suspend(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Suspended]) -> Done:
    """The company starts nothing new."""
    which = CompanyId(company)
    return done(commands.suspend(visit.house.office, visit.command, company_id=which, cause=data.cause), company)


@command("/companies/{company:uuid}/reinstatement", policy=OPERATORS, facts=company_facts, tags=TAGS)
def reinstate(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The suspension is over."""
    return done(commands.reinstate(visit.house.office, visit.command, company_id=CompanyId(company)), company)


def _view(state: Company, cooling_off_days: int, terms_version: int) -> CompanyView:
    return CompanyView(
        company=state.id,
        name=state.name,
        name_en=state.name_en,
        corporate_number=state.corporate_number,
        address=state.address,
        roles=sorted(state.roles),
        licences=[
            LicenceRow(number=held.number, granted_on=held.granted_on, valid_until=held.valid_until)
            for held in state.licences
        ],
        t_number=state.t_number,
        registered_from=state.registered_from,
        group_numbers=state.group_numbers,
        cooling_off_days=cooling_off_days if state.cooling_off_days is None else state.cooling_off_days,
        legal_opinions=sorted(state.legal_opinions),
        reward_mode=state.reward_mode,
        accepted_terms_version=state.accepted_terms_version,
        terms_version=terms_version,
        suspended=state.suspended,
    )


ROUTES = [
    admit,
    list_companies,
    read_company,
    grant_roles,
    record_licence,
    record_invoice_registration,
    declare_group,
    set_cooling_off,
    record_legal_opinion,
    choose_reward_mode,
    accept_terms,
    suspend,
    reinstate,
]
