"""Entries by hand: who wrote them, and whether a second person has signed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace

from domain.books import AdjustmentDecided, AdjustmentProposed, Posting, month_of
from domain.event import Recorded
from domain.events import AnyEvent
from projections.projection import Projection


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """One entry by hand; `status`: proposed, posted, dropped."""

    adjustment: UUID
    month: str
    on: date
    cause: str
    postings: tuple[Posting, ...]
    status: str
    first: str
    proposed_at: datetime
    second: str | None = None
    decided_at: datetime | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The adjustment."""
    match entry.event:
        case AdjustmentProposed(adjustment=key) | AdjustmentDecided(adjustment=key):
            return (key,)
        case _:
            return ()


def fold(key: UUID, row: Adjustment | None, entry: Recorded[AnyEvent]) -> Adjustment | None:
    """The adjustment after the event."""
    event, at = entry.event, entry.meta.recorded_at
    match event:
        case AdjustmentProposed():
            return Adjustment(
                adjustment=key,
                month=month_of(event.on),
                on=event.on,
                cause=str(event.cause),
                postings=event.postings,
                status="proposed",
                first=event.signed_by,
                proposed_at=at,
            )
        case AdjustmentDecided() if row:
            status = "posted" if event.is_posted else "dropped"
            return replace(row, status=status, second=event.signed_by, decided_at=at)
        case _:
            return row


PROJECTION = Projection(name="adjustments", row=Adjustment, key="adjustment", touches=touches, fold=fold)


def of_month(connection: psycopg.Connection[Any], month: str) -> list[Adjustment]:
    """The entries by hand of a month, newest first; for the operator's finance."""
    row = connection.execute(
        "SELECT coalesce(json_agg(a ORDER BY a.proposed_at DESC, a.adjustment), '[]')::text FROM adjustments a"
        " WHERE a.month = %s",
        (month,),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Adjustment])
