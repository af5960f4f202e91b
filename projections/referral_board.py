"""A source's referrals, and what came of them as far as the candidate lets it know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import NIL, CandidateId
from domain.referral import (
    OwnershipConfirmed,
    RecommendationRead,
    RecommendationWritten,
    ReferralEnded,
    ReferralMade,
)
from domain.viewer import Viewer
from projections.gate import ANYTHING
from projections.projection import Projection


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """One referral as it is kept; the hire is in `placements` and joined only through the gate."""

    referral: UUID
    candidate: UUID
    source: UUID
    applicant: UUID
    reached: str
    referred_at: datetime
    recommendation_version: int | None = None
    recommendation_ref: UUID | None = None
    recommendation_read: bool = False
    confirmed_at: datetime | None = None
    window_until: datetime | None = None
    ended: str | None = None


CLAIM_ONLY = "claim-carried-over"
"""Why a referral that was never made under this registration is over: only the confirmed claim was carried over to it."""

_OURS = (ReferralMade, RecommendationWritten, RecommendationRead, OwnershipConfirmed, ReferralEnded)


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A referral's events touch the referral."""
    if isinstance(entry.event, _OURS):
        yield entry.stream


def fold(key: UUID, row: Referral | None, entry: Recorded[AnyEvent]) -> Referral | None:
    """The referral after the event."""
    match entry.event:
        case ReferralMade() as made:
            # Again after it ended: what the person confirmed and read stays, as it does in the stream.
            row = row or _of(key, made.candidate, made.source, entry.meta.recorded_at)
            return replace(
                row, applicant=made.applicant, reached=made.reached, referred_at=entry.meta.recorded_at, ended=None
            )
        case RecommendationWritten(version=version, ref=ref) if row:
            return replace(row, recommendation_version=version, recommendation_ref=ref, recommendation_read=False)
        case RecommendationRead() if row:
            return replace(row, recommendation_read=True)
        case OwnershipConfirmed() as confirmed:
            # A merge may carry a claim over without a referral: it counts, but nobody stands behind it (rule 7).
            alone = replace(_of(key, confirmed.candidate, confirmed.source, confirmed.confirmed_at), ended=CLAIM_ONLY)
            row = row or alone
            if row.confirmed_at is not None and row.confirmed_at <= confirmed.confirmed_at:
                return row
            return replace(row, confirmed_at=confirmed.confirmed_at, window_until=confirmed.window_until)
        case ReferralEnded(cause=cause) if row:
            return replace(row, ended=cause)
        case _:
            return row


def _of(key: UUID, candidate: UUID, source: UUID, moment: datetime) -> Referral:
    return Referral(
        referral=key, candidate=candidate, source=source, applicant=NIL, reached="", referred_at=moment
    )


PROJECTION = Projection(name="referral_board", row=Referral, key="referral", touches=touches, fold=fold)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A referral as its source sees it. `hired_on` and `hired_by` only with the candidate's live permission."""

    referral: UUID
    applicant: UUID
    reached: str
    referred_at: datetime
    recommendation_version: int | None
    recommendation_read: bool
    confirmed: bool
    hired_on: date | None
    hired_by: UUID | None


_STANDS = """
    r.source = %(company)s AND r.applicant <> %(nobody)s
    AND NOT EXISTS (SELECT FROM gate m WHERE m.subject = r.candidate AND m.what = 'merged' AND m.object = %(anything)s AND m.open)
"""
"""The company's own, and told once: a registration that was merged away is told by the other one."""
_MAY = """
    EXISTS (SELECT FROM gate g WHERE g.subject = r.candidate AND g.what = 'outcome-to-source'
            AND g.object = r.source AND g.open AND g.expires_at > %(now)s)
    AND NOT EXISTS (SELECT FROM gate g WHERE g.subject = r.candidate AND g.what = 'erased' AND g.open)
"""
"""The person lets the company know of a hire."""
_HIRED = """
    SELECT p.placed_on, p.hiring FROM placements p
    WHERE p.candidate = r.candidate AND p.placed_on IS NOT NULL ORDER BY p.placed_on DESC LIMIT 1
"""


def of_company(
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    now: datetime,
    *,
    only: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Outcome]:
    """A page of the viewer's company's referrals, newest first; or `only` one of them."""
    row = connection.execute(
        f"""
        SELECT coalesce(json_agg(o ORDER BY o.referred_at DESC, o.referral DESC), '[]')::text FROM (
            SELECT r.referral, r.applicant, r.reached, r.referred_at, r.recommendation_version, r.recommendation_read,
                r.confirmed_at IS NOT NULL AS confirmed,
                CASE WHEN may.hired THEN p.placed_on END AS hired_on,
                CASE WHEN may.hired AND may.place THEN p.hiring END AS hired_by
            FROM (
                SELECT r.* FROM referral_board r
                WHERE {_STANDS} AND (%(only)s::uuid IS NULL OR r.referral = %(only)s)
                    AND (%(after)s::uuid IS NULL OR (r.referred_at, r.referral) < (
                        SELECT b.referred_at, b.referral FROM referral_board b
                        WHERE b.referral = %(after)s AND b.source = %(company)s))
                ORDER BY r.referred_at DESC, r.referral DESC LIMIT %(limit)s
            ) r
            CROSS JOIN LATERAL (
                SELECT {_MAY} AS hired,
                       EXISTS (SELECT FROM gate g WHERE g.subject = r.candidate AND g.what = 'outcome-where'
                               AND g.object = r.source AND g.open) AS place
            ) may
            LEFT JOIN LATERAL ({_HIRED}) p ON true
        ) o
        """.encode(),
        {"company": viewer.company, "now": now, "nobody": NIL, "anything": ANYTHING, "only": only, "after": after, "limit": limit},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Outcome])


class Hired(msgspec.Struct, frozen=True, kw_only=True):
    """A hire that the person lets their source know."""

    referred_at: datetime
    hired_on: date


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A source's referrals in numbers: how many, how many of those who confirmed wait for a recommendation, who was hired."""

    referred: int
    to_recommend: int
    hired: list[Hired]


def summary(connection: psycopg.Connection[Any], viewer: Viewer, now: datetime) -> Summary:
    """The viewer's company's referrals as `of_company` tells them, counted."""
    row = connection.execute(
        f"""
        SELECT json_build_object(
            'referred', count(*),
            'to_recommend', count(*) FILTER (WHERE r.confirmed_at IS NOT NULL AND r.recommendation_version IS NULL),
            'hired', (
                SELECT coalesce(json_agg(h), '[]') FROM (
                    SELECT r.referred_at, p.placed_on AS hired_on
                    FROM (SELECT DISTINCT candidate FROM placements WHERE placed_on IS NOT NULL) placed
                    JOIN referral_board r USING (candidate) CROSS JOIN LATERAL ({_HIRED}) p
                    WHERE {_STANDS} AND {_MAY}
                ) h
            ))::text
        FROM referral_board r WHERE {_STANDS}
        """.encode(),
        {"company": viewer.company, "now": now, "nobody": NIL, "anything": ANYTHING},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "{}", type=Summary)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a source's people registered; `days`: the median (JST) since the invitation."""

    registered: int
    days: float | None


def registered(connection: psycopg.Connection[Any], viewer: Viewer) -> Registered:
    """The viewer's company's people who registered. Who was erased, or whose record is gone, is counted no more (rule 3)."""
    row = connection.execute(
        """
        WITH mine AS (
            SELECT CASE WHEN a.invited_at <= r.referred_at THEN (r.referred_at AT TIME ZONE 'Asia/Tokyo')::date
                    - (a.invited_at AT TIME ZONE 'Asia/Tokyo')::date END AS days
            FROM referral_board r JOIN applicant_pool a ON a.applicant = r.applicant AND a.company = r.source
            WHERE r.source = %s AND a.status NOT IN ('kept', 'scheduled', 'invited') AND NOT EXISTS (
                SELECT FROM gate g WHERE g.subject = r.candidate AND g.what IN ('erased', 'merged') AND g.open)
        ), counted AS (
            SELECT count(*) AS registered, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days FROM mine
        )
        SELECT row_to_json(counted)::text FROM counted
        """,
        (viewer.company,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "{}", type=Registered)


def of_candidate(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Referral]:
    """Who passed the person on, in order; for the person."""
    row = connection.execute(
        "SELECT coalesce(json_agg(r ORDER BY r.referred_at, r.referral), '[]')::text FROM referral_board r"
        " WHERE r.candidate = %s",
        (candidate,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Referral])
