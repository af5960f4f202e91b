"""Looking for people: anonymous cards by word and facet, how many there are of each, and why one fits a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from api.pages.hiring import HIRING
from api.pages.hiring_job_choice import choice_of
from api.pages.showing import same, show
from api.route import ThisVisit, page
from api.v1 import catalogue
from api.visit import Visit
from domain.fit import Facts, Fit, Wanted, fit
from domain.vocabulary import codes_for
from marketplace.commands.saved_search import Frequency
from marketplace.vault.searching import KINDS, Criteria, parts_of
from projections.catalogue import Found
from projections.jobs import Job

PATH = "/hiring/search"
Words = Annotated[str, QueryParameter(required=False, max_length=200)]
Facet = Annotated[str, QueryParameter(required=False, max_length=64)]
After = Annotated[str, QueryParameter(required=False, max_length=400)]
FACETS = tuple(KINDS)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a facet: at least so many cards have it, and where choosing it (or letting go of it) leads."""

    code: str
    at_least: int
    href: str
    chosen: bool


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """Why a card is here: of the searched words the codes it has, and which were found in the person's own words."""

    codes: tuple[str, ...]
    own_words: tuple[str, ...]
    fit: Fit | None


@page(PATH, policy=HIRING)
def search(
    visit: ThisVisit,
    q: Words = "",
    skill: Facet = "",
    occupation: Facet = "",
    prefecture: Facet = "",
    seniority: Facet = "",
    salary_band: Facet = "",
    language: Facet = "",
    reached: Facet = "",
    job: Facet = "",
    after: After = "",
) -> Response[str]:
    """The form, what it found, and how to narrow it down."""
    codes = (skill, occupation, prefecture, seniority, salary_band, language, reached)
    given = dict(zip(FACETS, codes, strict=True))
    return show_search(visit, q, given, job_of(job), after)


def show_search(visit: Visit, q: str, given: Mapping[str, str], job: UUID | None, after: str = "") -> Response[str]:
    """The page of one search; saving a search comes back to it where that is refused."""
    wanted = {name: [value] for name, value in given.items() if value}
    found = same(catalogue.search)(visit, q=q, **wanted, after=after or None)
    spread = same(catalogue.read_facets)(visit, q=q, **wanted)
    mine, chosen = choice_of(visit, job)
    kept = {"q": q, **given, "job": str(chosen.job) if chosen else ""}
    return show(
        visit,
        "hiring_search.html",
        found=found,
        reasons={card.card: _reasons(card, q, chosen) for card in found.items},
        q=q,
        given=given,
        facets={name: _choices(name, kept, [(each.code, each.at_least) for each in spread[name]]) for name in FACETS},
        jobs=mine,
        job=chosen,
        after=after,
        first=address(kept) if after else "",
        more=address({**kept, "after": found.next}) if found.next else "",
        narrowed=bool(q or wanted),
        frequencies=list(Frequency),
    )


def job_of(text: str) -> UUID | None:
    """A job as an address names it; an empty choice, or whatever else stands there, is no job."""
    try:
        return UUID(text)
    except ValueError:
        return None


def address(given: Mapping[str, str]) -> str:
    """The address of a search."""
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{PATH}?{query}" if query else PATH


def address_of(criteria: Criteria) -> str:
    """Where a saved search is looked at again."""
    return address({"q": criteria.q, **{name: next(iter(getattr(criteria, name)), "") for name in KINDS}})


def _choices(name: str, kept: Mapping[str, str], spread: list[tuple[str, int]]) -> list[Choice]:
    chosen = kept[name]
    return [
        Choice(
            code=code,
            at_least=at_least,
            href=address({**kept, name: "" if code == chosen else code}),
            chosen=code == chosen,
        )
        for code, at_least in spread
        if not chosen or code == chosen
    ]


def wanted_of(job: Job) -> Wanted:
    """What a job states, as a card is compared with it."""
    return Wanted(
        skills=job.skills,
        occupation=job.occupation,
        prefecture=job.prefecture,
        salary_from_yen=job.conditions.annual_salary_from_yen,
        salary_to_yen=job.conditions.annual_salary_to_yen,
    )


def fit_of(card: Found, job: Job) -> Fit:
    """What of the job's statements the card states too."""
    facts = Facts(
        skills=card.skills, occupations=card.occupations, prefecture=card.prefecture, salary_band=card.salary_band
    )
    return fit(facts, wanted_of(job))


def _reasons(card: Found, q: str, job: Job | None) -> Reasons:
    has = (*card.skills, *card.occupations, *card.languages, card.prefecture, card.seniority, card.salary_band, card.reached)
    meant = {part: codes_for(part) & set(has) for part in (parts_of(q) if q.strip() else ())}
    return Reasons(
        codes=tuple(code for code in dict.fromkeys(has) if any(code in codes for codes in meant.values())),
        own_words=tuple(part for part, codes in meant.items() if not codes),
        fit=fit_of(card, job) if job else None,
    )


ROUTES = [search]
