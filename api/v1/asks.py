"""What a person is asked, and their answer. By a share link: this one ask, with labels and masked values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.policies import candidate, link_or_candidate
from api.reading import At, Listed, is_behind
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Count
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.consent import OutcomeLevel
from domain.ids import CandidateId, CompanyId, IntroductionId
from domain.introduction import Introduction, Item, Seen, Status
from domain.job import Conditions
from marketplace.commands import introduction as introductions
from marketplace.commands import job as jobs
from marketplace.commands.candidate import values_shown
from marketplace.commands.duties import why_asked
from marketplace.commands.office import Office
from marketplace.commands.standing import recommendation_for, referrals_of
from marketplace.texts.translation import noted, say, word
from projections import candidate_inbox, directory
from projections.jobs import titles

TAGS = ["asks"]
MASK = "●●"
IF_YOU_DO_NOTHING = noted(
    "If you do nothing, this ends when its time is over and nothing is shown to the company. It is not told why."
)
PENDING = frozenset({Status.ASKED, Status.APPROVED})


class CompanyName(msgspec.Struct, frozen=True, kw_only=True):
    """A company as it is called."""

    id: UUID
    name: str
    name_en: str


class AskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One ask in the list. `status`: asked, approved, declined, expired, cancelled, disclosed, closed."""

    introduction: UUID
    number: str
    status: str
    company: CompanyName
    job_title: str
    requested_at: datetime
    expires_at: datetime
    approved: tuple[Item, ...]
    disclose_not_before: datetime | None
    stage: str | None
    revoked: bool


class ItemShown(msgspec.Struct, frozen=True, kw_only=True):
    """One item that the company asks for: what would be handed over; empty where there is nothing (yet)."""

    item: Item
    label: str
    value: str


class SourceLearns(msgspec.Struct, frozen=True, kw_only=True):
    """What a source may learn of how this goes on: none, hired, where."""

    source: CompanyName
    level: OutcomeLevel


class AskShown(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ask. An approval sends `seen` back; `newer_profile` says that it must be shown anew before."""

    introduction: UUID
    number: str
    status: Status
    company: CompanyName
    job: UUID
    conditions: Conditions
    asked_for: tuple[ItemShown, ...]
    not_asked_for: tuple[str, ...]
    source_learns: tuple[SourceLearns, ...]
    requested_at: datetime | None
    expires_at: datetime | None
    if_you_do_nothing: str
    seen: Seen | None
    newer_profile: bool
    needs_seeker_record: bool
    approved: tuple[Item, ...]
    disclose_not_before: datetime | None
    undo_minutes: int
    why: str | None
    disclosed: tuple[Item, ...]
    revoked: bool


class SeenBefore(Body, frozen=True):
    """Exactly what the person had before their eyes: `seen` of the ask."""

    job_version: Count
    profile_version: Count
    items: Annotated[tuple[Item, ...], Meta(max_length=len(Item))]


class Approval(Body, frozen=True):
    """What may be shown, out of what was seen; and whether the company knows the person already."""

    items: frozenset[Item]
    seen: SeenBefore
    known_to_company: bool


@query("/me/asks", policy=candidate, tags=TAGS)
def list_asks(visit: ThisVisit, at: At = None) -> Listed[AskRow]:
    """All asks, the ones that wait for an answer first."""
    behind = is_behind(visit, at, "candidate_inbox", "directory", "jobs")
    with visit.house.database.transaction() as connection:
        asks = candidate_inbox.of(connection, CandidateId(visit.id))
        names = directory.names(connection, [ask.hiring for ask in asks])
        called = titles(connection, [ask.job for ask in asks])
    rows = [
        AskRow(
            introduction=ask.introduction,
            number=ask.number,
            status=ask.status,
            company=_named(ask.hiring, names.get(ask.hiring, ("", ""))),
            job_title=called.get(ask.job, ""),
            requested_at=ask.requested_at,
            expires_at=ask.expires_at,
            approved=ask.approved,
            disclose_not_before=ask.disclose_not_before,
            stage=ask.stage,
            revoked=ask.revoked,
        )
        for ask in asks
    ]
    return Listed(items=rows, updating=behind)


@query("/me/asks/{introduction:uuid}", policy=link_or_candidate, facts=introduction_facts, tags=TAGS)
def read_ask(visit: ThisVisit, introduction: FromPath[UUID]) -> AskShown:
    """Who asks for what, for which job, what happens if nothing is done, and what to send back."""
    office = visit.house.office
    return ask_shown(visit, office, office.introduction(IntroductionId(introduction)).state)


@command("/me/asks/{introduction:uuid}/approval", policy=link_or_candidate, facts=introduction_facts, tags=TAGS)
def approve(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[Approval]) -> Done:
    """Yes to this very share. It can be undone for ten minutes; only then anything is handed over."""
    appended = introductions.approve(
        visit.house.office,
        visit.command,
        introduction=IntroductionId(introduction),
        by=CandidateId(visit.id),
        items=data.items,
        seen=Seen(**{name: getattr(data.seen, name) for name in Seen.__struct_fields__}),
        known_to_company=data.known_to_company,
    )
    return done(appended, introduction)


@command("/me/asks/{introduction:uuid}/decline", policy=link_or_candidate, facts=introduction_facts, tags=TAGS)
def decline(visit: ThisVisit, introduction: FromPath[UUID]) -> Done:
    """No, without a reason. The company sees what it sees when nobody answers."""
    which, who = IntroductionId(introduction), CandidateId(visit.id)
    return done(introductions.decline(visit.house.office, visit.command, introduction=which, by=who), introduction)


@command("/me/asks/{introduction:uuid}/undoing", policy=link_or_candidate, facts=introduction_facts, tags=TAGS)
def undo(visit: ThisVisit, introduction: FromPath[UUID]) -> Done:
    """The yes is taken back in time; the ask is open again."""
    which, who = IntroductionId(introduction), CandidateId(visit.id)
    return done(introductions.undo(visit.house.office, visit.command, introduction=which, by=who), introduction)


@command("/me/asks/{introduction:uuid}/showing-anew", policy=link_or_candidate, facts=introduction_facts, tags=TAGS)
def show_anew(visit: ThisVisit, introduction: FromPath[UUID]) -> Done:
    """The profile changed since the ask: look at what would be handed over now, and answer to that."""
    which, who = IntroductionId(introduction), CandidateId(visit.id)
    return done(introductions.show_anew(visit.house.office, visit.command, introduction=which, by=who), introduction)


@command("/me/asks/{introduction:uuid}/revocation", policy=candidate, facts=introduction_facts, tags=TAGS)
def revoke(visit: ThisVisit, introduction: FromPath[UUID]) -> Done:
    """The company's copy closes at once, and it is asked to delete what it took out."""
    which, who = IntroductionId(introduction), CandidateId(visit.id)
    return done(introductions.revoke(visit.house.office, visit.command, introduction=which, by=who), introduction)


def ask_shown(visit: Visit, office: Office, ask: Introduction) -> AskShown:
    """The whole ask as its person may see it; by a link masked, and no more than is asked for."""
    wanted = jobs.at_version(office, ask.job, ask.job_version)
    person = office.candidate(ask.candidate).state
    masked = visit.actor.kind == "link"
    recommended = recommendation_for(office, ask.candidate, ask.hiring) if Item.RECOMMENDATION in ask.items else None
    values = values_shown(office, ask, recommended)
    shown = tuple(
        ItemShown(item=item, label=_label(visit, item), value=_masked(item, values[item]) if masked else values[item])
        for item in ask.items
    )
    hiring = office.company(ask.hiring).state
    return AskShown(
        introduction=ask.introduction,
        number=ask.number,
        status=ask.status,
        company=CompanyName(id=ask.hiring, name=hiring.name, name_en=hiring.name_en),
        job=ask.job,
        conditions=wanted.conditions,
        asked_for=shown,
        not_asked_for=tuple(_label(visit, item) for item in Item if item not in ask.items),
        source_learns=_source_learns(visit, office, ask.candidate),
        requested_at=ask.requested_at,
        expires_at=ask.expires_at,
        if_you_do_nothing=say(visit.language, IF_YOU_DO_NOTHING),
        seen=ask.seen,
        newer_profile=ask.status in PENDING and ask.profile_ref != person.profile_ref,
        needs_seeker_record=person.seeker_record is None,
        approved=ask.approved,
        disclose_not_before=ask.disclose_not_before,
        undo_minutes=office.policy.undo_minutes,
        why=why_asked(office, ask),
        disclosed=ask.disclosed,
        revoked=ask.revoked,
    )


def _source_learns(visit: Visit, office: Office, who: CandidateId) -> tuple[SourceLearns, ...]:
    consent = office.consent(who).state
    sources = [each.source for each in referrals_of(office, who) if each.confirmed_at is not None]
    return tuple(
        SourceLearns(source=_company(office, source), level=consent.outcome_level(source, visit.now)) for source in sources
    )


def _company(office: Office, company: CompanyId) -> CompanyName:
    state = office.company(company).state
    return CompanyName(id=company, name=state.name, name_en=state.name_en)


def _named(company: UUID, names: tuple[str, str]) -> CompanyName:
    return CompanyName(id=company, name=names[0], name_en=names[1])


def _label(visit: Visit, item: Item) -> str:
    return word(visit.language, "item", item)


def _masked(item: Item, value: str) -> str:
    """Enough for the person to know their own, too little for anybody else who holds the link."""
    if not value: return ""
    match item:
        case Item.NAME:
            return value[0] + MASK
        case Item.EMAIL:
            return f"{value[0]}{MASK}@{MASK}"
        case Item.PHONE:
            return MASK + value[-2:]
        case _:
            return MASK


ROUTES = [list_asks, read_ask, approve, decline, undo, show_anew, revoke]
