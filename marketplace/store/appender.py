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

from marketplace.store.database import LOG_OPTIONS, LogConnection, NoAnswer
from marketplace.store.group import GroupCommit

APPEND = b"SELECT outcome, at_position, moved FROM relay_append_group(%t::jsonb, %b)"
RESENDS = 3

_JSON = msgspec.json.Encoder()
_ROLLED_BACK = "40"
_STOPS_ALL = ("53", "55", "57", "58")
"""Classes of SQLSTATE: no room or connections, a lock that is not to be had, shutting down or cancelled, system errors."""


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
    """A command on its way into the log, made ready in its own thread.

    `versions`: of each stream it was decided on; `written`: those with new events; `told`: the command as JSON, in which
    an event has the `length` of its state; `states`: those bytes, one after the other.
    """

    id: UUID
    versions: Mapping[UUID, int]
    written: AbstractSet[UUID]
    told: str
    states: bytes


class _Told(msgspec.Struct, frozen=True):
    id: UUID
    actor: str
    moment: datetime
    versions: list[dict[str, Any]]
    events: list[dict[str, Any]]
    size: int
    companions: Mapping[str, Sequence[Mapping[str, Any]]] | None


def decided(
    command: UUID,
    actor: str,
    moment: datetime,
    versions: Mapping[UUID, int],
    events: Sequence[StoredEvent],
    companions: Mapping[str, Sequence[Mapping[str, Any]]] | None,
) -> Decided:
    """Make a command ready: `companions` are rows by table."""
    states = b"".join([event.state for event in events])
    told = _Told(
        id=command,
        actor=actor,
        moment=moment,
        versions=[{"stream": stream, "version": version} for stream, version in versions.items()],
        events=[
            {
                "stream": event.originator_id,
                "version": event.originator_version,
                "topic": event.topic,
                "length": len(event.state),
            }
            for event in events
        ],
        size=len(states),
        companions=companions,
    )
    written = {event.originator_id for event in events}
    return Decided(command, versions, written, _JSON.encode(told).decode(), states)  # type: ignore[arg-type]


class Appender:
    """Carries out commands of many threads over one connection, those that arrive together in one transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._group = GroupCommit[Decided, Appended](self._carry_out, stops=OperationalError)
        self._cursor: psycopg.Cursor[tuple[Any, ...]] | None = None

    def append(self, command: Decided) -> Appended:
        """Answers once it is committed. Raises `StreamMoved`, `AlreadyThere`, or the library's `PersistenceError`."""
        return self._group.submit(command)

    def close(self) -> None:
        """Give the connection back."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.connection.close()

    def _carry_out(self, group: Sequence[Decided]) -> list[Appended | Exception]:
        """Of a group in which one command cannot be stored, each is carried out by itself: no other shall pay for it."""
        try:
            return self._write(group)
        except psycopg.Error as error:
            if len(group) == 1:
                return [_meaning(error)]
        return [outcome for each in group for outcome in self._carry_out([each])]

    def _write(self, group: Sequence[Decided]) -> list[Appended | Exception]:
        """Raises `psycopg.Error` over what one of the commands wants, `OperationalError` over what stops all."""
        values = _values(group)
        for attempt in range(1, RESENDS + 1):
            try:
                rows = self._ready().execute(APPEND, values, prepare=True).fetchall()
                return [_outcome(*row) for row in rows]
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if not self._is_asked_again(error):
                    if _is_about_one(error):
                        raise
                    raise OperationalError(str(error)) from error
                if attempt == RESENDS:
                    raise OperationalError(str(error)) from error
        raise AssertionError

    def _is_asked_again(self, error: psycopg.Error) -> bool:
        """Where the connection broke, the answer was lost, perhaps after COMMIT; where a deadlock was cut, nothing was done.

        The command ids make asking again safe: each is found stored, or is carried out now. A silence is not asked again.
        """
        broken = self._cursor is None or self._cursor.connection.closed
        rolled_back = (error.sqlstate or "").startswith(_ROLLED_BACK)
        return rolled_back or (broken and not isinstance(error, NoAnswer))

    def _ready(self) -> psycopg.Cursor[tuple[Any, ...]]:
        """The one connection that appends, only one group being written at a time; its cursor knows the statement."""
        if self._cursor is None or self._cursor.connection.closed:
            self._cursor = None
            connection = LogConnection.connect(
                self._url, autocommit=True, row_factory=tuple_row, options=LOG_OPTIONS, connect_timeout=5
            )
            self._cursor = connection.cursor(binary=True)
        return self._cursor


def _values(group: Sequence[Decided]) -> tuple[str, bytes]:
    """The group as a JSON list, and all its events' states in one row."""
    return f"[{','.join([each.told for each in group])}]", b"".join([each.states for each in group])


def _outcome(outcome: str, position: int, moved: UUID | None) -> Appended | Exception:
    return StreamMoved(moved) if moved is not None else Appended(outcome, position)


def _is_about_one(error: psycopg.Error) -> bool:
    """The server refused what it was given (too large, say); it would take another command."""
    return error.sqlstate is not None and not error.sqlstate.startswith(_STOPS_ALL)


def _meaning(error: psycopg.Error) -> Exception:
    first_line = str(error).partition("\n")[0]
    return AlreadyThere(first_line) if isinstance(error, psycopg.IntegrityError) else PersistenceError(first_line)
