"""The source's side of referrals: what came of them as far as the person lets it know, and its recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.house import House
from api.policies import Resource, company
from api.reading import AfterId, At, Limit, Listed, about_company, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, NoBody, Text
from api.visit import Visit
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, ReferralId
from marketplace.commands import referral as commands
from projections import directory, referral_board

READ = company(scope="applicants:read", of=CompanyRole.SOURCE)
WRITERS = frozenset({MemberRole.ADMIN, MemberRole.RECRUITER})
WRITE = company(*sorted(WRITERS), scope="referrals:write", of=CompanyRole.SOURCE)
TAGS = ["referrals"]


class Recommended(Body, frozen=True):
    """What the source says for the person, who reads it first."""

    text: Text


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A referral as its source sees it. `hired_on` and `hired_by` only as far as the person permits now."""

    referral: UUID
    applicant: UUID
    reached: str
    referred_at: datetime
    recommendation_version: int | None
    recommendation_read: bool
    confirmed: bool
    hired_on: date | None
    hired_by: UUID | None
    hired_by_name: str | None


def referral_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Which source's referral it is."""
    state = house.office.referral(ReferralId(path["referral"])).state
    return about_company(state.source) if state.made else None


@query("/referrals", policy=READ, tags=TAGS)
def list_referrals(visit: ThisVisit, after: AfterId = None, limit: Limit = 50, at: At = None) -> Listed[Outcome]:
    """The company's referrals, newest first. Decline, expiry and block look the same: nothing is said of them."""
    behind = is_behind(visit, at, "referral_board", "placements")
    rows = told(visit, after=after, limit=limit)
    return Listed(items=rows, next=str(rows[-1].referral) if len(rows) == limit else None, updating=behind)


def told(visit: Visit, *, only: UUID | None = None, after: UUID | None = None, limit: int | None = None) -> list[Outcome]:
    """Referrals of whoever looks, as `referral_board.of_company` finds them, with the names of companies."""
    with visit.house.database.transaction() as connection:
        rows = referral_board.of_company(connection, viewer_of(visit), visit.now, only=only, after=after, limit=limit)
        names = directory.names(connection, [row.hired_by for row in rows if row.hired_by])
    return [_outcome(row, names) for row in rows]


@command("/referrals/{referral:uuid}/recommendation", policy=WRITE, facts=referral_facts, tags=TAGS)
def recommend(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[Recommended]) -> Done:
    """Write a recommendation, or a new version of it; nobody but the person sees it before they have read it."""
    appended = commands.recommend(
        visit.house.office,
        visit.command,
        referral=ReferralId(referral),
        source=CompanyId(visit.company),
        text=data.text,
    )
    return done(appended, referral)


@command("/referrals/{referral:uuid}/ending", policy=WRITE, facts=referral_facts, tags=TAGS)
def end(visit: ThisVisit, referral: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The source steps back; what the person confirmed keeps its window."""
    appended = commands.end(
        visit.house.office, visit.command, referral=ReferralId(referral), source=CompanyId(visit.company)
    )
    return done(appended, referral)


def _outcome(row: referral_board.Outcome, names: Mapping[UUID, tuple[str, str]]) -> Outcome:
    by = names.get(row.hired_by, (None, None))[0] if row.hired_by else None
    return Outcome(**msgspec.structs.asdict(row), hired_by_name=by)


ROUTES = [list_referrals, recommend, end]
