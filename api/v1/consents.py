"""Consents: the exact words, given one by one with a signed receipt, withdrawn in one step; pausing and resuming."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from api.policies import candidate, public
from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, NoBody
from domain.applicant import Channel
from domain.calendar import JST
from domain.consent import OutcomeLevel, Permission, Scope
from domain.ids import CandidateId, CompanyId
from marketplace.commands import consent as commands
from marketplace.commands import takeout
from marketplace.texts import consents as texts

TAGS = ["consents"]

TextVersion = Annotated[str, Meta(min_length=2, max_length=20, pattern=r"^v[0-9]+\Z")]
OfScope = Annotated[Scope, QueryParameter(name="scope")]
AtLevel = Annotated[OutcomeLevel | None, QueryParameter(required=False)]
ByChannel = Annotated[Channel | None, QueryParameter(required=False)]
ByCompany = Annotated[UUID | None, QueryParameter(required=False)]
InLanguage = Annotated[Literal["ja", "en"] | None, QueryParameter(required=False)]


class Which(Body, frozen=True):
    """Which consent: the scope and, where the scope needs one, the source or the channel."""

    scope: Scope
    company: UUID | None = None
    channel: Channel | None = None

    def permission(self) -> Permission:
        """As the domain has it."""
        company = None if self.company is None else CompanyId(self.company)
        return Permission(scope=self.scope, company=company, channel=self.channel)


class Given(Which, frozen=True, kw_only=True):
    """A consent to exactly the words of this version in this language."""

    level: OutcomeLevel | None = None
    text_version: TextVersion
    language: Literal["ja", "en"]


class Withdrawn(Body, frozen=True):
    """What is taken back."""

    scopes: Annotated[tuple[Which, ...], Meta(min_length=1, max_length=50)]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words to agree to, and the version to send back."""

    text_version: str
    language: str
    words: str


@query("/consent-texts", policy=public, tags=TAGS)
def read_text(
    visit: ThisVisit,
    purpose: OfScope,
    level: AtLevel = None,
    channel: ByChannel = None,
    company: ByCompany = None,
    language: InLanguage = None,
) -> Words:
    """The exact words of a consent as they would be agreed to today."""
    office, spoken = visit.house.office, language or visit.language
    permission = Permission(scope=purpose, company=None if company is None else CompanyId(company), channel=channel)
    commands.check_parts(office, permission, level)
    until = (visit.now + timedelta(days=office.policy.listing_days)).astimezone(JST).date().isoformat()
    words = commands.words_of(office, permission, level, texts.CURRENT, spoken, until)
    return Words(text_version=texts.CURRENT, language=spoken, words=words)


@query("/me/consents", policy=candidate, tags=TAGS)
def list_consents(visit: ThisVisit) -> Listed[takeout.ConsentView]:
    """What the person agreed to, word by word, with the receipts."""
    return Listed(items=takeout.consents(visit.house.office, CandidateId(visit.id), visit.now))


@command("/me/consents", policy=candidate, tags=TAGS)
def give(visit: ThisVisit, data: JSONBody[Given]) -> Done:
    """Agree to exactly these words."""
    appended = commands.give(
        visit.house.office,
        visit.command,
        candidate=CandidateId(visit.id),
        permission=data.permission(),
        level=data.level,
        text_version=data.text_version,
        language=data.language,
    )
    return done(appended, visit.id)


@command("/me/consents/withdrawal", policy=candidate, tags=TAGS)
def withdraw(visit: ThisVisit, data: JSONBody[Withdrawn]) -> Done:
    """Taken back; holds from the moment this is answered (rule 3)."""
    appended = commands.withdraw(
        visit.house.office,
        visit.command,
        candidate=CandidateId(visit.id),
        permissions=frozenset(each.permission() for each in data.scopes),
    )
    return done(appended, visit.id)


@command("/me/consents/renewal", policy=candidate, tags=TAGS)
def renew(visit: ThisVisit, data: JSONBody[Which]) -> Done:
    """The same consent for another period."""
    appended = commands.renew(
        visit.house.office, visit.command, candidate=CandidateId(visit.id), permission=data.permission()
    )
    return done(appended, visit.id)


@command("/me/pause", policy=candidate, tags=TAGS)
def pause(visit: ThisVisit, data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The card is gone at once, until the person resumes."""
    return done(commands.pause(visit.house.office, visit.command, candidate=CandidateId(visit.id)), visit.id)


@command("/me/resumption", policy=candidate, tags=TAGS)
def resume(visit: ThisVisit, data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """The pause is over; what was consented to holds again as far as it still would."""
    return done(commands.resume(visit.house.office, visit.command, candidate=CandidateId(visit.id)), visit.id)


ROUTES = [read_text, list_consents, give, withdraw, renew, pause, resume]
