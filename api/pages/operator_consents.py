"""The consent audit of one person: every consent event with its text, what was open at a given moment, and who looked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, QueryParameter

from api.pages.operator_people import CARE, person_facts
from api.pages.showing import show
from api.reading import found
from api.route import ThisVisit, page
from api.visit import Visit
from api.wording import called
from domain import consent
from domain.calendar import JST
from domain.consent import Block, Consent, ConsentEvent, ConsentGiven, ConsentRenewed, Grant
from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import OPERATOR, CandidateId, consent_of
from domain.refusal import Refused
from marketplace.run.telling import Teller, companies_in
from marketplace.vault.access_log import views_of
from projections import directory

Moment = Annotated[str, QueryParameter(required=False, max_length=40)]
LOOKS = 200


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the stream in words, with the version of the text that was agreed to, if one was."""

    at: datetime
    who: str
    sentence: str
    text_version: str
    position: int


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """What stood at a moment: the consents that held, those given that did not, who was blocked, and a pause."""

    at: datetime
    held: list[Grant]
    lapsed: list[Grant]
    blocked: tuple[Block, ...]
    paused: bool
    ended: bool


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the person's values."""

    at: datetime
    company: str
    purpose: str
    number_of_items: int


@page("/operator/people/{person:uuid}/consents", policy=CARE, facts=person_facts)
def consent_audit(visit: ThisVisit, person: FromPath[UUID], moment: Moment = "") -> Response[str]:
    """In order, with a moment to look at."""
    state = found(visit.house.office.candidate(CandidateId(person)).state)
    at = _moment(visit, moment)
    history = visit.house.log.history(consent_of(state.id))
    return show(
        visit,
        "operator_consents.html",
        person=state,
        said=_said(visit, history),
        open=_open(history, at),
        looks=_looks(visit, state.id),
        typed=at.astimezone(JST).strftime("%Y-%m-%dT%H:%M"),
    )


def _moment(visit: Visit, text: str) -> datetime:
    """A moment as a form sends it, in Japan's time; now where none is given. Refuses `query-malformed`."""
    if not text: return visit.now
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=JST) if at.tzinfo is None else at.astimezone(JST)
    except (ValueError, OverflowError):
        raise Refused("query-malformed") from None


def _said(visit: Visit, history: list[Recorded[AnyEvent]]) -> list[Said]:
    with visit.house.database.transaction() as connection:
        teller = Teller(directory.names(connection, companies_in(history)), visit.language)
    lines = []
    for entry in history:
        told = teller.tell(entry)
        version = entry.event.text_version if isinstance(entry.event, ConsentGiven | ConsentRenewed) else ""
        at = entry.meta.recorded_at
        lines.append(Said(at=at, who=told.who, sentence=told.sentence, text_version=version, position=entry.position))
    return lines


def _open(history: list[Recorded[AnyEvent]], at: datetime) -> Open:
    """The stream folded up to the moment: what held then is what any disclosure of that moment rested on."""
    state: Consent = consent.INITIAL
    for entry in history:
        if entry.meta.recorded_at > at: break
        if isinstance(entry.event, ConsentEvent): state = consent.evolve(state, entry.event)
    held = [grant for grant in state.grants if state.allows(grant.permission, at)]
    lapsed = [grant for grant in state.grants if grant not in held]
    return Open(at=at, held=held, lapsed=lapsed, blocked=state.blocked, paused=state.paused, ended=state.ended)


def _looks(visit: Visit, person: CandidateId) -> list[Look]:
    with visit.house.database.transaction() as connection:
        views = views_of(connection, person, most=LOOKS)
        names = directory.names(connection, [each.viewer_company for each in views] + [OPERATOR])
    return [
        Look(
            at=each.at,
            company=called(visit.language, names, each.viewer_company),
            purpose=each.purpose,
            number_of_items=len(each.items),
        )
        for each in views
    ]


ROUTES = [consent_audit]
