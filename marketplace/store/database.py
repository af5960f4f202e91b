"""Connections: the pool that everything but the log uses, and a patience that ends. A block is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[tuple[Any, ...]]

OPTIONS = "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
PATIENCE_SECONDS = 35.0
"""A little more than a statement may take: beyond it the server is not slow, it has stopped answering."""


class NoAnswer(psycopg.OperationalError):
    """The server neither answered nor hung up; whether the statement was carried out is not known."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that gives up on a server which neither answers nor hangs up (a stopped process, a dead network).

    The server's own timeouts do not fire there. Raises `NoAnswer`; the connection is then closed.
    """

    patience_seconds: float | None = PATIENCE_SECONDS

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401  as the base class
        """Wait for an answer, but not for ever."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience_seconds)
        except psycopg.errors._WaitTimeout as silence:  # noqa: SLF001  the library's name for it
            self.pgconn.finish()
            message = f"the database has not answered for {self.patience_seconds} seconds"
            raise NoAnswer(message) from silence


class LogConnection(PatientConnection):
    """A connection of the log: it reads a stream or a page, or writes a group, and nothing that takes long.

    Its patience is longer than the append's lock may be waited for (5 s): who holds it and answers nobody has stopped.
    """

    patience_seconds: float | None = 8.0


LOG_OPTIONS = "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=7s"


class Database:
    """A bounded pool over one database, as the role that the URL names."""

    def __init__(self, url: str, *, size: int = 8) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            connection_class=PatientConnection,
            min_size=1,
            max_size=size,
            kwargs={"options": OPTIONS},
            open=True,
            timeout=10,
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        with self._pool.connection() as connection:
            try:
                yield connection
            finally:
                _in_haste(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """No transaction around the block: every statement stands by itself, and costs one round trip instead of three."""
        with self.transaction() as connection:
            connection.autocommit = True
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.autocommit = False

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()


class LookingOnly(Database):
    """The same pool for whoever may look and not touch: the server itself refuses every write."""

    def __init__(self, database: Database) -> None:
        self.url, self._whole = database.url, database

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction that can only read."""
        with self._whole.transaction() as connection:
            connection.read_only = True
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.rollback()
                    connection.read_only = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """As `transaction`: alone, a statement would not be held to reading."""
        with self.transaction() as connection:
            yield connection

    def close(self) -> None:
        """The pool is its owner's to close."""


def without_haste(connection: Connection) -> None:
    """Let this transaction take as long as it needs: to read a whole log, or to fold it again; or to let another end that."""
    connection.execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0"
    )
    if isinstance(connection, PatientConnection):
        connection.patience_seconds = None


def _in_haste(connection: Connection) -> None:
    if isinstance(connection, PatientConnection):
        connection.patience_seconds = PATIENCE_SECONDS
