"""The jobs and their conditions as they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace
from psycopg.rows import kwargs_row

from domain.event import Recorded
from domain.events import AnyEvent
from domain.job import Conditions, JobClosed, JobConditionsChanged, JobOpened
from domain.viewer import Viewer
from projections.gate import theirs
from projections.projection import Projection


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job at its present version."""

    job: UUID
    company: UUID
    version: int
    title: str
    occupation: str
    prefecture: str
    skills: tuple[str, ...]
    conditions: Conditions
    opened_at: datetime
    closed: str | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A job's events touch the job."""
    if isinstance(entry.event, JobOpened | JobConditionsChanged | JobClosed):
        yield entry.stream


def fold(key: UUID, row: Job | None, entry: Recorded[AnyEvent]) -> Job | None:
    """The job after the event."""
    match entry.event:
        case JobOpened() as opened:
            return Job(
                job=key,
                company=opened.company,
                version=opened.version,
                title=opened.conditions.title,
                occupation=opened.occupation,
                prefecture=opened.prefecture,
                skills=opened.skills,
                conditions=opened.conditions,
                opened_at=entry.meta.recorded_at,
            )
        case JobConditionsChanged(version=version, conditions=conditions) if row:
            return replace(row, version=version, conditions=conditions, title=conditions.title)
        case JobClosed(cause=cause) if row:
            return replace(row, closed=cause)
        case _:
            return row


PROJECTION = Projection(name="jobs", row=Job, key="job", touches=touches, fold=fold)


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """A job in one line."""

    job: UUID
    title: str
    occupation: str
    prefecture: str
    closed: str | None


_OF_COMPANY = f"jobs j WHERE j.company = %(company)s AND {theirs('j.job')}"


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Job]:
    """The viewer's company's jobs, newest first; for a hiring manager those they look after."""
    row = connection.execute(
        f"SELECT coalesce(json_agg(j ORDER BY j.opened_at DESC, j.job), '[]')::text FROM {_OF_COMPANY}".encode(),
        _of(viewer),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Job])


def headings(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Heading]:
    """The same jobs without their conditions, which are long."""
    cursor = connection.cursor(row_factory=kwargs_row(Heading), binary=True)
    query = f"SELECT j.job, j.title, j.occupation, j.prefecture, j.closed FROM {_OF_COMPANY} ORDER BY j.opened_at DESC, j.job"
    return cursor.execute(query.encode(), _of(viewer)).fetchall()


def _of(viewer: Viewer) -> dict[str, Any]:
    return {"company": viewer.company, "only": viewer.only_assigned}


def one(connection: psycopg.Connection[Any], job: UUID) -> Job | None:
    """One job; its conditions are shown to whoever is asked about it."""
    row = connection.execute("SELECT row_to_json(j)::text FROM jobs j WHERE j.job = %s", (job,)).fetchone()
    return msgspec.json.decode(row[0], type=Job) if row else None


def titles(connection: psycopg.Connection[Any], jobs: Iterable[UUID]) -> dict[UUID, str]:
    """What each job is called, for whoever is asked about it."""
    found = connection.execute("SELECT job, title FROM jobs WHERE job = ANY(%s)", (list(set(jobs)),))
    return dict(found.fetchall())
