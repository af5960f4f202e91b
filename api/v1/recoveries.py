"""A company whose last administrator is gone gets one again: proposed by the operator, open to any member's objection."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.policies import company, either, operator
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Email, NoBody, ShortLine, Text
from api.v1.companies import company_facts
from domain.company import MemberRole
from domain.ids import CompanyId, UserId
from domain.recovery import RecoveryCause, RecoveryStatus
from marketplace.commands import recovery

PROPOSER = operator(MemberRole.ADMIN)
MEMBER = company()
TAGS = ["members"]
PATH = "/companies/{company:uuid}/recovery"


class Proposal(Body, frozen=True):
    """Who shall administer the company, why, and where the evidence lies."""

    name: ShortLine
    email: Email
    cause: RecoveryCause
    evidence: Text


class RecoveryShown(msgspec.Struct, frozen=True, kw_only=True):
    """The latest proposal. The company sees who it is; the evidence is the operator's alone."""

    status: RecoveryStatus
    name: str
    email: str
    cause: RecoveryCause | None
    takes_effect_at: datetime | None
    evidence: str | None


@query(PATH, policy=either(MEMBER, PROPOSER), facts=company_facts, tags=TAGS)
def read_recovery(visit: ThisVisit, company: FromPath[UUID]) -> RecoveryShown:
    """Where the latest proposal stands."""
    office = visit.house.office
    state = recovery.load(office, CompanyId(company)).state
    known = None if state.status is RecoveryStatus.NONE else recovery.nominee(office, state)
    may_read = visit.actor.operator and state.status is not RecoveryStatus.NONE
    return RecoveryShown(
        status=state.status,
        name=known.name if known else "",
        email=known.email if known else "",
        cause=state.cause,
        takes_effect_at=state.takes_effect_at,
        evidence=recovery.evidence(office, state) if may_read else None,
    )


@command(PATH, policy=PROPOSER, facts=company_facts, status_code=201, tags=TAGS)
def propose(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[Proposal]) -> Done:
    """Every member is told by mail and may object for a day; then the person is an administrator."""
    appended = recovery.propose(
        visit.house.office,
        visit.command,
        company_id=CompanyId(company),
        name=data.name,
        email=data.email,
        cause=data.cause,
        evidence=data.evidence,
    )
    return done(appended, company)


@command(PATH + "/objection", policy=MEMBER, facts=company_facts, tags=TAGS)
def object_to(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """A member of the company, whatever their role, ends it."""
    which = CompanyId(company)
    return done(recovery.object_to(visit.house.office, visit.command, company_id=which, by=UserId(visit.id)), company)


@command(PATH + "/withdrawal", policy=PROPOSER, facts=company_facts, tags=TAGS)
def withdraw(visit: ThisVisit, company: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The operator takes it back."""
    return done(recovery.withdraw(visit.house.office, visit.command, company_id=CompanyId(company)), company)


ROUTES = [read_recovery, propose, object_to, withdraw]
