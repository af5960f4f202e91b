"""Patience ends, except where a transaction says that it needs longer; and then for that transaction only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from psycopg import Connection
from psycopg.errors import LockNotAvailable

from marketplace.store.database import Database, without_haste

if TYPE_CHECKING:
    from tests.conftest import Database as Place

WAIT_SECONDS = 20
SHORT, LONGER = "50ms", "200ms"


@pytest.fixture
def pool(database: Place) -> Iterator[Database]:
    found = Database(database.app_url)
    yield found
    found.close()


def settings(connection: Connection[tuple[str]]) -> list[str]:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
    return [str(row[0]) for name in names for row in connection.execute(f"SHOW {name}".encode())]


def test_haste_is_put_off_for_one_transaction_only(pool: Database) -> None:
    with pool.transaction() as connection:
        assert settings(connection) == ["30s", "30s", "5s"]
        without_haste(connection)
        assert settings(connection) == ["0", "0", "0"]
    with pool.transaction() as connection:
        assert settings(connection) == ["30s", "30s", "5s"]


@pytest.mark.parametrize("hasty", [True, False])
def test_who_is_in_no_haste_waits_for_a_lock_until_it_is_free(pool: Database, hasty: bool) -> None:
    def take() -> bool:
        with pool.transaction() as connection:
            connection.execute(f"SET LOCAL lock_timeout = '{SHORT}'".encode())
            if not hasty: without_haste(connection)
            connection.execute("SELECT pg_advisory_xact_lock(7)")
            return True

    with ThreadPoolExecutor(1) as other, pool.transaction() as holder:
        holder.execute("SELECT pg_advisory_xact_lock(7)")
        waiting = other.submit(take)
        if hasty:
            with pytest.raises(LockNotAvailable): waiting.result(WAIT_SECONDS)
            return
        until_it_waited(pool)
        assert not waiting.done()
        holder.commit()
        assert waiting.result(WAIT_SECONDS)


def until_it_waited(pool: Database) -> None:
    """Somebody has been waiting for the lock for longer than a short patience."""
    deadline, pause = monotonic() + WAIT_SECONDS, Event()
    while monotonic() < deadline:
        with pool.transaction() as connection:
            if connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
                f" AND clock_timestamp() - query_start > interval '{LONGER}'".encode()
            ).fetchone(): return
        pause.wait(0.01)
    raise AssertionError("nobody waits")
