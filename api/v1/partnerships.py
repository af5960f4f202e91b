"""Partnerships and sharing: what two companies agreed, and with whom a source shares its own recommendation."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from api.policies import company, operator
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Count
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, partnership_of, sharing_policy_of
from domain.partnership import SharingMode
from marketplace.commands import company as commands

OPERATORS = operator(MemberRole.ADMIN)
SOURCE_ADMIN = company(MemberRole.ADMIN, of=CompanyRole.SOURCE)
SOURCE = company(of=CompanyRole.SOURCE)
TAGS = ["partnerships"]


class Agreed(Body, frozen=True):
    """What source and hiring company signed, as the operator holds it on paper. Rates in basis points."""

    source: UUID
    hiring: UUID
    nda_version: Count
    fee_rate_bps: Count
    commission_rate_bps: Count
    valid_until: date
    no_hire_clause: bool


class Ended(Body, frozen=True):
    """Whose partnership ends."""

    source: UUID
    hiring: UUID


class Sharing(Body, frozen=True):
    """Open to all, only these, or all but these."""

    mode: SharingMode
    companies: Annotated[frozenset[UUID], Meta(max_length=1_000)] = frozenset()


class SharingView(msgspec.Struct, frozen=True, kw_only=True):
    """With whom the source shares its recommendation now."""

    mode: str
    companies: list[UUID]


@command("/partnerships", policy=OPERATORS, status_code=201, tags=TAGS)
def agree(visit: ThisVisit, data: JSONBody[Agreed]) -> Done:
    """Two companies agreed on rates of their own; an agreement not to hire each other's people is refused."""
    source, hiring = CompanyId(data.source), CompanyId(data.hiring)
    appended = commands.agree_partnership(
        visit.house.office,
        visit.command,
        source=source,
        hiring=hiring,
        nda_version=data.nda_version,
        fee_rate_bps=data.fee_rate_bps,
        commission_rate_bps=data.commission_rate_bps,
        valid_until=data.valid_until,
        no_hire_clause=data.no_hire_clause,
    )
    return done(appended, partnership_of(source, hiring))


@command("/partnerships/ending", policy=OPERATORS, tags=TAGS)
def end(visit: ThisVisit, data: JSONBody[Ended]) -> Done:
    """From now on the default rates hold again; frozen terms stay as they are."""
    source, hiring = CompanyId(data.source), CompanyId(data.hiring)
    appended = commands.end_partnership(visit.house.office, visit.command, source=source, hiring=hiring)
    return done(appended, partnership_of(source, hiring))


@query("/sharing-policy", policy=SOURCE, tags=TAGS)
def read_sharing_policy(visit: ThisVisit) -> SharingView:
    """With whom the source shares its recommendation. It never limits whether the person may list or be hired."""
    state = visit.house.office.sharing_policy(CompanyId(visit.company)).state
    return SharingView(mode=state.mode, companies=sorted(state.companies))


@command("/sharing-policy", policy=SOURCE_ADMIN, tags=TAGS)
def set_sharing_policy(visit: ThisVisit, data: JSONBody[Sharing]) -> Done:
    """Whom the source lets see its recommendations."""
    source = CompanyId(visit.company)
    appended = commands.set_sharing_policy(
        visit.house.office,
        visit.command,
        source=source,
        mode=data.mode,
        companies=frozenset(map(CompanyId, data.companies)),
    )
    return done(appended, sharing_policy_of(source))


ROUTES = [agree, end, read_sharing_policy, set_sharing_policy]
