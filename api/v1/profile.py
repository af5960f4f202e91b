"""The person themselves: who they are here, their profile, and the record that the law asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta

from api.policies import candidate
from api.precondition import etag
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Code, Count, Line, ShortLine, Text, Yen
from domain.candidate import ProfileFacts
from domain.consent import LIST
from domain.ids import CandidateId, CompanyId
from domain.refusal import Refused
from marketplace.commands import candidate as commands
from marketplace.commands import registration
from marketplace.commands.candidate import ProfileWords
from marketplace.vault.records import ProfileRecord

TAGS = ["me"]

Codes = Annotated[tuple[Code, ...], Meta(max_length=30)]
CodeOrNothing = Annotated[str, Meta(max_length=64, pattern=r"^([a-z0-9][a-z0-9:.-]*)?\Z")]
Link = Annotated[str, Meta(min_length=9, max_length=500, pattern=r"^https?://[^\s\"'<>\\]+\Z")]


class Facts(Body, frozen=True):
    """The coded part, for the anonymous card: codes of our vocabulary and bands."""

    skills: Codes = ()
    occupations: Codes = ()
    prefecture: CodeOrNothing = ""
    seniority: CodeOrNothing = ""
    salary_band: CodeOrNothing = ""
    languages: Codes = ()

    def facts(self) -> ProfileFacts:
        """As the domain has them."""
        return ProfileFacts(**{name: getattr(self, name) for name in ProfileFacts.__struct_fields__})


class Saved(Body, frozen=True, kw_only=True):
    """The next version of the profile. `expected_version`: the one that was edited, 0 for the first."""

    expected_version: Count
    headline: Line
    career: Text
    employer: Annotated[str, Meta(max_length=200)] = ""
    salary_wish_yen: Yen | None = None
    links: Annotated[tuple[Link, ...], Meta(max_length=10)] = ()
    facts: Facts


class Confirmed(Body, frozen=True):
    """Which version is still true."""

    version: Count


class SeekerRecord(Body, frozen=True):
    """What the seeker ledger (求職管理簿) wants: asked here and nowhere else, sealed apart."""

    name: ShortLine
    address: Line
    birth_date: date


class Claimed(Body, frozen=True):
    """Which source turned the person away too."""

    source: UUID


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """How the person stands here."""

    candidate: UUID
    name: str
    email: str
    phone: str
    language: str
    adult: bool
    profile_version: int
    seeker_record_until: date | None
    listing_until: datetime | None
    paused: bool


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """The profile in the person's words, and its codes; version 0 while there is none."""

    version: int
    words: ProfileRecord | None
    facts: ProfileFacts | None


@query("/me", policy=candidate, tags=TAGS)
def read_me(visit: ThisVisit) -> MeView:
    """Who one is here, and what holds now."""
    office, who = visit.house.office, CandidateId(visit.id)
    state, consent, contact = office.candidate(who).state, office.consent(who).state, commands.contact(office, who)
    grant = consent.grant_of(LIST)
    return MeView(
        candidate=who,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=state.language,
        adult=state.adult,
        profile_version=state.profile_version,
        seeker_record_until=state.seeker_record.retain_until if state.seeker_record else None,
        listing_until=grant.expires_at if grant and visit.now < grant.expires_at else None,
        paused=consent.paused,
    )


@query("/me/profile", policy=candidate, tags=TAGS)
def read_profile(visit: ThisVisit) -> Response[ProfileView]:
    """The profile; its ETag is its version."""
    office, who = visit.house.office, CandidateId(visit.id)
    state = office.candidate(who).state
    shown = ProfileView(version=state.profile_version, words=commands.profile(office, who), facts=state.facts)
    return Response(shown, headers=etag(state.profile_version))


@command("/me/profile", policy=candidate, tags=TAGS)
def save_profile(visit: ThisVisit, data: JSONBody[Saved]) -> Done:
    """The next version. Headline and career are searched, so what must not be asked of anybody is refused in them."""
    words = ProfileWords(
        headline=data.headline,
        career=data.career,
        employer=data.employer,
        salary_wish_yen=data.salary_wish_yen,
        links=data.links,
    )
    appended = commands.save_profile(
        visit.house.office,
        visit.command,
        candidate=CandidateId(visit.id),
        expected_version=data.expected_version,
        words=words,
        facts=data.facts.facts(),
    )
    return done(appended, visit.id)


@command("/me/profile/confirmation", policy=candidate, tags=TAGS)
def confirm_profile(visit: ThisVisit, data: JSONBody[Confirmed]) -> Done:
    """Still true: the card is fresh again."""
    appended = commands.confirm_profile(
        visit.house.office, visit.command, candidate=CandidateId(visit.id), version=data.version
    )
    return done(appended, visit.id)


@command("/me/seeker-record", policy=candidate, tags=TAGS)
def seal_seeker_record(visit: ThisVisit, data: JSONBody[SeekerRecord]) -> Done:
    """Name, address and birth date for the seeker ledger. They are on no card and go to no company."""
    if data.birth_date >= visit.now.date(): raise Refused("birth-date-in-future")
    appended = commands.seal_seeker_record(
        visit.house.office,
        visit.command,
        candidate=CandidateId(visit.id),
        name=data.name,
        address=data.address,
        birth_date=data.birth_date,
    )
    return done(appended, visit.id)


@command("/me/claims", policy=candidate, tags=TAGS)
def claim(visit: ThisVisit, data: JSONBody[Claimed]) -> Done:
    """A further source turned the person away too: the record with their mailbox becomes theirs."""
    source = CompanyId(data.source)
    appended = registration.claim(
        visit.house.office, visit.command, candidate=CandidateId(visit.id), source=source
    )
    return done(appended, visit.id)


ROUTES = [read_me, read_profile, save_profile, confirm_profile, seal_seeker_record, claim]
