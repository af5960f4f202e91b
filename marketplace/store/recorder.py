"""The library's PostgreSQL recorder, for reading. Writing is `appender.py`: the stock way loses what we promise.

Two commands at once leave gaps or wait for each other's disk, and a command whose answer was lost is reported as failed
although it is stored (docs/events.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from eventsourcing.persistence import OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresFactory
from eventsourcing.utils import Environment
from psycopg.errors import AdminShutdown
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import PoolTimeout

from marketplace.store.database import LOG_OPTIONS, LogConnection, NoAnswer

Row = tuple[Any, ...]


class RelayRecorder(PostgresApplicationRecorder):
    """Reads the log over the library's pool; refuses to write.

    The library's own reading asks a server that does not answer ten times over, and so waits ten times as long.
    """

    def rows(self, query: bytes, values: Sequence[Any] = ()) -> list[Row]:
        """What a query answers; asked again where a connection of the pool turns out to be of a server that is gone."""
        for _ in range(self.datastore.pool.max_size):
            try:
                return self._ask(query, values)
            except OperationalError as error:
                if not _is_of_a_server_gone(error.__cause__):
                    raise
        return self._ask(query, values)

    def _ask(self, query: bytes, values: Sequence[Any]) -> list[Row]:
        with self.datastore.get_connection() as connection:
            return connection.cursor(row_factory=tuple_row).execute(query, values, prepare=True).fetchall()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:  # noqa: ANN401  the base class
        """Refuse the stock way in: it knows neither command ids nor companion rows."""
        message = f"{len(stored_events)} events came without a command; use Log.append"
        raise TypeError(message)


class RelayFactory(PostgresFactory):
    """Makes that recorder, on a pool that connects with all that the URL says, patiently, and with our limits.

    Of a URL the library takes host, name and user; it has no way to be given the rest (TLS, several hosts).
    """

    URL = "LOG_URL"
    application_recorder_class = RelayRecorder

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        pool = self.datastore.pool
        pool.conninfo = env.get(self.URL) or ""
        pool.kwargs = {"row_factory": dict_row, "options": LOG_OPTIONS}
        pool.connection_class = LogConnection


def _is_of_a_server_gone(error: BaseException | None) -> bool:
    """A connection that was made before the server ended: another one may be better."""
    if isinstance(error, (NoAnswer, PoolTimeout)):
        return False
    return isinstance(error, AdminShutdown) or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)
