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
from psycopg.rows import kwargs_row

from domain.duties import CompanyReminded, DeletionAsked, RevokeCause
from domain.event import Recorded
from domain.events import AnyEvent
from domain.hire import Side
from domain.ids import CompanyId, IntroductionId, UserId, card_of
from domain.interview import InterviewAgreed, InterviewCancelled, InterviewEvent, InterviewTimesNamed
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
from domain.question import QuestionAnswered, QuestionAsked
from domain.viewer import Viewer
from projections.gate import theirs
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
    revoked_for: str | None = None
    deletion_confirmed: bool = False
    heard_at: datetime | None = None
    close_on: date | None = None
    delete_until: date | None = None
    questions_open: int = 0
    pick_until: datetime | None = None
    meets_at: datetime | None = None
    begun_at: datetime | None = None
    """When the company first said that selection goes on."""


_TOLD_WHY = frozenset({RevokeCause.SILENCE, RevokeCause.SELECTION_OVER})
"""What closed a copy through the company's own doing; a person's reason is theirs."""
_OURS = (
    IntroductionRequested,
    IdentityDisclosed,
    PriorContactClaimed,
    PriorContactDecided,
    StageReached,
    IntroductionClosed,
    ShareRevoked,
    DeletionConfirmed,
    CompanyReminded,
    DeletionAsked,
    InterviewTimesNamed,
    InterviewAgreed,
    InterviewCancelled,
    QuestionAsked,
    QuestionAnswered,
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
            return replace(
                row, disclosed_at=moment, disclosed_items=items, prior_contact_until=until, heard_at=moment
            )
        case PriorContactClaimed() if row:
            return replace(row, prior_contact="claimed")
        case PriorContactDecided(upheld=upheld) if row:
            return replace(row, prior_contact="upheld" if upheld else "rejected")
        case StageReached(stage=stage, reached_on=day) if row:
            at = entry.meta.recorded_at
            return replace(row, stage=stage, stage_on=day, heard_at=at, close_on=None, begun_at=row.begun_at or at)
        case InterviewTimesNamed() | InterviewAgreed() | InterviewCancelled() as said if row and row.disclosed_at:
            return _arranged(row, said, entry.meta.recorded_at)
        case QuestionAsked() if row:
            return replace(row, questions_open=row.questions_open + 1)
        case QuestionAnswered() if row:
            return replace(row, questions_open=row.questions_open - 1)
        case CompanyReminded(close_on=day) if row:
            return replace(row, close_on=day)
        case DeletionAsked(due_on=day) if row:
            return replace(row, delete_until=day)
        case IntroductionClosed(cause=cause) if row:
            return replace(row, closed=cause)
        case ShareRevoked(cause=cause) if row:
            return replace(row, revoked=True, revoked_for=cause.value if cause in _TOLD_WHY else None)
        case DeletionConfirmed() if row:
            return replace(row, deletion_confirmed=True)
        case _:
            return row


def _arranged(row: Introduction, said: InterviewEvent, at: datetime) -> Introduction:
    """Interview times after the details are received; what the company says of them is a word in time."""
    if said.by is Side.HIRING: row = replace(row, heard_at=at, close_on=None)
    match said:
        case InterviewTimesNamed(times=times):
            theirs_until = max(slot.starts_at for slot in times) if said.by is Side.CANDIDATE else None
            return replace(row, pick_until=theirs_until)
        case InterviewAgreed(time=slot):
            return replace(row, pick_until=None, meets_at=slot.starts_at)
        case _:
            return replace(row, pick_until=None, meets_at=None)


PROJECTION = Projection(name="introduction_board", row=Introduction, key="introduction", touches=touches, fold=fold)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an introduction stands: what the board needs of it. `status`: waiting, no-answer, disclosed, closed, revoked."""

    introduction: UUID
    number: str
    job: UUID
    status: str
    expires_at: datetime
    disclosed_at: datetime | None
    stage: str | None
    deletion_confirmed: bool
    heard_at: datetime | None
    close_on: date | None
    delete_until: date | None
    questions_open: int
    pick_until: datetime | None
    meets_at: datetime | None


class Shown(Standing, frozen=True, kw_only=True):
    """One introduction as the company sees it."""

    job_version: int
    card: UUID
    items: tuple[Item, ...]
    requested_at: datetime
    quote_from_yen: int
    quote_to_yen: int
    disclosed_items: tuple[Item, ...]
    prior_contact_until: date | None
    prior_contact: str | None
    stage_on: date | None
    closed: str | None
    revoked_for: str | None


_STATUS = """
    CASE WHEN b.revoked THEN 'revoked' WHEN b.closed IS NOT NULL THEN 'closed' WHEN b.disclosed_at IS NOT NULL THEN 'disclosed'
        WHEN b.expires_at <= %(now)s THEN 'no-answer' ELSE 'waiting' END AS status
"""
_OF_COMPANY = f"introduction_board b WHERE b.hiring = %(company)s AND {theirs('b.job')}"
_SELECT = f"""
    SELECT coalesce(json_agg(shown ORDER BY requested_at DESC, introduction), '[]')::text FROM (
        SELECT b.*, {_STATUS} FROM {_OF_COMPANY} AND {{}}
    ) shown
"""
_STANDING = f"""
    SELECT b.introduction, b.number, b.job, {_STATUS}, b.expires_at, b.disclosed_at, b.stage, b.deletion_confirmed, b.heard_at,
        b.close_on, b.delete_until, b.questions_open, b.pick_until, b.meets_at
    FROM {_OF_COMPANY} AND (%(job)s::uuid IS NULL OR b.job = %(job)s)
    ORDER BY b.requested_at DESC, b.introduction
"""


def of_company(connection: psycopg.Connection[Any], viewer: Viewer, now: datetime) -> list[Shown]:
    """The viewer's company's introductions, newest first; for a hiring manager those of the jobs they look after."""
    row = connection.execute(_SELECT.format("true").encode(), _of(viewer, now)).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Shown])


def standing(
    connection: psycopg.Connection[Any], viewer: Viewer, now: datetime, *, job: UUID | None = None
) -> list[Standing]:
    """The same in brief, for thousands at once; of one `job` where it is named."""
    cursor = connection.cursor(row_factory=kwargs_row(Standing), binary=True)
    return cursor.execute(_STANDING.encode(), {**_of(viewer, now), "job": job}).fetchall()


def one(
    connection: psycopg.Connection[Any], viewer: Viewer, introduction: IntroductionId, now: datetime
) -> Shown | None:
    """One introduction of the viewer's company; another company's is as if it were not there."""
    row = connection.execute(
        _SELECT.format("b.introduction = %(introduction)s").encode(),
        {**_of(viewer, now), "introduction": introduction},
    ).fetchone()
    found = msgspec.json.decode(row[0] if row else "[]", type=list[Shown])
    return found[0] if found else None


class UnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """An introduction that is not over, and who began it."""

    introduction: IntroductionId
    number: str
    job: UUID
    requested_by: UserId


def under_way(connection: psycopg.Connection[Any], company: CompanyId, now: datetime) -> list[UnderWay]:
    """A company's introductions that somebody has to look after, the oldest first."""
    found = connection.execute(
        "SELECT introduction, number, job, requested_by FROM introduction_board"
        " WHERE hiring = %s AND closed IS NULL AND NOT revoked AND (disclosed_at IS NOT NULL OR expires_at > %s)"
        " ORDER BY requested_at, introduction",
        (company, now),
    )
    return [
        UnderWay(introduction=IntroductionId(key), number=number, job=job, requested_by=UserId(by))
        for key, number, job, by in found
    ]


def _of(viewer: Viewer, now: datetime) -> dict[str, Any]:
    return {"company": viewer.company, "only": viewer.only_assigned, "now": now}


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
        f"""
        WITH mine AS (
            SELECT (b.requested_at AT TIME ZONE 'Asia/Tokyo')::date AS asked_on,
                (b.disclosed_at AT TIME ZONE 'Asia/Tokyo')::date AS received_on,
                (b.begun_at AT TIME ZONE 'Asia/Tokyo')::date AS begun_on,
                (SELECT min(p.placed_on) FROM placements p
                 WHERE p.introduction = b.introduction AND p.status NOT IN ('contested', 'cancelled')) AS hired_on
            FROM introduction_board b WHERE b.hiring = %(company)s AND {theirs("b.job")}
        ), counted AS (
            SELECT count(*) AS asked, count(received_on) AS received, count(coalesce(begun_on, hired_on)) AS begun,
                count(hired_on) AS hired,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY received_on - asked_on) AS received_days,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY begun_on - received_on) AS begun_days,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY hired_on - begun_on) AS hired_days
            FROM mine
        )
        SELECT row_to_json(counted)::text FROM counted
        """.encode(),
        {"company": viewer.company, "only": viewer.only_assigned},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "{}", type=Passage)
