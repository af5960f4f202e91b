"""Finding anything by its number, and the story of it: every event in words, with its actor, its yen and its raw form."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import QueryParameter

from api.pages.showing import show, wait_for
from api.policies import operator
from api.reading import At, Before
from api.route import ThisVisit, page
from api.visit import Visit
from domain.company import MemberRole
from domain.ids import NIL, CandidateId, HireId, IntroductionId
from domain.refusal import Refused
from marketplace.run.explain import explain
from marketplace.texts.catalogue import sentence
from projections import finder
from projections.finder import Found

ANYBODY = operator()
Ident = Annotated[str, QueryParameter(required=False, max_length=80)]
PAGE = 200
READS = ("story", "directory", "introduction_board", "fees", "placements")

_PAGES = {
    "company": "/operator/companies/{}",
    "member": "/operator/companies/{}",
    "person": "/operator/people/{}",
    "card": "/operator/people/{}",
    "message": "/operator/messages",
    "task": "/operator/tasks",
    "notice": "/operator/tasks",
    "privacy-request": "/operator/stories?ident={}",
}


@page("/operator/search", policy=ANYBODY)
def search(visit: ThisVisit, q: Ident = "", at: At = None) -> Response[str]:
    """What has this number, by kind."""
    wait_for(visit, at, *READS)
    return show(visit, "operator_search.html", q=q.strip(), found=_found(visit, q.strip()))


@page("/operator/stories", policy=ANYBODY)
def story(visit: ThisVisit, ident: Ident = "", before: Before = None, at: At = None) -> Response[str]:
    """The story of any id: introduction, person, company, job, hire, fee, card, or 紹介番号; the last of it first."""
    wait_for(visit, at, *READS)
    told = None
    if ident.strip():
        try:
            with visit.house.database.transaction() as connection:
                told = explain(visit.house.office, connection, ident, visit.language, before=before, most=PAGE)
        except Refused as refused:
            visit.refused = sentence(refused.code, visit.language, dict(refused.values))
    person = _person(visit, told.subject) if told and visit.actor.role in {MemberRole.ADMIN, MemberRole.RECRUITER} else None
    return show(visit, "operator_story.html", story=told, ident=ident, person=person)


def _person(visit: Visit, subject: UUID) -> CandidateId | None:
    """Whom the story is about, by id."""
    office = visit.house.office
    for who in (
        office.introduction(IntroductionId(subject)).state.candidate,
        office.hire(HireId(subject)).state.candidate,
        office.candidate(CandidateId(subject)).state.id,
    ):
        if who != NIL: return who
    return None


def _found(visit: Visit, text: str) -> list[tuple[str, Found]]:
    """Where each leads, and what it is. An address is not looked for: who knows one must not learn whose it is."""
    if not text: return []
    if "@" in text or "＠" in text:
        visit.refused = sentence("search-by-address", visit.language, {})
        return []
    with visit.house.database.transaction() as connection:
        found = finder.find(connection, text)
    return [(_PAGES.get(each.kind, "/operator/stories?ident={}").format(each.id), each) for each in found]


ROUTES = [search, story]
