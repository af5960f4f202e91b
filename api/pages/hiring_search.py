"""Looking for people: anonymous cards by word and facet, and asking for one with the price on the table."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, QueryParameter
from msgspec import Meta

from api.pages.hiring import HIRING
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Count
from api.v1 import catalogue, introductions, jobs
from api.visit import Visit
from domain.introduction import Item
from domain.refusal import Refused
from marketplace.texts.catalogue import sentence

Words = Annotated[str, QueryParameter(required=False, max_length=200)]
Facet = Annotated[str, QueryParameter(required=False, max_length=64)]
Chosen = Annotated[UUID | None, QueryParameter(required=False)]
FACETS = ("skill", "occupation", "prefecture", "seniority", "salary_band", "language")


class AskForm(Body, frozen=True):
    """For which job at which version of its conditions, and what the company would like to see."""

    job: UUID
    job_version: Count
    items: Annotated[tuple[Item, ...], Meta(max_length=len(Item))] = ()


@page("/hiring/search", policy=HIRING)
def search(
    visit: ThisVisit,
    q: Words = "",
    skill: Facet = "",
    occupation: Facet = "",
    prefecture: Facet = "",
    seniority: Facet = "",
    salary_band: Facet = "",
    language: Facet = "",
    after: Annotated[str, QueryParameter(required=False, max_length=400)] = "",
) -> Response[str]:
    """The form and what it found."""
    given = dict(zip(FACETS, (skill, occupation, prefecture, seniority, salary_band, language), strict=True))
    wanted = {name: [value] for name, value in given.items() if value}
    found = same(catalogue.search)(visit, q=q, **wanted, after=after or None)
    return show(visit, "hiring_search.html", found=found, q=q, given=given, after=after)


@page("/hiring/cards/{card:uuid}", policy=HIRING)
def card_page(visit: ThisVisit, card: FromPath[UUID], job: Chosen = None, at: At = None) -> Response[str]:
    """One card; with a job chosen, the price and the terms."""
    wait_for(visit, at, *catalogue.READS)
    return _card(visit, card, job)


@form("/hiring/cards/{card:uuid}/request", policy=introductions.ASKER)
def request(visit: ThisVisit, card: FromPath[UUID]) -> Response[str]:
    """The person is asked; the terms that were shown freeze."""
    made: list[str | None] = []

    def act() -> Done:
        given = filled(visit, AskForm)
        data = introductions.AskFor(card=card, job=given.job, job_version=given.job_version, items=frozenset(given.items))
        done: Done = same(introductions.request)(visit, data)
        made.append(done.id)
        return done

    chosen = visit.fields.get("job", [""])[0]
    answer = carry_out(visit, act, then="/hiring/introductions/%s", again=lambda: _card(visit, card, _uuid(chosen)))
    if made: answer.headers["Location"] = answer.headers["Location"].replace("%s", str(made[0]))
    return answer


def _card(visit: Visit, card: UUID, job: UUID | None) -> Response[str]:
    found = same(catalogue.read_card)(visit, card)
    mine = [each for each in same(jobs.list_jobs)(visit).items if each.closed is None]
    quote, problem = None, ""
    if job is not None:
        try:
            quote = same(introductions.quote)(visit, card=card, job=job)
        except Refused as refused:
            problem = sentence(refused.code, visit.language, dict(refused.values))
    return show(
        visit, "hiring_card.html", card=found, jobs=mine, job=job, quote=quote, problem=problem, items=list(Item)
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES = [search, card_page, request]
