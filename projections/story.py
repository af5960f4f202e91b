"""The story: which events speak of a candidate, company, introduction, hire or fee, whatever stream they are in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.event import Event, Recorded
from domain.events import AnyEvent
from projections.projection import Projection


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """An event that speaks of `subject`."""

    id: str
    position: int
    subject: UUID
    stream: UUID
    version: int
    kind: str
    actor: str
    at: datetime


TOLD = (
    *("company", "candidate", "hiring", "source", "beneficiary", "survivor", "absorbed"),
    *("job", "introduction", "hire", "fee", "applicant"),
)
"""The fields whose ids an event is told under, beside its own stream."""


def subjects(event: Event, stream: UUID) -> set[UUID]:
    """The ids that an event speaks of."""
    named = {value for name in TOLD if isinstance(value := getattr(event, name, None), UUID)}
    return named | {stream}


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """One row per subject."""
    return (f"{entry.position}:{subject}" for subject in subjects(entry.event, entry.stream))


def fold(key: str, _row: Mention | None, entry: Recorded[AnyEvent]) -> Mention:
    """A mention is written once."""
    return Mention(
        id=key,
        position=entry.position,
        subject=UUID(key.partition(":")[2]),
        stream=entry.stream,
        version=entry.version,
        kind=str(type(entry.event).__struct_config__.tag),
        actor=entry.meta.actor,
        at=entry.meta.recorded_at,
    )


PROJECTION = Projection(name="story", row=Mention, key="id", touches=touches, fold=fold, adds_only=True)


def of(connection: psycopg.Connection[Any], subject: UUID, *, stream: UUID | None = None) -> list[Mention]:
    """Everything that was said of an id, in order; only in one `stream` where it is named."""
    row = connection.execute(
        "SELECT coalesce(json_agg(s ORDER BY s.position), '[]')::text FROM story s"
        " WHERE s.subject = %(subject)s AND (%(stream)s::uuid IS NULL OR s.stream = %(stream)s)",
        {"subject": subject, "stream": stream},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Mention])
