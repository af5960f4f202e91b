"""Hires: reported by one side and confirmed by the other, what became of the start, and who earned the fee."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.policies import candidate, company, either, operator
from api.reading import At, Listed, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Code, Count, Line, Yen
from api.v1.facts import hire_facts, introduction_facts
from api.visit import Visit
from domain.company import CompanyRole, MemberRole
from domain.hire import EmploymentTerm, Share, Side, SixMonthResult
from domain.ids import CandidateId, CompanyId, HireId, IntroductionId
from marketplace.commands import hire as hires
from marketplace.commands.hire import SalaryPart
from projections import placements

OPERATOR = operator(MemberRole.ADMIN, MemberRole.RECRUITER)
HIRER = company(
    MemberRole.ADMIN, MemberRole.RECRUITER, MemberRole.HIRING_MANAGER, scope="hires:write", of=CompanyRole.HIRING
)
SIDES = either(HIRER, candidate)
ANYBODY_CONCERNED = either(HIRER, candidate, OPERATOR)
TAGS = ["hires"]


class Salary(Body, frozen=True):
    """One part of the yearly salary (理論年収), and whether the fee base includes it."""

    label: Line
    amount_yen: Yen
    included: bool


class NewHire(Body, frozen=True):
    """What was agreed. Dates are JST."""

    offer_accepted_on: date
    started_on: date
    salary: Annotated[tuple[Salary, ...], Meta(min_length=1, max_length=30)]
    term: EmploymentTerm


class Cause(Body, frozen=True):
    """A code of the rule's list."""

    cause: Code


class Start(Body, frozen=True):
    """The first day of work (JST)."""

    started_on: date


class SixMonths(Body, frozen=True):
    """What is known six months after the start."""

    result: SixMonthResult


class SourceShare(Body, frozen=True):
    """One source's part, in basis points."""

    source: UUID
    share_bps: Count


class Ownership(Body, frozen=True):
    """Who earned it: parts that sum to 10,000, or none; `fee_bps` of the fee is owed."""

    shares: Annotated[tuple[SourceShare, ...], Meta(max_length=20)]
    fee_bps: Annotated[int, Meta(ge=0, le=10_000)]


class OwnPlacement(msgspec.Struct, frozen=True, kw_only=True):
    """A hire as the two sides see it; who earned its fee is not theirs to know."""

    hire: UUID
    introduction: UUID
    hiring: UUID
    employment_no: int
    reported_by: str
    started_on: date
    status: str
    placed_on: date | None
    left_on: date | None
    return_bps: int | None


@command("/introductions/{introduction:uuid}/hires", policy=SIDES, facts=introduction_facts, status_code=201, tags=TAGS)
def report(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[NewHire]) -> Done:
    """One side says: hired. The other confirms or contests."""
    office = visit.house.office
    ask = office.introduction(IntroductionId(introduction)).state
    side = Side.CANDIDATE if visit.actor.kind == "candidate" else Side.HIRING
    appended = hires.report(
        office,
        visit.command,
        introduction=IntroductionId(introduction),
        by=side,
        offer_accepted_on=data.offer_accepted_on,
        started_on=data.started_on,
        salary=tuple(SalaryPart(**{name: getattr(part, name) for name in SalaryPart.__struct_fields__}) for part in data.salary),
        term=data.term,
    )
    return done(appended, hires.by_introduction(office, ask))


@query("/hires", policy=company(scope="hires:read", of=CompanyRole.HIRING), tags=TAGS)
def list_hires(visit: ThisVisit, at: At = None) -> Listed[OwnPlacement]:
    """The company's hires, newest first."""
    behind, viewer = is_behind(visit, at, "placements"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        found = placements.of_company(connection, viewer)
    return Listed(items=[_own(each) for each in found], updating=behind)


@query("/me/hires", policy=candidate, tags=TAGS)
def list_my_hires(visit: ThisVisit, at: At = None) -> Listed[OwnPlacement]:
    """The person's own hires, newest first."""
    behind = is_behind(visit, at, "placements")
    with visit.house.database.transaction() as connection:
        found = placements.of_candidate(connection, CandidateId(visit.id))
    return Listed(items=[_own(each) for each in found], updating=behind)


@command("/hires/{hire:uuid}/confirmation", policy=ANYBODY_CONCERNED, facts=hire_facts, tags=TAGS)
def confirm(visit: ThisVisit, hire: FromPath[UUID]) -> Done:
    """The other side says the same; a contested hire only the operator confirms."""
    return done(hires.confirm(visit.house.office, visit.command, hire=HireId(hire), by=side_of(visit, hire)), hire)


@command("/hires/{hire:uuid}/contest", policy=SIDES, facts=hire_facts, tags=TAGS)
def contest(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Cause]) -> Done:
    """The other side says otherwise; the operator looks at it."""
    by = side_of(visit, hire)
    return done(hires.contest(visit.house.office, visit.command, hire=HireId(hire), by=by, cause=data.cause), hire)


@command("/hires/{hire:uuid}/postponement", policy=either(HIRER, OPERATOR), facts=hire_facts, tags=TAGS)
def postpone(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Start]) -> Done:
    """The first day of work moves."""
    return done(hires.postpone(visit.house.office, visit.command, hire=HireId(hire), started_on=data.started_on), hire)


@command("/hires/{hire:uuid}/offer-withdrawal", policy=ANYBODY_CONCERNED, facts=hire_facts, tags=TAGS)
def withdraw_offer(visit: ThisVisit, hire: FromPath[UUID]) -> Done:
    """There will be no start; nothing is owed."""
    by = side_of(visit, hire)
    return done(hires.withdraw_offer(visit.house.office, visit.command, hire=HireId(hire), by=by), hire)


@command("/hires/{hire:uuid}/cancelling", policy=ANYBODY_CONCERNED, facts=hire_facts, tags=TAGS)
def cancel(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Cause]) -> Done:
    """It was no hire after all: who reported it may say so until it is answered, later only the operator."""
    by = side_of(visit, hire)
    return done(hires.cancel(visit.house.office, visit.command, hire=HireId(hire), by=by, cause=data.cause), hire)


@command("/hires/{hire:uuid}/six-month-result", policy=ANYBODY_CONCERNED, facts=hire_facts, tags=TAGS)
def six_months(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[SixMonths]) -> Done:
    """Six months after the start: still there, left, or not known."""
    return done(
        hires.check_six_months(visit.house.office, visit.command, hire=HireId(hire), result=data.result), hire
    )


@command("/hires/{hire:uuid}/ownership", policy=OPERATOR, facts=hire_facts, tags=TAGS)
def decide_ownership(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Ownership]) -> Done:
    """The operator settles who earned a contested fee."""
    shares = tuple(Share(source=CompanyId(each.source), share_bps=each.share_bps) for each in data.shares)
    appended = hires.decide_ownership(
        visit.house.office, visit.command, hire=HireId(hire), shares=shares, fee_bps=data.fee_bps
    )
    return done(appended, hire)


def side_of(visit: Visit, hire: UUID) -> Side:
    """Which side the visitor speaks for; the policy has let in no fourth."""
    if visit.actor.kind == "candidate": return Side.CANDIDATE
    hiring = visit.house.office.hire(HireId(hire)).state.hiring
    return Side.HIRING if visit.actor.company == hiring else Side.OPERATOR


def _own(found: placements.Placement) -> OwnPlacement:
    return OwnPlacement(**{name: getattr(found, name) for name in OwnPlacement.__struct_fields__})


ROUTES = [
    report,
    list_hires,
    list_my_hires,
    confirm,
    contest,
    postpone,
    withdraw_offer,
    cancel,
    six_months,
    decide_ownership,
]
