"""What people asked of a source about their own record, and how far each answer has come."""

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
from domain.privacy_request import (
    IdentityChecked,
    PrivacyRequestEvent,
    RequestCompleted,
    RequestDecided,
    RequestReceived,
)
from domain.viewer import Viewer
from projections.projection import Projection


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `status`: received, identified, decided, completed. It names the source's record, no candidate."""

    request: UUID
    controller: UUID
    kind: str
    applicant: UUID | None
    received_at: datetime
    due_on: date
    status: str = "received"
    granted: bool | None = None
    reason: str = ""


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """A request's events touch the request."""
    if isinstance(entry.event, PrivacyRequestEvent):
        yield entry.stream


def fold(key: UUID, row: Request | None, entry: Recorded[AnyEvent]) -> Request | None:
    """The request after the event."""
    match entry.event:
        case RequestReceived() as received:
            return Request(
                request=key,
                controller=received.controller,
                kind=received.kind,
                applicant=received.applicant,
                received_at=entry.meta.recorded_at,
                due_on=received.due_on,
            )
        case IdentityChecked() if row:
            return replace(row, status="identified")
        case RequestDecided(granted=granted, reason=reason) if row:
            return replace(row, status="decided", granted=granted, reason=reason)
        case RequestCompleted() if row:
            return replace(row, status="completed")
        case _:
            return row


PROJECTION = Projection(name="privacy_requests", row=Request, key="request", touches=touches, fold=fold)


def of_record(connection: psycopg.Connection[Any], source: UUID, applicant: UUID) -> list[Request]:
    """What was asked of a source about one of its records, the newest first; for the person whose record it is."""
    row = connection.execute(
        "SELECT coalesce(json_agg(r ORDER BY r.received_at DESC, r.request), '[]')::text"
        " FROM privacy_requests r WHERE r.controller = %s AND r.applicant = %s",
        (source, applicant),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Request])


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Request]:
    """The requests that the viewer's company has to answer or did, the most urgent first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(r ORDER BY (r.status = 'completed'), r.due_on, r.request), '[]')::text"
        " FROM privacy_requests r WHERE r.controller = %s",
        (viewer.company,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Request])
