"""What a hiring company sees of its introductions: what it asked, what it received, how selection goes.

From outside, a decline, a block, a withdrawal and a lapse look the same: the ask waits until it expires, then nobody answered.
"""

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
from domain.ids import IntroductionId, card_of
from domain.introduction import (
    DeletionConfirmed,
    IdentityDisclosed,
    IntroductionClosed,
    IntroductionRequested,
    Item,
    PriorContactClaimed,
    PriorContactDecided,
    ShareRevoked,
    StageReached,
)
from domain.viewer import Viewer
from projections.projection import Projection


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """One introduction as it is kept; `Shown` is what leaves."""

    introduction: UUID
    hiring: UUID
    job: UUID
    job_version: int
    card: UUID
    number: str
    requested_by: UUID
    items: tuple[Item, ...]
    requested_at: datetime
    expires_at: datetime
    quote_from_yen: int
    quote_to_yen: int
    disclosed_at: datetime | None = None
    disclosed_items: tuple[Item, ...] = ()
    prior_contact_until: date | None = None
    prior_contact: str | None = None
    stage: str | None = None
    stage_on: date | None = None
    closed: str | None = None
    revoked: bool = False
    deletion_confirmed: bool = False


_OURS = (
    IntroductionRequested,
    IdentityDisclosed,
    PriorContactClaimed,
    PriorContactDecided,
    StageReached,
    IntroductionClosed,
    ShareRevoked,
    DeletionConfirmed,
)


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """Only what the company may know touches its board; answers of the candidate do not."""
    if isinstance(entry.event, _OURS):
        yield entry.stream


def fold(key: UUID, row: Introduction | None, entry: Recorded[AnyEvent]) -> Introduction | None:
    """The introduction after the event."""
    match entry.event:
        case IntroductionRequested() as asked:
            return Introduction(
                introduction=key,
                hiring=asked.hiring,
                job=asked.job,
                job_version=asked.job_version,
                card=card_of(asked.candidate),
                number=asked.number,
                requested_by=asked.requested_by,
                items=asked.items,
                requested_at=asked.requested_at,
                expires_at=asked.expires_at,
                quote_from_yen=asked.terms.quote_from_yen,
                quote_to_yen=asked.terms.quote_to_yen,
            )
        case IdentityDisclosed(items=items, disclosed_at=moment, prior_contact_until=until) if row:
            return replace(row, disclosed_at=moment, disclosed_items=items, prior_contact_until=until)
        case PriorContactClaimed() if row:
            return replace(row, prior_contact="claimed")
        case PriorContactDecided(upheld=upheld) if row:
            return replace(row, prior_contact="upheld" if upheld else "rejected")
        case StageReached(stage=stage, reached_on=day) if row:
            return replace(row, stage=stage, stage_on=day)
        case IntroductionClosed(cause=cause) if row:
            return replace(row, closed=cause)
        case ShareRevoked() if row:
            return replace(row, revoked=True)
        case DeletionConfirmed() if row:
            return replace(row, deletion_confirmed=True)
        case _:
            return row


PROJECTION = Projection(name="introduction_board", row=Introduction, key="introduction", touches=touches, fold=fold)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One introduction as the company sees it. `status`: waiting, no-answer, disclosed, closed, revoked."""

    introduction: UUID
    number: str
    job: UUID
    job_version: int
    card: UUID
    status: str
    items: tuple[Item, ...]
    requested_at: datetime
    expires_at: datetime
    quote_from_yen: int
    quote_to_yen: int
    disclosed_at: datetime | None
    disclosed_items: tuple[Item, ...]
    prior_contact_until: date | None
    prior_contact: str | None
    stage: str | None
    stage_on: date | None
    closed: str | None
    deletion_confirmed: bool


_SELECT = """
    SELECT coalesce(json_agg(shown ORDER BY requested_at DESC, introduction), '[]')::text FROM (
        SELECT b.*, CASE WHEN b.revoked THEN 'revoked' WHEN b.closed IS NOT NULL THEN 'closed'
            WHEN b.disclosed_at IS NOT NULL THEN 'disclosed' WHEN b.expires_at <= %(now)s THEN 'no-answer'
            ELSE 'waiting' END AS status
        FROM introduction_board b WHERE b.hiring = %(company)s AND {}
    ) shown
"""


def of_company(connection: psycopg.Connection[Any], viewer: Viewer, now: datetime) -> list[Shown]:
    """The viewer's company's introductions, newest first."""
    row = connection.execute(_SELECT.format("true").encode(), {"company": viewer.company, "now": now}).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Shown])


def one(
    connection: psycopg.Connection[Any], viewer: Viewer, introduction: IntroductionId, now: datetime
) -> Shown | None:
    """One introduction of the viewer's company; another company's is as if it were not there."""
    row = connection.execute(
        _SELECT.format("b.introduction = %(introduction)s").encode(),
        {"company": viewer.company, "now": now, "introduction": introduction},
    ).fetchone()
    found = msgspec.json.decode(row[0] if row else "[]", type=list[Shown])
    return found[0] if found else None


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a company's introductions came how far, with the median of days (JST) from the step before."""

    asked: int
    received: int
    received_days: float | None
    begun: int
    begun_days: float | None
    hired: int
    hired_days: float | None


def passage(connection: psycopg.Connection[Any], viewer: Viewer) -> Passage:
    """The viewer's company's way from asking to a hire that both sides confirmed.

    A yes shows only once the details were received: a yes that was taken back looks like silence here too.
    """
    row = connection.execute(
        """
        WITH mine AS (
            SELECT (b.requested_at AT TIME ZONE 'Asia/Tokyo')::date AS asked_on,
                (b.disclosed_at AT TIME ZONE 'Asia/Tokyo')::date AS received_on,
                (SELECT min((s.at AT TIME ZONE 'Asia/Tokyo')::date) FROM story s
                 WHERE s.subject = b.introduction AND s.kind = 'stage-reached.v1') AS begun_on,
                (SELECT min(p.placed_on) FROM placements p
                 WHERE p.introduction = b.introduction AND p.status NOT IN ('contested', 'cancelled')) AS hired_on
            FROM introduction_board b WHERE b.hiring = %(company)s
        ), counted AS (
            SELECT count(*) AS asked, count(received_on) AS received, count(coalesce(begun_on, hired_on)) AS begun,
                count(hired_on) AS hired,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY received_on - asked_on) AS received_days,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY begun_on - received_on) AS begun_days,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY hired_on - begun_on) AS hired_days
            FROM mine
        )
        SELECT row_to_json(counted)::text FROM counted
        """,
        {"company": viewer.company},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "{}", type=Passage)
