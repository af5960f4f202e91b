"""The neutral link of a source's rejection mails: it names the source and nobody else."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar.params import FromPath

from api.policies import public
from api.route import ThisVisit, query
from api.visit import Visit
from domain.company import CompanyRole
from domain.ids import CompanyId
from domain.refusal import Refused

TAGS = ["coming in"]


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """The company in whose name one is spoken to."""

    company: UUID
    name: str
    name_en: str


def source_named(visit: Visit, company: UUID) -> SourceView:
    """The name of a source that is active here; any other is not there."""
    state = visit.house.office.company(CompanyId(company)).state
    if CompanyRole.SOURCE not in state.roles or state.suspended: raise Refused("not-found")
    return SourceView(company=state.id, name=state.name, name_en=state.name_en)


@query("/neutral-links/{company:uuid}", policy=public, tags=TAGS)
def read_neutral_link(visit: ThisVisit, company: FromPath[UUID]) -> SourceView:
    """Which company's former applicants this link is for. No person, no application."""
    return source_named(visit, company)


ROUTES = [read_neutral_link]
