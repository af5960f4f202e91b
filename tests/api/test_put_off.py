"""A request that only reads writes nothing: the idle limit of a session is put off once a minute, a key's use noted as often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest

from api import idempotency, session
from marketplace.store.database import Database as Pool

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.app_url, autocommit=True) as opened:
        yield opened


def somebody(connection: psycopg.Connection) -> UUID:
    """A user: somebody whom a company has."""
    user = uuid4()
    connection.execute("INSERT INTO member (user_id, company, role) VALUES (%s, %s, 'viewer')", (user, uuid4()))
    return user


def idle_until(connection: psycopg.Connection) -> datetime:
    row = connection.execute("SELECT idle_until FROM web_session").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def written(connection: psycopg.Connection) -> object:
    """Changes whenever the row is written, with whatever values."""
    return connection.execute("SELECT xmin, ctid FROM web_session").fetchone()


def test_within_a_minute_nothing_is_written(connection: psycopg.Connection) -> None:
    token = session.begin(connection, "user", somebody(connection), NOW)
    before = written(connection)
    assert session.find(connection, token, NOW + MINUTE - SECOND) is not None
    assert written(connection) == before


def test_after_a_minute_the_idle_limit_is_put_off(connection: psycopg.Connection) -> None:
    token = session.begin(connection, "user", somebody(connection), NOW)
    assert session.find(connection, token, NOW + MINUTE) is not None
    assert idle_until(connection) == NOW + MINUTE + timedelta(minutes=30)


def test_who_goes_on_working_is_never_signed_out_for_being_idle(connection: psycopg.Connection) -> None:
    token = session.begin(connection, "user", somebody(connection), NOW)
    for minutes in range(0, 11 * 60, 25):
        assert session.find(connection, token, NOW + timedelta(minutes=minutes)) is not None


def test_who_is_idle_longer_than_the_limit_is_signed_out(connection: psycopg.Connection) -> None:
    token = session.begin(connection, "user", somebody(connection), NOW)
    assert session.find(connection, token, NOW + timedelta(minutes=29)) is not None
    assert session.find(connection, token, NOW + timedelta(minutes=59)) is None


def test_only_the_note_of_a_key_does_not_wait_for_the_disk(database: Database) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as owner:
        owner.execute(f'ALTER DATABASE "{database.name}" SET synchronous_commit = on'.encode())
    pool = Pool(database.app_url, size=1)
    with pool.transaction() as connection:
        idempotency.remember(connection, uuid4(), NOW, key=b"k", method="POST", path="/", body=b"")
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
    with pool.transaction() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    pool.close()


def test_what_is_read_by_itself_leaves_no_transaction_open_and_none_unopened(database: Database) -> None:
    pool = Pool(database.app_url, size=1)
    with pool.reading() as connection:
        first = connection.execute("SELECT pg_current_xact_id()").fetchone()
        assert connection.execute("SELECT pg_current_xact_id()").fetchone() != first
    with pool.transaction() as connection:
        first = connection.execute("SELECT pg_current_xact_id()").fetchone()
        assert connection.execute("SELECT pg_current_xact_id()").fetchone() == first
    pool.close()
