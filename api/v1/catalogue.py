"""The catalogue: anonymous cards, found by Japanese or English words over codes and keyed lexemes, and by facets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, FromQuery, QueryParameter

from api.cursor import After, Limit, cursor, place_of
from api.policies import company
from api.reading import At, is_behind, viewer_of
from api.route import ThisVisit, query
from api.text_types import Code
from api.visit import Visit
from domain.company import CompanyRole
from domain.ids import CandidateId, CompanyId
from domain.refusal import Refused
from domain.rules.licence import check_active
from domain.viewer import Viewer
from domain.vocabulary import Kind, codes_for, kind_of
from marketplace.commands.standing import recommendation_for
from marketplace.vault.disclosure import open_recommendation
from projections import catalogue
from projections.catalogue import Found, Query, Word

SEARCHER = company(scope="catalogue:read", of=CompanyRole.HIRING)
WORDS_MOST = 10
READS = ("catalogue", "referral_board", "directory")

Words = Annotated[str, QueryParameter(required=False, max_length=200, description="Words, in Japanese or English.")]
Codes = FromQuery[list[Code] | None]


class Cards(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of cards. `total` is counted up to a thousand."""

    items: list[Found]
    total: int
    next: str | None = None
    updating: bool = False


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card, with the recommendation where its source shares it with this company."""

    card: Found
    recommendation: str | None


@query("/catalogue", policy=SEARCHER, tags=["catalogue"])
def search(
    visit: ThisVisit,
    q: Words = "",
    skill: Codes = None,
    occupation: Codes = None,
    prefecture: Codes = None,
    seniority: Codes = None,
    salary_band: Codes = None,
    language: Codes = None,
    reached: Codes = None,
    after: After = None,
    limit: Limit = catalogue.PAGE,
    at: At = None,
) -> Cards:
    """Cards that have every word and, of each facet that is named, one of its values; newest first."""
    behind = is_behind(visit, at, *READS)
    check_may_search(visit)
    wanted = Query(
        words=_words(visit, q),
        skills=_codes(Kind.SKILL, skill),
        occupations=_codes(Kind.OCCUPATION, occupation),
        prefectures=_codes(Kind.PREFECTURE, prefecture),
        seniorities=_codes(Kind.SENIORITY, seniority),
        salary_bands=_codes(Kind.SALARY, salary_band),
        languages=_codes(Kind.LANGUAGE, language),
        reached=_codes(Kind.STAGE, reached),
        after=place_of(visit, "catalogue", after, tuple[datetime, UUID]),
        limit=limit,
    )
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        found = catalogue.search(connection, viewer, wanted, visit.now)
        total = catalogue.count(connection, viewer, wanted, visit.now)
    more = cursor(visit, "catalogue", (found[-1].published_at, found[-1].card)) if len(found) == limit else None
    return Cards(items=found, total=total, next=more, updating=behind)


@query("/catalogue/{card:uuid}", policy=SEARCHER, tags=["catalogue"])
def read_card(visit: ThisVisit, card: FromPath[UUID], at: At = None) -> Card:
    """One card; one that this viewer may not see is as if it never was."""
    is_behind(visit, at, *READS)
    viewer, person = visible(visit, card)
    with visit.house.database.transaction() as connection:
        found = catalogue.one(connection, viewer, card, visit.now)
    if found is None: raise Refused("card-unknown")
    return Card(card=found, recommendation=_recommendation(visit, viewer, person))


def visible(visit: Visit, card: UUID) -> tuple[Viewer, CandidateId]:
    """Who looks, and whose card it is. Raises Refused `card-unknown` for every card they may not see."""
    check_may_search(visit)
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        person = catalogue.candidate_of(connection, viewer, card, visit.now)
    if person is None: raise Refused("card-unknown")
    return viewer, person


def check_may_search(visit: Visit) -> None:
    """Refuses a company that is suspended or does not hire."""
    check_active(visit.house.office.company(CompanyId(visit.company)).state, CompanyRole.HIRING)


def _recommendation(visit: Visit, viewer: Viewer, person: CandidateId) -> str | None:
    office = visit.house.office
    shared = recommendation_for(office, person, viewer.company)
    if shared is None: return None
    with office.database.transaction() as connection:
        try:
            return open_recommendation(
                office.vault.keyring, connection, viewer, person, shared.recommendation_ref, now=visit.now
            )
        except Refused:
            return None


def _words(visit: Visit, text: str) -> tuple[Word, ...]:
    """The whole as one word where our vocabulary knows it so (`google cloud`), else word by word."""
    parts = [text] if codes_for(text) else text.split()
    if len(parts) > WORDS_MOST: raise Refused("search-too-long", most=WORDS_MOST)
    lexemes = visit.house.office.vault.lexemes
    words = [Word(tuple(sorted(codes_for(part))), tuple(lexemes.query_lexemes(part))) for part in parts]
    return tuple(word for word in words if word.codes or word.lexemes)


def _codes(kind: Kind, given: list[str] | None) -> tuple[str, ...]:
    for code in given or ():
        if kind_of(code) is not kind: raise Refused("code-not-in-vocabulary", given=code)
    return tuple(given or ())


ROUTES = [search, read_card]
