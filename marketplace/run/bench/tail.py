"""A reader at the end of the log, always on from the last position it saw, as a worker is; it knows what it missed."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

LOOK_SECONDS = 0.01
_READ_ON = "SELECT notification_id FROM relay_events WHERE notification_id > %s ORDER BY notification_id LIMIT 500"
READING = "reading\n"


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
        """How many events there are after a position, and the last of them; read by position, as the product reads on."""
        count = 0
        while rows := self._connection.execute(_READ_ON, (position,), prepare=True).fetchall():
            count, position = count + len(rows), rows[-1][0]
        return count, position


@contextmanager
def tailing(url: str, on_missed: Callable[[int], None]) -> Iterator[None]:
    """Tail the log for as long as the block lasts, then tell how many events were missed.

    In a process of its own, as a worker is: a thread among the writers would wait for them, and they for it.
    """
    reader = subprocess.Popen(
        [sys.executable, "-m", "marketplace.run.bench.tail"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdin is not None  # noqa: S101  asked for above
    assert reader.stdout is not None  # noqa: S101
    with reader:
        reader.stdin.write(f"{url}\n")
        reader.stdin.flush()
        if reader.stdout.readline() != READING:
            message = "the tailing reader did not begin"
            raise RuntimeError(message)
        try:
            yield
        finally:
            reader.stdin.close()
        on_missed(int(reader.stdout.readline()))


def main() -> None:
    """Read the address from standard input; tail until it is closed, then print what was missed."""
    with psycopg.connect(sys.stdin.readline().strip(), autocommit=True) as connection:
        reader = Reader(connection)
        sys.stdout.write(READING)
        sys.stdout.flush()
        while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
            reader.look()
        reader.look()
        sys.stdout.write(f"{reader.missed()}\n")


if __name__ == "__main__":
    main()
