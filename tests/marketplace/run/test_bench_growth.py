"""`relay bench growth`: the bulk is a log as the product writes it, and one tiny real round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from marketplace.run import bench
from marketplace.run.bench import growth
from marketplace.run.bench.ground import Ground
from marketplace.store.log import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.run.postgres import Server
    from marketplace.store.log import Log
    from tests.conftest import Database

BROKEN = """
    SELECT count(*) FROM (
        SELECT chain, notification_id, relay_chain(
            coalesce(lag(chain) OVER (ORDER BY notification_id), '\\x00'::bytea),
            originator_id, originator_version, topic, state) AS wanted
        FROM relay_events) e
    WHERE chain <> wanted
"""
WITHOUT_COMMAND = """
    SELECT count(*) FROM relay_events e FULL JOIN command c ON c.position = e.notification_id
    WHERE e.notification_id IS NULL OR c.position IS NULL
"""


@pytest.fixture
def here(server: Server, database: Database) -> Ground:
    return Ground(server=server, app_url=database.app_url, owner_url=database.owner_url)


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    opened = open_log(database.app_url)
    yield opened
    opened.close()


def of(database: Database, query: str) -> int:
    with psycopg.connect(database.app_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_the_bulk_has_every_position_the_chain_and_a_command_for_each_event(here: Ground, database: Database) -> None:
    growth.load(here, 31)
    assert of(database, "SELECT count(*) FROM relay_events") == 31
    assert of(database, "SELECT count(*) FROM relay_events WHERE notification_id NOT BETWEEN 1 AND 31") == 0
    assert of(database, BROKEN) == 0
    assert of(database, WITHOUT_COMMAND) == 0


def test_the_streams_that_are_drawn_are_whole_and_the_next_command_goes_on_from_them(
    here: Ground, database: Database, log: Log
) -> None:
    drawn = growth.load(here, 31)
    assert len(drawn) == 10
    growth._carry_out(log, drawn)
    assert log.position() == 32
    assert of(database, "SELECT max(originator_version) FROM relay_events") == 4
    assert of(database, BROKEN) == 0


def test_the_bulk_reads_back_as_events(here: Ground, log: Log) -> None:
    drawn = growth.load(here, 9)
    names = [type(entry.event).__name__ for entry in log.history(drawn[0])]
    assert names == ["IntroductionRequested", "IdentityDisclosed", "StageReached"]


def test_a_tiny_round_of_growth_writes_after_both_logs(here: Ground) -> None:
    said: list[str] = []
    rows = growth.measure(here, said.append, bench.Effort(rounds=2, few=12, many=60, appended=6))
    assert said[:2] == ["loading 12 events", "loading 60 events"]
    assert [(row.case, row.statistic, row.yardstick) for row in rows] == [
        ("bare, an insert after 12", "median", None),
        ("bare, an insert after 60", "median", "bare, an insert after 12"),
        ("ours, a command after 12 events", "median", None),
        ("ours, a command after 12 events", "p95", None),
        ("ours, a command after 60 events", "median", "ours, a command after 12 events"),
        ("ours, a command after 60 events", "p95", "ours, a command after 12 events"),
    ]
    assert all(row.unit == "ms" and row.value > 0 for row in rows)
