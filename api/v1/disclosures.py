"""What was handed over: opened by the company behind the gate, and shown to the person with every look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath

from api.policies import candidate, company
from api.reading import At, Listed, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.v1.asks import CompanyName
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.company import CompanyRole, MemberRole
from domain.ids import CandidateId, CompanyId, IntroductionId, UserId
from domain.introduction import Item
from marketplace.commands import introduction as introductions
from marketplace.vault.access_log import views_of
from marketplace.vault.disclosure import open_received
from projections import directory, seen_by

SELECTING = (MemberRole.ADMIN, MemberRole.RECRUITER, MemberRole.HIRING_MANAGER)
OPENER = company(*SELECTING, scope="introductions:read", of=CompanyRole.HIRING)
WRITER = company(*SELECTING, scope="introductions:write", of=CompanyRole.HIRING)
TAGS = ["disclosures"]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what was approved; everything else is null."""

    introduction: UUID
    name: str | None
    kana: str | None
    email: str | None
    phone: str | None
    headline: str | None
    career: str | None
    links: tuple[str, ...] | None
    employer: str | None
    salary_wish_yen: int | None
    recommendation: str | None


class SeenBy(msgspec.Struct, frozen=True, kw_only=True):
    """Who received what, and whether it is still open to them."""

    introduction: UUID
    company: CompanyName
    items: tuple[Item, ...]
    disclosed_at: datetime
    revoked_at: datetime | None
    deletion_confirmed_at: datetime | None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look of a company at the person's data."""

    at: datetime
    company: CompanyName
    introduction: UUID | None
    items: tuple[str, ...]
    purpose: str


@query("/introductions/{introduction:uuid}/person", policy=OPENER, facts=introduction_facts, tags=TAGS)
def open_person(visit: ThisVisit, introduction: FromPath[UUID]) -> Person:
    """Open the received copy. The look is written down, for the person to read, before anything is handed out."""
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        keyring = visit.house.office.vault.keyring
        copy = open_received(keyring, connection, viewer, IntroductionId(introduction), now=visit.now)
    return Person(introduction=introduction, **msgspec.structs.asdict(copy))


@command("/introductions/{introduction:uuid}/deletion-confirmation", policy=WRITER, facts=introduction_facts, tags=TAGS)
def confirm_deletion(visit: ThisVisit, introduction: FromPath[UUID]) -> Done:
    """What the company had taken out of a copy that was closed is deleted."""
    appended = introductions.confirm_deletion(
        visit.house.office,
        visit.command,
        introduction=IntroductionId(introduction),
        hiring=CompanyId(visit.company),
        by=UserId(visit.id),
    )
    return done(appended, introduction)


@query("/me/seen-by", policy=candidate, tags=TAGS)
def list_seen_by(visit: ThisVisit, at: At = None) -> Listed[SeenBy]:
    """Everybody who received something of the person."""
    behind = is_behind(visit, at, "seen_by", "directory")
    with visit.house.database.transaction() as connection:
        found = seen_by.of(connection, CandidateId(visit.id))
    names = _names(visit, [each.hiring for each in found])
    rows = [
        SeenBy(
            introduction=each.introduction,
            company=names[each.hiring],
            items=each.items,
            disclosed_at=each.disclosed_at,
            revoked_at=each.revoked_at,
            deletion_confirmed_at=each.deletion_confirmed_at,
        )
        for each in found
    ]
    return Listed(items=rows, updating=behind)


@query("/me/access-log", policy=candidate, tags=TAGS)
def list_looks(visit: ThisVisit) -> Listed[Look]:
    """Every look of a company, the last first."""
    with visit.house.database.transaction() as connection:
        found = views_of(connection, CandidateId(visit.id))
    names = _names(visit, [each.viewer_company for each in found])
    rows = [
        Look(
            at=each.at,
            company=names[each.viewer_company],
            introduction=each.introduction,
            items=each.items,
            purpose=each.purpose,
        )
        for each in found
    ]
    return Listed(items=rows)


def _names(visit: Visit, companies: list[UUID]) -> dict[UUID, CompanyName]:
    with visit.house.database.transaction() as connection:
        names = directory.names(connection, companies)
    called = {each: names.get(each, ("", "")) for each in companies}
    return {each: CompanyName(id=each, name=name, name_en=name_en) for each, (name, name_en) in called.items()}


ROUTES = [open_person, confirm_deletion, list_seen_by, list_looks]
