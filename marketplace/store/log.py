"""The event log: load a stream, append what a command decided, read on from a position. The door to `eventsourcing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import (
    InterfaceError,
    MapperDeserialisationError,
    OperationalError,
    PersistenceError,
)
from psycopg.conninfo import conninfo_to_dict

from domain.calendar import jst_date
from domain.event import Event, Meta, MoneyEvent, Recorded
from domain.events import AnyEvent
from marketplace.store import gate
from marketplace.store.appender import AlreadyThere, Appended, Appender, StreamMoved, decided
from marketplace.store.mapper import EventMapper, Pending
from marketplace.store.recorder import RelayFactory, RelayRecorder, Row

__all__ = [
    "NO_ANSWER",
    "AlreadyThere",
    "Appended",
    "Command",
    "Loaded",
    "Log",
    "Rows",
    "StoreUnavailable",
    "StreamMoved",
    "Unreadable",
    "open_log",
]

StoreUnavailable = PersistenceError
"""The database did not answer or did not take it; try again later."""

NO_ANSWER = (OperationalError, InterfaceError)
"""Of these the ones that say nothing of what was asked: the connection was lost, or there was none."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Companion rows: table → rows (column → JSON-able value; bytea as `\\x…` text), written in the append's transaction."""

_EVENTS = b"SELECT notification_id, originator_id, originator_version, topic, state FROM relay_events"
_STREAM = _EVENTS + b" WHERE originator_id = %s ORDER BY originator_version"
_AFTER = _EVENTS + b" WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
_AT = _EVENTS + b" WHERE notification_id = ANY(%s::bigint[]) ORDER BY notification_id"

S = TypeVar("S")


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for what, when: stands beside every event the command writes. The same id is carried out once."""

    id: UUID
    actor: str
    now: datetime
    policy_version: int = 1


class Loaded(msgspec.Struct, Generic[S], frozen=True):
    """A stream as it stands: its state and the version that an append must expect."""

    state: S
    version: int


class Unreadable(msgspec.Struct, frozen=True):
    """An event that this program cannot decode; readers park its stream and go on."""

    position: int
    stream: UUID
    error: str


class _Relay(Application[UUID]):
    """The library's application; its table is `relay_events`."""

    name = "relay"

    def construct_mapper(self) -> EventMapper:
        return EventMapper()


class Log:
    """All events. One per process; safe to use from several threads."""

    def __init__(self, application: _Relay, appender: Appender) -> None:
        self._application = application
        self._appender = appender
        recorder = application.recorder
        if not isinstance(recorder, RelayRecorder):
            raise TypeError(type(recorder))
        self._recorder = recorder
        self._mapper = EventMapper()

    def close(self) -> None:
        """Give the connections back."""
        self._appender.close()
        self._application.close()

    def load(self, stream: UUID, initial: S, evolve: Callable[[S, Any], S]) -> Loaded[S]:
        """Fold one stream from its first event. A stream of another kind is to its reader as if it were not there."""
        state, version = initial, 0
        for _, _, at, topic, body in self._recorder.rows(_STREAM, (stream,)):
            event = self._mapper.decode(at, topic, body).event
            try:
                state = evolve(state, event)
            except AssertionError:  # `assert_never`: ids come from outside, and name whatever they like
                if version == 0:
                    return Loaded(initial, 0)
                raise
            version = at
        return Loaded(state, version)

    def append(
        self,
        command: Command,
        streams: Mapping[UUID, tuple[int, Iterable[Event]]],
        *,
        also: Rows | None = None,
    ) -> Appended:
        """Write what `command` decided: per stream the version it was decided on, and the new events (none: only checked).

        All or nothing, in one transaction with `also` and the gate rows that follow from the events. Carried out once per
        command id; a second time answers `again` with the first position. Raises `StreamMoved`.
        """
        pending = [
            Pending(stream, version + n, self._meta(command, event), event)  # type: ignore[arg-type]
            for stream, (version, events) in streams.items()
            for n, event in enumerate(events, start=1)
        ]
        companions: dict[str, Sequence[Mapping[str, Any]]] = {name: rows for name, rows in (also or {}).items() if rows}
        if doors := gate.rows((p.originator_id, p.event) for p in pending):
            companions["gate"] = doors
        return self._appender.append(
            decided(
                command.id,
                command.actor,
                command.now,
                {stream: version for stream, (version, _) in streams.items()},
                [self._mapper.to_stored_event(p) for p in pending],
                companions or None,
            )
        )

    @staticmethod
    def _meta(command: Command, event: Event) -> Meta:
        return Meta(
            actor=command.actor,
            command=command.id,
            recorded_at=command.now,
            effective_on=event.effective_on if isinstance(event, MoneyEvent) else jst_date(command.now),
            policy_version=command.policy_version,
        )

    def read(self, after: int, limit: int = 500) -> list[Recorded[AnyEvent] | Unreadable]:
        """The events after a position, in order, without gaps."""
        return [self._recorded(row) for row in self._recorder.rows(_AFTER, (after, limit))]

    def at(self, positions: Sequence[int]) -> list[Recorded[AnyEvent] | Unreadable]:
        """The events at these positions, in order."""
        return [self._recorded(row) for row in self._recorder.rows(_AT, (list(positions),))]

    def history(self, stream: UUID) -> list[Recorded[AnyEvent]]:
        """One stream's events with their positions and what stands beside them."""
        events = (self._recorded(row) for row in self._recorder.rows(_STREAM, (stream,)))
        return [e for e in events if isinstance(e, Recorded)]

    def carried_out(self, command: UUID) -> int | None:
        """The position of a command that is stored, or None."""
        rows = self._recorder.rows(b"SELECT position FROM command WHERE command_id = %s", (command,))
        return int(rows[0][0]) if rows else None

    def position(self) -> int:
        """The last position; 0 while nothing has happened."""
        return int(self._recorder.rows(b"SELECT coalesce(max(notification_id), 0) FROM relay_events")[0][0])

    def _recorded(self, row: Row) -> Recorded[AnyEvent] | Unreadable:
        position, stream, version, topic, body = row
        try:
            envelope = self._mapper.decode(version, topic, body)
        except MapperDeserialisationError as error:
            return Unreadable(position, stream, str(error))
        return Recorded(position=position, stream=stream, version=version, meta=envelope.meta, event=envelope.event)


def library_settings(url: str, pool_size: int) -> dict[str, str]:
    """The library's settings for a database: its defaults, but for the size of the pool."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.get("dbname", "postgres"),
        "POSTGRES_HOST": parts.get("host", "127.0.0.1"),
        "POSTGRES_PORT": parts.get("port", "5432"),
        "POSTGRES_USER": parts.get("user", ""),
        "POSTGRES_PASSWORD": parts.get("password", ""),
        "POSTGRES_POOL_SIZE": str(pool_size),
        "POSTGRES_MAX_OVERFLOW": str(pool_size),
    }


def open_log(url: str, *, pool_size: int = 4) -> Log:
    """Open the log of a database. `ENABLE_DB_FUNCTIONS` stays off: it would insert without the lock, and readers skip."""
    ours = {
        "PERSISTENCE_MODULE": "marketplace.store.recorder:RelayFactory",
        RelayFactory.URL: url,
        "CREATE_TABLE": "n",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "n",
        "POSTGRES_CONNECT_TIMEOUT": "10",
        "POSTGRES_SCHEMA": "public",
    }
    return Log(_Relay(library_settings(url, pool_size) | ours), Appender(url))
