"""Every time the glass was broken: whose values, by whom, why, until when; for the person and for the operator's audit."""

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
from domain.glass import GlassBroken, GlassMended
from domain.ids import CandidateId
from projections.gate import registrations_of
from projections.projection import Projection

MOST = 200


class Breaking(msgspec.Struct, frozen=True, kw_only=True):
    """One breaking. The words of its reason are in the vault under `words_ref`, with the person's own key."""

    glass: UUID
    candidate: UUID
    broken_by: UUID
    reason: str
    words_ref: UUID
    broken_at: datetime
    open_until: datetime
    mended_at: datetime | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A breaking's own events."""
    if isinstance(entry.event, GlassBroken | GlassMended):
        yield entry.stream


def fold(key: UUID, row: Breaking | None, entry: Recorded[AnyEvent]) -> Breaking | None:
    """The breaking after the event."""
    match entry.event:
        case GlassBroken() as broken:
            return Breaking(
                glass=key,
                candidate=broken.candidate,
                broken_by=broken.broken_by,
                reason=broken.reason,
                words_ref=broken.words_ref,
                broken_at=entry.meta.recorded_at,
                open_until=broken.open_until,
            )
        case GlassMended() if row:
            return replace(row, mended_at=entry.meta.recorded_at)
        case _:
            return row


PROJECTION = Projection(name="glass", row=Breaking, key="glass", touches=touches, fold=fold)


def of_candidate(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Breaking]:
    """What the person is shown: every breaking under all their registrations, the newest first."""
    return _rows(connection, "WHERE g.candidate = ANY(%(of)s)", {"of": registrations_of(connection, candidate)})


def newest(connection: psycopg.Connection[Any]) -> list[Breaking]:
    """Whoever's it was, the newest first; for the operator's audit."""
    return _rows(connection, "", {})


def _rows(connection: psycopg.Connection[Any], where: str, values: dict[str, Any]) -> list[Breaking]:
    row = connection.execute(
        "SELECT coalesce(json_agg(found ORDER BY found.broken_at DESC, found.glass), '[]')::text FROM ("
        f"SELECT g.* FROM glass g {where} ORDER BY g.broken_at DESC, g.glass LIMIT {MOST}) found".encode(),
        values,
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Breaking])
