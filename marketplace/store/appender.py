"""Writing the log: one prepared call for a group of commands. It locks, checks, inserts, writes companions, notifies.

The command id is stored with the events, so a lost answer is found again; positions have no gaps; hash chain and companion
rows are in the same transaction (`relay_append_group` in run/migrations/0070_group_append.sql).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError, PersistenceError, StoredEvent
from psycopg.rows import tuple_row

from marketplace.store.database import NoAnswer, PatientConnection
from marketplace.store.group import GroupCommit

APPEND = "SELECT outcome, at_position, moved FROM relay_append_group(%t::jsonb, %b)"
RESENDS = 3
PATIENCE_SECONDS = 8.0
"""Longer than the lock is waited for (5 s): who holds it and answers nobody any more has stopped."""

_JSON = msgspec.json.Encoder()
_OPTIONS = "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=7s"


class Appended(msgspec.Struct, frozen=True):
    """What became of a command: `done` now, or stored `again` before this call; `position` is its last event's."""

    outcome: str
    position: int


class StreamMoved(Exception):
    """Another command was first on this stream; load it again and decide again."""

    def __init__(self, stream: UUID) -> None:
        super().__init__(str(stream))
        self.stream = stream


class AlreadyThere(Exception):
    """A companion row of this command is there already (an address, a movement of money); nothing was written."""


class Decided(msgspec.Struct, frozen=True):
    """A command on its way into the log.

    `versions`: of each stream it was decided on; `written`: those with new events; `companions`: rows by table.
    """

    id: UUID
    actor: str
    moment: datetime
    versions: Mapping[UUID, int]
    written: AbstractSet[UUID]
    events: Sequence[StoredEvent]
    companions: Mapping[str, Sequence[Mapping[str, Any]]] | None


class Appender:
    """Carries out commands of many threads over one connection, those that arrive together in one transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._group = GroupCommit[Decided, Appended](self._carry_out, stops=OperationalError)
        self._connection: PatientConnection | None = None

    def append(self, decided: Decided) -> Appended:
        """Answers once it is committed. Raises `StreamMoved`, `AlreadyThere`, or the library's `PersistenceError`."""
        return self._group.submit(decided)

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _carry_out(self, group: Sequence[Decided]) -> list[Appended | Exception]:
        """Of a group in which one command cannot be stored, each is carried out by itself: no other shall pay for it."""
        try:
            return self._write(group)
        except psycopg.Error as error:
            if len(group) == 1:
                return [_meaning(error)]
        return [outcome for each in group for outcome in self._carry_out([each])]

    def _write(self, group: Sequence[Decided]) -> list[Appended | Exception]:
        values = _values(group)
        for attempt in range(1, RESENDS + 1):
            try:
                rows = self._connected().execute(APPEND, values, prepare=True).fetchall()
                return [_outcome(*row) for row in rows]
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                # Where the connection broke, the answer was lost, perhaps after COMMIT. The command ids make asking
                # again safe: each is found stored, or is carried out now. A refusal or a silence is not asked again.
                broken = self._connection is None or self._connection.closed
                if not broken or attempt == RESENDS or isinstance(error, NoAnswer):
                    raise OperationalError(str(error)) from error
        raise AssertionError

    def _connected(self) -> PatientConnection:
        """The one connection that appends: only one group is written at a time."""
        if self._connection is None or self._connection.closed:
            self._connection = None
            connection = PatientConnection.connect(
                self._url, autocommit=True, row_factory=tuple_row, options=_OPTIONS, connect_timeout=5
            )
            connection.patience_seconds = PATIENCE_SECONDS
            self._connection = connection
        return self._connection


def _values(group: Sequence[Decided]) -> tuple[str, bytes]:
    """The group as JSON, and all its events' states in one row: two values cost less than a column for each field."""
    states: list[bytes] = []
    skip = 0
    commands = []
    for each in group:
        events = []
        for event in each.events:
            length = len(event.state)
            events.append(
                {
                    "stream": event.originator_id,
                    "version": event.originator_version,
                    "topic": event.topic,
                    "skip": skip,
                    "length": length,
                }
            )
            states.append(event.state)
            skip += length
        commands.append(
            {
                "id": each.id,
                "actor": each.actor,
                "moment": each.moment,
                "versions": [{"stream": stream, "version": version} for stream, version in each.versions.items()],
                "events": events,
                "companions": each.companions,
            }
        )
    return _JSON.encode(commands).decode(), b"".join(states)


def _outcome(outcome: str, position: int, moved: UUID | None) -> Appended | Exception:
    return StreamMoved(moved) if moved is not None else Appended(outcome, position)


def _meaning(error: psycopg.Error) -> Exception:
    first_line = str(error).partition("\n")[0]
    return AlreadyThere(first_line) if isinstance(error, psycopg.IntegrityError) else PersistenceError(first_line)
