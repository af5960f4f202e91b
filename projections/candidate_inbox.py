"""What a candidate is asked, and what became of each ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.event import Recorded
from domain.events import AnyEvent
from domain.ids import CandidateId
from domain.introduction import (
    CandidateAsked,
    IdentityDisclosed,
    IntroductionBlocked,
    IntroductionClosed,
    IntroductionRequested,
    Item,
    Seen,
    ShareApproved,
    ShareCancelled,
    ShareDeclined,
    ShareExpired,
    ShareRevoked,
    ShareUndone,
    StageReached,
)
from projections.gate import registrations_of
from projections.projection import Projection


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One ask as the candidate sees it. `status`: asked, approved, declined, expired, cancelled, disclosed, closed."""

    introduction: UUID
    candidate: UUID
    hiring: UUID
    job: UUID
    number: str
    status: str
    requested_at: datetime
    expires_at: datetime
    seen: Seen | None = None
    approved: tuple[Item, ...] = ()
    disclose_not_before: datetime | None = None
    stage: str | None = None
    revoked: bool = False


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The introduction; asks that were blocked never reach the inbox."""
    if isinstance(entry.event, _OURS):
        yield entry.stream


_OURS = (
    IntroductionRequested,
    IntroductionBlocked,
    CandidateAsked,
    ShareApproved,
    ShareDeclined,
    ShareUndone,
    ShareExpired,
    ShareCancelled,
    IdentityDisclosed,
    ShareRevoked,
    StageReached,
    IntroductionClosed,
)


def fold(key: UUID, row: Ask | None, entry: Recorded[AnyEvent]) -> Ask | None:
    """The ask after the event."""
    match entry.event:
        case IntroductionRequested() as asked:
            return Ask(
                introduction=key,
                candidate=asked.candidate,
                hiring=asked.hiring,
                job=asked.job,
                number=asked.number,
                status="requested",
                requested_at=asked.requested_at,
                expires_at=asked.expires_at,
            )
        case IntroductionBlocked():
            return None
        case CandidateAsked(seen=seen) if row:
            return replace(row, status="asked", seen=seen, approved=(), disclose_not_before=None)
        case ShareApproved(items=items, disclose_not_before=moment) if row:
            return replace(row, status="approved", approved=items, disclose_not_before=moment)
        case ShareUndone() if row:
            return replace(row, status="asked", approved=(), disclose_not_before=None)
        case ShareDeclined() if row:
            return replace(row, status="declined")
        case ShareExpired() if row:
            return replace(row, status="expired", approved=(), disclose_not_before=None)
        case ShareCancelled() if row:
            return replace(row, status="cancelled", approved=(), disclose_not_before=None)
        case IdentityDisclosed(items=items) if row:
            return replace(row, status="disclosed", approved=items, disclose_not_before=None)
        case ShareRevoked() if row:
            return replace(row, revoked=True)
        case StageReached(stage=stage) if row:
            return replace(row, stage=stage)
        case IntroductionClosed() if row:
            return replace(row, status="closed")
        case _:
            return row


PROJECTION = Projection(name="candidate_inbox", row=Ask, key="introduction", touches=touches, fold=fold)


def of(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Ask]:
    """The person's asks under all their registrations, the ones that wait first, then the newest."""
    row = connection.execute(
        "SELECT coalesce(json_agg(a ORDER BY (a.status NOT IN ('asked', 'approved')), a.requested_at DESC, a.introduction),"
        " '[]')::text FROM candidate_inbox a WHERE a.candidate = ANY(%s)",
        (registrations_of(connection, candidate),),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Ask])


def unfinished(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[UUID]:
    """The introductions that a withdrawal, a block or an erasure has to end or close, under all registrations."""
    found = connection.execute(
        "SELECT introduction FROM candidate_inbox WHERE candidate = ANY(%s) AND NOT revoked"
        " AND status IN ('requested', 'asked', 'approved', 'disclosed', 'closed') ORDER BY introduction",
        (registrations_of(connection, candidate),),
    )
    return [row[0] for row in found]


def of_job(connection: psycopg.Connection[Any], job: UUID) -> list[UUID]:
    """The asks for a job that were not disclosed yet."""
    found = connection.execute(
        "SELECT introduction FROM candidate_inbox WHERE job = %s AND status IN ('requested', 'asked', 'approved')"
        " ORDER BY introduction",
        (job,),
    )
    return [row[0] for row in found]


def in_selection(connection: psycopg.Connection[Any], job: UUID) -> list[tuple[UUID, CandidateId]]:
    """The introductions for a job that were disclosed and go on, each with its person."""
    found = connection.execute(
        "SELECT introduction, candidate FROM candidate_inbox WHERE job = %s AND status = 'disclosed' AND NOT revoked"
        " ORDER BY introduction",
        (job,),
    )
    return [(row[0], CandidateId(row[1])) for row in found]


def answer_days(connection: psycopg.Connection[Any]) -> dict[int, int]:
    """How many asks were answered after how many days (JST), by the first yes or no; for the operator."""
    found = connection.execute(
        """
        SELECT (answered.at AT TIME ZONE 'Asia/Tokyo')::date - (a.requested_at AT TIME ZONE 'Asia/Tokyo')::date AS days,
            count(*)
        FROM candidate_inbox a
        CROSS JOIN LATERAL (
            SELECT min(s.at) AS at FROM story s WHERE s.subject = a.introduction
              AND s.kind IN ('share-approved.v1', 'share-declined.v1')
        ) answered
        WHERE answered.at IS NOT NULL GROUP BY days ORDER BY days
        """
    )
    return dict(found.fetchall())
