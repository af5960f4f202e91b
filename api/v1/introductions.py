"""Introductions as the hiring side sees them: the price, the ask, and where each stands."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from api.policies import company, demand
from api.reading import At, Listed, found, is_behind, viewer_of
from api.route import Done, ThisVisit, command, query
from api.text_types import Body, Count, Text
from api.v1.catalogue import visible
from api.v1.facts import introduction_facts
from api.v1.jobs import job_facts
from api.visit import Visit
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole
from domain.event import Recorded
from domain.frozen_terms import Fault, Rung
from domain.ids import IntroductionId, JobId, UserId
from domain.introduction import Item
from domain.rules.terms import tax_rate_on
from marketplace.commands import introduction as introductions
from projections import introduction_board
from projections.introduction_board import Shown

READER = company(scope="introductions:read", of=CompanyRole.HIRING)
ASKER = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="introductions:write", of=CompanyRole.HIRING)


class AskFor(Body, frozen=True):
    """Whom the company asks for, for which job at which version of its conditions, and what it would like to see."""

    card: UUID
    job: UUID
    job_version: Count
    items: Annotated[frozenset[Item], Meta(min_length=1)]
    why: Text | None = None
    """Why this very person, in the company's words; the person reads it with the ask."""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The terms that freeze when the company asks now. Yen are all-in, consumption tax included; rates in basis points."""

    quote_from_yen: int
    quote_to_yen: int
    fee_rate_bps: int
    tax_rate_bps: int
    payment_due_days: int
    ladder: tuple[Rung, ...]
    faults: tuple[Fault, ...]
    report_window_days: int
    challenge_window_business_days: int
    prior_contact_days: int
    prior_contact_proof_business_days: int
    prior_contact_fee_bps: int
    terms_version: int
    accepted_terms_version: int
    job_version: int


@query("/introductions/quote", policy=READER, tags=["introductions"])
def quote(visit: ThisVisit, card: FromQuery[UUID], job: FromQuery[UUID]) -> Quote:
    """What a hire of this person for this job would cost, and by which rules."""
    demand(READER(visit.actor, job_facts(visit.house, {"job": job})))
    viewer, person = visible(visit, card)
    office, today = visit.house.office, jst_date(visit.now)
    wanted = office.job(JobId(job)).state
    terms = introductions.quote(office, candidate=person, hiring=viewer.company, job=wanted, today=today)
    return Quote(
        quote_from_yen=terms.quote_from_yen,
        quote_to_yen=terms.quote_to_yen,
        fee_rate_bps=terms.fee_rate_bps,
        tax_rate_bps=tax_rate_on(terms, today),
        payment_due_days=terms.payment_due_days,
        ladder=terms.ladder,
        faults=terms.faults,
        report_window_days=terms.report_window_days,
        challenge_window_business_days=terms.challenge_window_business_days,
        prior_contact_days=terms.prior_contact_days,
        prior_contact_proof_business_days=terms.prior_contact_proof_business_days,
        prior_contact_fee_bps=terms.prior_contact_fee_bps,
        terms_version=terms.terms_version,
        accepted_terms_version=office.company(viewer.company).state.accepted_terms_version,
        job_version=wanted.version,
    )


@command("/introductions", policy=ASKER, status_code=201, tags=["introductions"])
def request(visit: ThisVisit, data: JSONBody[AskFor]) -> Done:
    """Ask for a person; the terms freeze now. Whoever is not to be seen by this company cannot be asked for."""
    log = visit.house.log
    if (position := log.carried_out(visit.command.id)) is not None:  # the card may be gone since
        return Done(outcome="again", position=position, id=_made(visit, position))
    viewer, person = visible(visit, data.card)
    appended = introductions.request(
        visit.house.office,
        visit.command,
        candidate=person,
        hiring=viewer.company,
        tokens=viewer.tokens,
        job=JobId(data.job),
        job_version=data.job_version,
        by=UserId(visit.id),
        items=data.items,
        why=data.why,
    )
    return Done(outcome=appended.outcome, position=appended.position, id=_made(visit, appended.position))


@query("/introductions", policy=READER, tags=["introductions"])
def list_introductions(visit: ThisVisit, at: At = None) -> Listed[Shown]:
    """The company's introductions, newest first. `status`: waiting, no-answer, disclosed, closed, revoked."""
    behind, viewer = is_behind(visit, at, "introduction_board"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return Listed(items=introduction_board.of_company(connection, viewer, visit.now), updating=behind)


@query("/introductions/{introduction:uuid}", policy=READER, facts=introduction_facts, tags=["introductions"])
def read_introduction(visit: ThisVisit, introduction: FromPath[UUID], at: At = None) -> Shown:
    """One of the company's introductions."""
    is_behind(visit, at, "introduction_board")
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return found(introduction_board.one(connection, viewer, IntroductionId(introduction), visit.now))


def _made(visit: Visit, position: int) -> str:
    """The introduction whose request ends at a position: nothing else is in that append."""
    (entry,) = visit.house.log.at([position])
    if not isinstance(entry, Recorded): raise TypeError(position)
    return str(entry.stream)


ROUTES = [quote, request, list_introductions, read_introduction]
