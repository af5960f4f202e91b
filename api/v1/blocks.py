"""Blocks: companies that never see, count or receive the person, on the relay or not (rule 5)."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar.params import JSONBody

from api.policies import candidate
from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body
from api.v1.companies import CorporateNumber
from domain.consent import BlockCause
from domain.ids import CandidateId, CompanyId, CompanyToken
from domain.refusal import Refused
from marketplace.commands import consent as commands
from projections import directory

TAGS = ["blocks"]


class Blocked(Body, frozen=True):
    """The company by its corporate number (法人番号); `employer`: the person works there now."""

    corporate_number: CorporateNumber
    employer: bool = False


class Lifted(Body, frozen=True):
    """The block by its token, or by the corporate number where only that is known."""

    token: UUID | None = None
    corporate_number: CorporateNumber | None = None


class BlockRow(msgspec.Struct, frozen=True, kw_only=True):
    """One block. A company that is not on the relay has no name here: its number is kept as a digest only."""

    token: UUID
    cause: str
    name: str | None
    name_en: str | None


@query("/me/blocks", policy=candidate, tags=TAGS)
def list_blocks(visit: ThisVisit) -> Listed[BlockRow]:
    """Whom the person blocked."""
    office = visit.house.office
    blocked = office.consent(CandidateId(visit.id)).state.blocked
    with visit.house.database.transaction() as connection:
        near = directory.belonging(connection, [block.token for block in blocked])
    known = [office.company(CompanyId(each)).state for each in near]
    names = {each.token: (each.name, each.name_en) for each in known}
    rows = []
    for block in blocked:
        name, name_en = names.get(block.token, (None, None))
        rows.append(BlockRow(token=block.token, cause=block.cause, name=name, name_en=name_en))
    return Listed(items=rows)


@command("/me/blocks", policy=candidate, tags=TAGS)
def block(visit: ThisVisit, data: JSONBody[Blocked]) -> Done:
    """This company and its group never see the person, at once; what they received closes."""
    appended = commands.block(
        visit.house.office,
        visit.command,
        candidate=CandidateId(visit.id),
        corporate_number=data.corporate_number,
        cause=BlockCause.EMPLOYER if data.employer else BlockCause.CHOSEN,
    )
    return done(appended, visit.house.office.vault.blind.company_token(data.corporate_number))


@command("/me/blocks/lifting", policy=candidate, tags=TAGS)
def lift(visit: ThisVisit, data: JSONBody[Lifted]) -> Done:
    """The block is over. What closed stays closed."""
    if (data.token is None) == (data.corporate_number is None): raise Refused("block-not-named")
    blind = visit.house.office.vault.blind
    token = CompanyToken(data.token) if data.token else blind.company_token(data.corporate_number or "")
    appended = commands.unblock(visit.house.office, visit.command, candidate=CandidateId(visit.id), token=token)
    return done(appended, token)


ROUTES = [list_blocks, block, lift]
