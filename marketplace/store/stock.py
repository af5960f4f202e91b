"""The yardstick of `relay bench`: the library's released recorder and runner, with our mapper, on tables of their own.

Nothing of the product uses it. It lies here because only this room opens the door to `eventsourcing`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.rows import tuple_row

from domain.event import Meta, Recorded
from domain.events import AnyEvent
from marketplace.store.log import library_settings
from marketplace.store.mapper import EventMapper, Pending

Write = Callable[[psycopg.Connection[Any], Recorded[AnyEvent]], None]
"""Brings one event into a projection's table, on a connection whose transaction is open."""

LOOK_SECONDS = 0.05


class _Stock(Application[UUID]):
    """The library's application, its table `stock_events`, its recorder as released."""

    name = "stock"

    def construct_mapper(self) -> EventMapper:
        return EventMapper()


class _Relay(_Stock):
    """The same over our own log, for a runner to read."""

    name = "relay"


class StockLog:
    """Events written the library's way: one transaction each under a table lock. Makes its table; `url` is the owner's."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        self._application = _Stock(library_settings(url, pool_size) | {"CREATE_TABLE": "y"})
        self._mapper = EventMapper()

    def append(self, stream: UUID, version: int, meta: Meta, event: AnyEvent) -> None:
        """Write one event."""
        stored = self._mapper.to_stored_event(Pending(stream, version, meta, event))
        self._application.recorder.insert_events([stored])

    def close(self) -> None:
        """Give the connections back."""
        self._application.close()


def run_projection(url: str, write: Write, *, until: int, pool_size: int) -> float:
    """Read our log from its first event up to position `until`, one transaction each, as the library's runner does.

    Answers the seconds from the first event at hand to the last one committed; starting and stopping are not counted.
    """
    begun: list[float] = []
    ended: list[float] = []
    finished = threading.Event()

    class OneByOne(Projection[PostgresTrackingRecorder]):
        name = "stock"

        def process_event(self, domain_event: Pending, tracking: Tracking) -> None:
            if tracking.notification_id > until:
                return
            if not begun:
                begun.append(time.perf_counter())
            with self.view.datastore.transaction(commit=True) as cursor:
                self.view._insert_tracking(cursor, tracking)  # noqa: SLF001  what the library tells a view to call
                with _tuples(cursor.connection) as connection:
                    write(connection, _recorded(domain_event, tracking.notification_id))
            if tracking.notification_id == until:
                ended.append(time.perf_counter())
                finished.set()

    environment = library_settings(url, pool_size) | {"RELAY_CREATE_TABLE": "n", "STOCK_CREATE_TABLE": "y"}
    with ProjectionRunner(
        application_class=_Relay,
        projection_class=OneByOne,
        view_class=PostgresTrackingRecorder,
        env=environment,
    ) as runner:
        while not finished.wait(LOOK_SECONDS) and not runner.is_interrupted.is_set():
            pass
    return ended[0] - begun[0]


def forget_projection(connection: psycopg.Connection[Any]) -> None:
    """Let the runner begin at the beginning again."""
    if connection.execute("SELECT to_regclass('public.stock_tracking')").fetchone() != (None,):
        connection.execute("DELETE FROM stock_tracking WHERE application_name = %s", (_Relay.name,))


@contextmanager
def _tuples(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """The library's connections answer in dicts, ours in tuples."""
    theirs, connection.row_factory = connection.row_factory, tuple_row
    try:
        yield connection
    finally:
        connection.row_factory = theirs


def _recorded(pending: Pending, position: int) -> Recorded[AnyEvent]:
    return Recorded(
        position=position,
        stream=pending.originator_id,
        version=pending.originator_version,
        meta=pending.meta,
        event=pending.event,
    )
