"""A reader at the end of the log, always on from the last position it saw, as a worker is; it knows what it missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg

LOOK_SECONDS = 0.01


class Reader:
    """Begins at the present end. An event that becomes visible behind the last position seen is never read: a gap."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._first = self._last = self._after(0)[1]
        self._seen = 0

    def look(self) -> None:
        """Read on."""
        count, self._last = self._after(self._last)
        self._seen += count

    def missed(self) -> int:
        """How many of the events since the beginning were not seen; ask after a last look, when nobody writes any more."""
        return self._after(self._first)[0] - self._seen

    def _after(self, position: int) -> tuple[int, int]:
        """How many events there are after a position, and the last of them. Counted there, to take no time from writers."""
        rows = self._connection.execute(
            "SELECT count(*), coalesce(max(notification_id), %(position)s) FROM relay_events"
            " WHERE notification_id > %(position)s",
            {"position": position},
        ).fetchall()
        return int(rows[0][0]), int(rows[0][1])


@contextmanager
def tailing(url: str, on_missed: Callable[[int], None]) -> Iterator[None]:
    """Tail the log in a thread for as long as the block lasts, then tell how many events were missed."""
    done = threading.Event()

    def read_on(reader: Reader) -> None:
        while not done.wait(LOOK_SECONDS):
            reader.look()

    with psycopg.connect(url, autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
        reader = Reader(connection)
        reading = pool.submit(read_on, reader)
        try:
            yield
        finally:
            done.set()
        reading.result()
        reader.look()
        on_missed(reader.missed())
