"""The catalogue: anonymous cards, found by Japanese or English words over codes and keyed lexemes, and by facets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec.structs import replace

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
from marketplace.commands.standing import recommendation_for
from marketplace.vault.disclosure import open_recommendation
from marketplace.vault.searching import KINDS, Criteria, query_of
from projections import catalogue, catalogue_facets
from projections.catalogue import Found

SEARCHER = company(scope="catalogue:read", of=CompanyRole.HIRING)
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
    criteria = criteria_of(q, skill, occupation, prefecture, seniority, salary_band, language, reached)
    place = place_of(visit, "catalogue", after, tuple[datetime, UUID])
    wanted = replace(query_of(visit.house.office.vault.lexemes, criteria), after=place, limit=limit)
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        found = catalogue.search(connection, viewer, wanted, visit.now)
        total = catalogue.count(connection, viewer, wanted, visit.now)
    more = cursor(visit, "catalogue", (found[-1].published_at, found[-1].card)) if len(found) == limit else None
    return Cards(items=found, total=total, next=more, updating=behind)


@query("/catalogue/facets", policy=SEARCHER, tags=["catalogue"])
def read_facets(
    visit: ThisVisit,
    q: Words = "",
    skill: Codes = None,
    occupation: Codes = None,
    prefecture: Codes = None,
    seniority: Codes = None,
    salary_band: Codes = None,
    language: Codes = None,
    reached: Codes = None,
) -> dict[str, list[catalogue_facets.Value]]:
    """How the cards that a search finds spread over each facet: at least so many, and 1 for one to four."""
    check_may_search(visit)
    criteria = criteria_of(q, skill, occupation, prefecture, seniority, salary_band, language, reached)
    wanted = query_of(visit.house.office.vault.lexemes, criteria)
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return catalogue_facets.facets(connection, viewer, wanted, visit.now)


def criteria_of(q: str, *codes: list[str] | None) -> Criteria:
    """What is looked for; the codes in the order of `KINDS`."""
    return Criteria(q=q, **{name: tuple(given or ()) for name, given in zip(KINDS, codes, strict=True)})


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


ROUTES = [search, read_facets, read_card]
