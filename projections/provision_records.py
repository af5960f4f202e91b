"""The records of provision to third parties (APPI 29 for the one who provides, 30 for the one who receives)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.event import Recorded
from domain.events import AnyEvent
from domain.introduction import Item, ProvisionRecorded
from domain.viewer import Viewer
from projections.projection import Projection


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """One side's record; who was concerned is sealed in the vault under `ref`."""

    id: str
    introduction: UUID
    direction: str
    provider: UUID
    receiver: UUID
    items: tuple[Item, ...]
    consent_version: int
    acquisition: str
    ref: UUID
    recorded_at: datetime
    retain_until: date


def touches(entry: Recorded[AnyEvent]) -> Iterable[str]:
    """One record per introduction, direction and position."""
    if isinstance(entry.event, ProvisionRecorded):
        yield f"{entry.stream}:{entry.event.direction}:{entry.position}"


def fold(key: str, row: Provision | None, entry: Recorded[AnyEvent]) -> Provision | None:
    """A record is written once."""
    match entry.event:
        case ProvisionRecorded() as record:
            return Provision(
                id=key,
                introduction=entry.stream,
                direction=record.direction,
                provider=record.provider,
                receiver=record.receiver,
                items=record.items,
                consent_version=record.consent_version,
                acquisition=record.acquisition,
                ref=record.ref,
                recorded_at=entry.meta.recorded_at,
                retain_until=record.retain_until,
            )
        case _:
            return row


PROJECTION = Projection(name="provision_records", row=Provision, key="id", touches=touches, fold=fold, adds_only=True)


def of_company(connection: psycopg.Connection[Any], viewer: Viewer) -> list[Provision]:
    """The viewer's company's own records: those where it provided, and those where it received."""
    row = connection.execute(
        "SELECT coalesce(json_agg(p ORDER BY p.recorded_at DESC, p.id), '[]')::text FROM provision_records p"
        " WHERE (p.direction = 'provided' AND p.provider = %(company)s)"
        " OR (p.direction = 'received' AND p.receiver = %(company)s)",
        {"company": viewer.company},
    ).fetchone()
    return msgspec.json.decode(row[0] if row else "[]", type=list[Provision])
