"""What waits for a person of the operator: parked events, refused reactions and timers, and how far each reader is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

MOST = 100


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a reader could not take; its stream waits there, the others go on."""

    reader: str
    stream: UUID
    position: int
    error: str
    at: datetime


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What a reaction or a timer wanted and a rule refused; tried again at `next_at`, or never."""

    stream: UUID
    wanted: str
    code: str
    attempts: int
    at: datetime
    next_at: datetime | None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, the oldest first. `positions`: the log's position that each reader has come to."""

    parked: list[Parked]
    refusals: list[Refusal]
    positions: dict[str, int]


def of(connection: psycopg.Connection[Any]) -> Waiting:
    """What is stuck now; for the operator."""
    parked = connection.execute(
        "SELECT reader, stream, position, error, at FROM parked ORDER BY at, reader, position LIMIT %s", (MOST,)
    ).fetchall()
    refusals = connection.execute(
        "SELECT stream, wanted, code, attempts, at, next_at FROM refusal ORDER BY at, id LIMIT %s", (MOST,)
    ).fetchall()
    positions = connection.execute("SELECT name, position FROM projection_position ORDER BY name").fetchall()
    return Waiting(
        parked=[
            Parked(reader=reader, stream=stream, position=position, error=error, at=at)
            for reader, stream, position, error, at in parked
        ],
        refusals=[
            Refusal(stream=stream, wanted=wanted, code=code, attempts=attempts, at=at, next_at=next_at)
            for stream, wanted, code, attempts, at, next_at in refusals
        ],
        positions=dict(positions),
    )
