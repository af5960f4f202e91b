"""A source company's own applicants: what became of each record, without a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.applicant import (
    ApplicantErased,
    ApplicantEvent,
    ApplicantImported,
    ApplicantUpdated,
    Claimed,
    EvaluationRecorded,
    InvitationCancelled,
    InvitationDisowned,
    InvitationScheduled,
    InvitationSent,
    ReappliedAt,
    RetentionEnded,
)
from domain.event import Recorded
from domain.events import AnyEvent
from domain.viewer import Viewer
from projections.projection import Projection


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """One record. `status`: kept, scheduled, invited, registered, disowned, reapplied, ended. `score`: the mean, 1 to 5."""

    applicant: UUID
    company: UUID
    batch: UUID
    basis: str | None
    channel: str
    job_type: str
    stage: str
    outcome: str
    reason: str
    skills: tuple[str, ...]
    applied_on: date | None
    rejected_on: date | None
    invitable: bool
    may_email: bool
    ref: UUID
    imported_at: datetime
    status: str = "kept"
    invitation: UUID | None = None
    not_before: datetime | None = None
    evaluated: bool = False
    score: float | None = None
    invited_at: datetime | None = None
    """When an invitation was sent first."""


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """An applicant's events touch the applicant."""
    if isinstance(entry.event, ApplicantEvent):
        yield entry.stream


def fold(key: UUID, row: Applicant | None, entry: Recorded[AnyEvent]) -> Applicant | None:
    """The record after the event; an erased one leaves the pool."""
    match entry.event:
        case ApplicantImported() as new:
            return Applicant(
                applicant=key,
                company=new.company,
                batch=new.batch,
                basis=new.basis,
                channel=new.channel,
                job_type=new.job_type,
                stage=new.stage,
                outcome=new.outcome,
                reason=new.reason,
                skills=new.skills,
                applied_on=new.applied_on,
                rejected_on=new.rejected_on,
                invitable=new.invitable,
                may_email=new.may_email,
                ref=new.ref,
                imported_at=entry.meta.recorded_at,
            )
        case ApplicantErased():
            return None
        case ApplicantUpdated() as update if row:
            return replace(
                row,
                batch=update.batch,
                outcome=update.outcome,
                stage=update.stage,
                reason=update.reason,
                skills=update.skills,
                rejected_on=update.rejected_on,
                invitable=update.invitable,
                may_email=update.may_email,
                ref=update.ref,
            )
        case InvitationScheduled(invitation=invitation, not_before=moment) if row:
            return replace(row, status="scheduled", invitation=invitation, not_before=moment)
        case InvitationCancelled() if row:
            return replace(row, status="kept", invitation=None, not_before=None)
        case InvitationSent() if row:
            return replace(row, status="invited", not_before=None, invited_at=row.invited_at or entry.meta.recorded_at)
        case InvitationDisowned() if row:
            return replace(row, status="disowned")
        case Claimed() if row:
            return replace(row, status="registered")
        case ReappliedAt() if row:
            return replace(row, status="reapplied")
        case RetentionEnded() if row:
            return replace(row, status="ended")
        case EvaluationRecorded(scores=scores) if row:
            mean = sum(points for _, points in scores) / len(scores) if scores else None
            return replace(row, evaluated=True, score=mean)
        case _:
            return row


PROJECTION = Projection(name="applicant_pool", row=Applicant, key="applicant", touches=touches, fold=fold)


def of_company(
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    *,
    batch: UUID | None = None,
    status: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Applicant]:
    """A page of the viewer's company's own records, in the order of their ids."""
    row = connection.execute(
        "SELECT coalesce(json_agg(a ORDER BY a.applicant), '[]')::text FROM (SELECT * FROM applicant_pool"
        " WHERE company = %(company)s AND (%(batch)s::uuid IS NULL OR batch = %(batch)s)"
        " AND (%(status)s::text IS NULL OR status = %(status)s) AND (%(after)s::uuid IS NULL OR applicant > %(after)s)"
        " ORDER BY applicant LIMIT %(limit)s) a",
        {"company": viewer.company, "batch": batch, "status": status, "after": after, "limit": limit},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Applicant])


def one(connection: psycopg.Connection[Any], viewer: Viewer, applicant: UUID) -> Applicant | None:
    """One record of the viewer's company; another's is as if it were not there."""
    row = connection.execute(
        "SELECT row_to_json(a)::text FROM applicant_pool a WHERE a.applicant = %s AND a.company = %s",
        (applicant, viewer.company),
    ).fetchone()
    return msgspec.json.decode(row[0], type=Applicant) if row else None


def counts(connection: psycopg.Connection[Any], viewer: Viewer, *, batch: UUID | None = None) -> dict[str, int]:
    """How many of the viewer's company's records stand where; of one batch where it is named."""
    found = connection.execute(
        "SELECT status, count(*) FROM applicant_pool WHERE company = %(company)s"
        " AND (%(batch)s::uuid IS NULL OR batch = %(batch)s) GROUP BY status ORDER BY status",
        {"company": viewer.company, "batch": batch},
    )
    return dict(found.fetchall())


def invited(connection: psycopg.Connection[Any], viewer: Viewer) -> int:
    """How many of the viewer's company's records were sent their invitation."""
    row = connection.execute(
        "SELECT count(*) FROM applicant_pool WHERE company = %s AND invitation IS NOT NULL AND not_before IS NULL",
        (viewer.company,),
    ).fetchone()
    return row[0] if row else 0


def everyone_of_batch(connection: psycopg.Connection[Any], viewer: Viewer, batch: UUID) -> list[UUID]:
    """All records that a batch of the viewer's company was the last to say something about."""
    found = connection.execute(
        "SELECT applicant FROM applicant_pool WHERE company = %s AND batch = %s ORDER BY applicant",
        (viewer.company, batch),
    )
    return [row[0] for row in found]


def of_invitation(connection: psycopg.Connection[Any], invitation: UUID) -> tuple[UUID, UUID] | None:
    """The record and the source of an invitation that was sent; for whoever holds the link in the mail."""
    row = connection.execute(
        "SELECT applicant, company FROM applicant_pool WHERE invitation = %s AND status <> 'scheduled'", (invitation,)
    ).fetchone()
    return (row[0], row[1]) if row else None


def of_batch(connection: psycopg.Connection[Any], viewer: Viewer, batch: UUID, status: str) -> list[UUID]:
    """The invitable records of a batch of the viewer's company that stand at `status`."""
    found = connection.execute(
        "SELECT applicant FROM applicant_pool WHERE company = %s AND batch = %s AND status = %s AND invitable"
        " ORDER BY applicant",
        (viewer.company, batch, status),
    )
    return [row[0] for row in found]
