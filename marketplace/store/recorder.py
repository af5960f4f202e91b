"""The library's PostgreSQL recorder with one prepared call per command: lock, check, insert, companions, notify.

It differs from the stock recorder where that one loses (docs/events.md): the command id is stored with the events, so a
lost answer is found again; positions have no gaps; the hash chain and companion rows are in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

APPEND = (
    "SELECT outcome, at_position, moved FROM relay_append("
    "%s::uuid, %s, %s, %s::uuid[], %s::bigint[], %s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::jsonb)"
)


class Appended(msgspec.Struct, frozen=True):
    """What became of a command: `done` now, or stored `again` before this call; `position` is its last event's."""

    outcome: str
    position: int


class StreamMoved(Exception):
    """Another command was first on this stream; load it again and decide again."""

    def __init__(self, stream: UUID) -> None:
        super().__init__(str(stream))
        self.stream = stream


class RelayRecorder(PostgresApplicationRecorder):
    """Appends commands whole; reading is the library's."""

    def append(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        command: UUID,
        actor: str,
        moment: datetime,
        expected: dict[UUID, int],
        also: str | None,
    ) -> Appended:
        """Carry out one command in one transaction. Raises `StreamMoved` when an expected version no longer holds."""
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(
                APPEND,
                (
                    command,
                    actor,
                    moment,
                    list(expected),
                    list(expected.values()),
                    [e.originator_id for e in stored_events],
                    [e.originator_version for e in stored_events],
                    [e.topic for e in stored_events],
                    [e.state for e in stored_events],
                    also,
                ),
                prepare=True,
            )
            row = cursor.fetchone()
        if row is None:
            message = "relay_append answers exactly one row"
            raise RuntimeError(message)
        if row["outcome"] == "conflict":
            raise StreamMoved(row["moved"])
        return Appended(row["outcome"], row["at_position"])

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:  # noqa: ANN401  the base class
        """Refuse the stock way in: it knows neither command ids nor companion rows."""
        message = f"{len(stored_events)} events came without a command; use Log.append"
        raise TypeError(message)
