"""The catalogue: one anonymous card per person, of codes and coarse bands, searched by word and facet.

Rule 1 is the gate's: a card is a row here, but no query shows, counts or finds it without the gate's live consent, and
none shows it to a blocked company, its group, or someone who also works for one of them (rule 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.candidate import CandidateErased, CandidatesMerged, ProfileConfirmed, ProfileSaved
from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import NIL, CandidateId, card_of
from domain.referral import CardPublished, CardSuspended
from domain.viewer import Viewer
from projections.gate import VISIBLE
from projections.projection import Projection


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card. Nothing here names or singles out a person."""

    candidate: UUID
    card: UUID
    listed: bool = False
    skills: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    prefecture: str = ""
    seniority: str = ""
    salary_band: str = ""
    languages: tuple[str, ...] = ()
    reached: str = ""
    profile_version: int = 0
    recommendation_version: int | None = None
    lexemes_ref: UUID | None = None
    published_at: datetime | None = None
    confirmed_at: datetime | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The person whose card it is."""
    match entry.event:
        case CardPublished(candidate=who) | CardSuspended(candidate=who):
            yield who
        case CandidatesMerged(absorbed=who):
            yield who
        case ProfileConfirmed() | ProfileSaved() | CandidateErased():
            yield entry.stream
        case _:
            return


def fold(key: UUID, row: Card | None, entry: Recorded[AnyEvent]) -> Card | None:
    """The card after the event; a person who was never listed has none."""
    match entry.event:
        case CardPublished() as card:
            return Card(
                candidate=key,
                card=card_of(CandidateId(key)),
                listed=True,
                skills=card.facts.skills,
                occupations=card.facts.occupations,
                prefecture=card.facts.prefecture,
                seniority=card.facts.seniority,
                salary_band=card.facts.salary_band,
                languages=card.facts.languages,
                reached=card.reached,
                profile_version=card.profile_version,
                recommendation_version=card.recommendation_version,
                lexemes_ref=card.lexemes_ref,
                published_at=entry.meta.recorded_at,
                confirmed_at=entry.meta.recorded_at,
            )
        case CandidatesMerged() | CandidateErased():
            return None
        case CardSuspended() if row:
            return replace(row, listed=False)
        case ProfileConfirmed() | ProfileSaved() if row:
            return replace(row, confirmed_at=entry.meta.recorded_at)
        case _:
            return row


PROJECTION = Projection(name="catalogue", row=Card, key="candidate", touches=touches, fold=fold)

PAGE = 20
MOST_COUNTED = 1_000


class Word(msgspec.Struct, frozen=True):
    """A searched word: the codes of our vocabulary that it means, and the keyed lexemes of free text that it is."""

    codes: tuple[str, ...]
    lexemes: tuple[int, ...]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a company looks for. Every word must match, and of each facet that is given one value."""

    words: tuple[Word, ...] = ()
    skills: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()
    seniorities: tuple[str, ...] = ()
    salary_bands: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    since: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = PAGE


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A card as a company sees it: no candidate's id. A recommendation is there only for whom its source shares it with."""

    card: UUID
    skills: tuple[str, ...]
    occupations: tuple[str, ...]
    prefecture: str
    seniority: str
    salary_band: str
    languages: tuple[str, ...]
    reached: str
    has_recommendation: bool
    published_at: datetime
    confirmed_at: datetime


_SHOWN = """
    json_build_object('card', c.card, 'skills', c.skills, 'occupations', c.occupations, 'prefecture', c.prefecture,
        'seniority', c.seniority, 'salary_band', c.salary_band, 'languages', c.languages, 'reached', c.reached,
        'has_recommendation', EXISTS (
            SELECT FROM referral_board r LEFT JOIN directory d ON d.company = r.source
            WHERE r.candidate = c.candidate AND r.recommendation_read AND r.ended IS NULL
              AND CASE d.sharing_mode WHEN 'only' THEN %(company)s = ANY(d.sharing_companies)
                  WHEN 'never' THEN %(company)s <> ALL(d.sharing_companies) ELSE true END),
        'published_at', c.published_at, 'confirmed_at', c.confirmed_at)
"""
_FACETS = ("prefectures", "seniorities", "salary_bands", "reached")
_COLUMN = {"prefectures": "prefecture", "seniorities": "seniority", "salary_bands": "salary_band", "reached": "reached"}


def matching(query: Query, viewer: Viewer, now: datetime) -> tuple[str, dict[str, Any]]:
    """The WHERE clause of a search and its values; the gate comes first."""
    clauses = ["c.listed", VISIBLE]
    values = _looking(viewer, now)
    for n, word in enumerate(query.words):
        values |= {f"codes{n}": list(word.codes), f"lexemes{n}": list(word.lexemes)}
        clauses.append(
            f"((c.skills || c.occupations || c.languages) && %(codes{n})s::text[]"
            f" OR ARRAY[c.prefecture, c.seniority, c.salary_band, c.reached] && %(codes{n})s::text[]"
            f" OR (cardinality(%(lexemes{n})s::bigint[]) > 0 AND EXISTS (SELECT FROM vault_lexemes l"
            f" WHERE l.ref = c.lexemes_ref AND l.lexemes @> %(lexemes{n})s::bigint[])))"
        )
    for name in ("skills", "occupations", "languages"):
        if wanted := getattr(query, name):
            values[name] = list(wanted)
            clauses.append(f"c.{name} && %({name})s::text[]")
    for name in _FACETS:
        if wanted := getattr(query, name):
            values[name] = list(wanted)
            clauses.append(f"c.{_COLUMN[name]} = ANY(%({name})s::text[])")
    if query.since is not None:
        values["since"] = query.since
        clauses.append("c.published_at > %(since)s")
    return " AND ".join(clauses), values


def _looking(viewer: Viewer, now: datetime) -> dict[str, Any]:
    return {"now": now, "tokens": list(viewer.tokens), "company": viewer.company}


def search(connection: psycopg.Connection[Any], viewer: Viewer, query: Query, now: datetime) -> list[Found]:
    """One page of cards, newest first, after the keyset `(published_at, card)` of the page before."""
    where, values = matching(query, viewer, now)
    if query.after is not None:
        where += " AND (c.published_at, c.card) < (%(after_at)s, %(after_card)s)"
        values |= {"after_at": query.after[0], "after_card": query.after[1]}
    statement = (
        f"SELECT coalesce(json_agg(shown), '[]')::text FROM (SELECT {_SHOWN} AS shown FROM catalogue c WHERE {where}"
        " ORDER BY c.published_at DESC, c.card DESC LIMIT %(limit)s) page"
    )
    row = connection.execute(statement.encode(), values | {"limit": query.limit}).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Found])


def count(connection: psycopg.Connection[Any], viewer: Viewer, query: Query, now: datetime) -> int:
    """How many cards match, counted up to a thousand."""
    where, values = matching(query, viewer, now)
    statement = f"SELECT count(*) FROM (SELECT FROM catalogue c WHERE {where} LIMIT {MOST_COUNTED}) matching"
    row = connection.execute(statement.encode(), values).fetchone()
    return row[0] if row else 0


def one(connection: psycopg.Connection[Any], viewer: Viewer, card: UUID, now: datetime) -> Found | None:
    """One card, or None as for a card that never was."""
    statement = f"SELECT {_SHOWN}::text FROM catalogue c WHERE c.card = %(card)s AND c.listed AND {VISIBLE}"
    row = connection.execute(statement.encode(), {"card": card, **_looking(viewer, now)}).fetchone()
    return msgspec.json.decode(row[0], type=Found) if row else None


def own(connection: psycopg.Connection[Any], candidate: CandidateId, now: datetime) -> Found | None:
    """The person's own card, exactly as a company that they did not block finds it now; None while nobody finds it."""
    statement = f"SELECT {_SHOWN}::text FROM catalogue c WHERE c.candidate = %(candidate)s AND c.listed AND {VISIBLE}"
    values: dict[str, Any] = {"candidate": candidate, "now": now, "tokens": [], "company": NIL}
    row = connection.execute(statement.encode(), values).fetchone()
    return msgspec.json.decode(row[0], type=Found) if row else None


def candidate_of(connection: psycopg.Connection[Any], viewer: Viewer, card: UUID, now: datetime) -> CandidateId | None:
    """Whose card it is, for a command that asks for the person; None wherever `one` finds nothing."""
    statement = f"SELECT c.candidate FROM catalogue c WHERE c.card = %(card)s AND c.listed AND {VISIBLE}"
    row = connection.execute(statement.encode(), {"card": card, **_looking(viewer, now)}).fetchone()
    return CandidateId(row[0]) if row else None
