"""The pool of connections that everything but the log uses. A block is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[tuple[Any, ...]]

OPTIONS = "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"


class Database:
    """A bounded pool over one database, as the role that the URL names."""

    def __init__(self, url: str, *, size: int = 8) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url, min_size=1, max_size=size, kwargs={"options": OPTIONS}, open=True, timeout=10
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        with self._pool.connection() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()
