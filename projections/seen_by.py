"""Who has received what of a person, and whether it is still open to them."""

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
from domain.introduction import DeletionConfirmed, IdentityDisclosed, Item, ShareRevoked
from projections.gate import registrations_of
from projections.projection import Projection


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """One disclosure."""

    introduction: UUID
    candidate: UUID
    hiring: UUID
    items: tuple[Item, ...]
    disclosed_at: datetime
    revoked_at: datetime | None = None
    deletion_confirmed_at: datetime | None = None


def touches(entry: Recorded[AnyEvent]) -> Iterable[UUID]:
    """The introduction by which it was disclosed."""
    if isinstance(entry.event, IdentityDisclosed | ShareRevoked | DeletionConfirmed):
        yield entry.stream


def fold(key: UUID, row: Disclosure | None, entry: Recorded[AnyEvent]) -> Disclosure | None:
    """The disclosure after the event."""
    match entry.event:
        case IdentityDisclosed(candidate=who, hiring=hiring, items=items, disclosed_at=moment):
            return Disclosure(introduction=key, candidate=who, hiring=hiring, items=items, disclosed_at=moment)
        case ShareRevoked() if row:
            return replace(row, revoked_at=entry.meta.recorded_at)
        case DeletionConfirmed() if row:
            return replace(row, deletion_confirmed_at=entry.meta.recorded_at)
        case _:
            return row


PROJECTION = Projection(name="seen_by", row=Disclosure, key="introduction", touches=touches, fold=fold)


def of(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[Disclosure]:
    """Everyone who received something of this person, under whichever registration, newest first."""
    row = connection.execute(
        "SELECT coalesce(json_agg(s ORDER BY s.disclosed_at DESC, s.introduction), '[]')::text FROM seen_by s"
        " WHERE s.candidate = ANY(%s)",
        (registrations_of(connection, candidate),),
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Disclosure])
