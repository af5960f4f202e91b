"""Where the two sides say different things and a person of the operator decides: hires, prior contacts, leaves."""

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
from domain.hire import (
    HireCancelled,
    HireConfirmed,
    HireContested,
    LeaveChallenged,
    LeaveDetermined,
    OfferWithdrawn,
)
from domain.introduction import PriorContactClaimed, PriorContactDecided
from projections.projection import Projection


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """One dispute. `about` is the hire or, for a prior contact, the introduction. `kind`: hire, leave, prior-contact."""

    id: str
    kind: str
    about: UUID
    opened_at: datetime
    settled_at: datetime | None = None


_OPENS = {HireContested: "hire", LeaveChallenged: "leave", PriorContactClaimed: "prior-contact"}
_SETTLES: dict[type, tuple[str, ...]] = {
    HireConfirmed: ("hire",),
    OfferWithdrawn: ("hire",),
    HireCancelled: ("hire", "leave"),
    LeaveDetermined: ("leave",),
    PriorContactDecided: ("prior-contact",),
}


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """The disputes that an event opens or settles."""
    kind = type(entry.event)
    if kind in _OPENS:
        yield f"{entry.stream}:{_OPENS[kind]}"
    yield from (f"{entry.stream}:{name}" for name in _SETTLES.get(kind, ()))


def fold(key: str, row: Dispute | None, entry: Recorded[AnyEvent]) -> Dispute | None:
    """The dispute after the event; what settles where nothing was contested makes none."""
    kind, now = type(entry.event), entry.meta.recorded_at
    if kind in _OPENS:
        return row or Dispute(id=key, kind=_OPENS[kind], about=entry.stream, opened_at=now)
    return replace(row, settled_at=now) if row and row.settled_at is None else row


PROJECTION = Projection(name="disputes", row=Dispute, key="id", touches=touches, fold=fold)


def open_ones(connection: psycopg.Connection[Any]) -> list[Dispute]:
    """What waits for a decision, the oldest first; for the operator."""
    return _rows(connection, "settled_at IS NULL", "opened_at, id", 200)


def settled(connection: psycopg.Connection[Any]) -> list[Dispute]:
    """What was settled last; for the operator."""
    return _rows(connection, "settled_at IS NOT NULL", "settled_at DESC, id", 50)


def _rows(connection: psycopg.Connection[Any], which: str, order: str, most: int) -> list[Dispute]:
    row = connection.execute(
        f"SELECT coalesce(json_agg(found ORDER BY {order}), '[]')::text FROM ("
        f"SELECT d.* FROM disputes d WHERE {which} ORDER BY {order} LIMIT {most}) found".encode()
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Dispute])
