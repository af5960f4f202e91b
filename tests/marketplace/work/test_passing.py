"""Projections are moved on together where a batch does not concern them; nothing is lost, parked or folded twice by it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.calendar import Holidays
from domain.consent import Paused
from domain.ids import CandidateId, consent_of
from domain.policy import DEFAULT
from marketplace.commands.office import Office
from marketplace.run.bench import sample
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, Log
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault
from marketplace.work import project, worker
from marketplace.work.react import READER
from projections import introduction_board, jobs
from projections.every import EVERY

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
BOTH = (jobs.PROJECTION, introduction_board.PROJECTION)
UNREADABLE = "INSERT INTO relay_events VALUES (gen_random_uuid(), 1, 'nothing-of-ours.v1', '', 2, '')"


def ask(log: Log) -> UUID:
    """An event that concerns the board of introductions, and the jobs not at all."""
    stream = uuid4()
    log.append(Command(id=uuid4(), actor=sample.ACTOR, now=NOW), {stream: (0, [sample.request(stream)])})
    return stream


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def positions(database: Database) -> dict[str, int]:
    return dict(rows(database, "SELECT name, position FROM projection_position"))


def test_who_is_concerned_folds_and_who_is_not_stands_as_far(database: Database, log: Log, pool: Pool) -> None:
    ask(log)
    assert project.advance_all(pool, log, BOTH) == 2
    ask(log)
    assert project.advance_all(pool, log, BOTH) == 2
    assert positions(database) == {"jobs": 2, "introduction_board": 2}
    assert rows(database, "SELECT count(*) FROM introduction_board") == [(2,)]
    assert project.advance_all(pool, log, BOTH) == 0


def test_an_event_that_nobody_can_read_is_parked_by_everybody(database: Database, log: Log, pool: Pool) -> None:
    ask(log)
    project.advance_all(pool, log, BOTH)
    rows(database, UNREADABLE)
    assert project.advance_all(pool, log, BOTH) == 2
    assert sorted(rows(database, "SELECT reader, position FROM parked")) == [("introduction_board", 2), ("jobs", 2)]


def test_a_projection_that_another_worker_is_at_is_left_to_it(database: Database, log: Log, pool: Pool) -> None:
    ask(log)
    project.advance_all(pool, log, BOTH)
    ask(log)
    with psycopg.connect(database.app_url) as other:
        other.execute("SELECT FROM projection_position WHERE name = 'jobs' FOR UPDATE")
        assert project.advance_all(pool, log, BOTH) == 1
        assert positions(database) == {"jobs": 1, "introduction_board": 2}
    assert project.advance_all(pool, log, BOTH) == 1
    assert positions(database) == {"jobs": 2, "introduction_board": 2}


def test_one_that_was_moved_meanwhile_is_not_moved_back(database: Database, log: Log, pool: Pool) -> None:
    for _ in range(3):
        ask(log)
    project.advance_all(pool, log, BOTH)
    assert project._pass_over(pool, ["jobs"], 1, 2) == 0
    assert positions(database)["jobs"] == 3


def test_one_that_is_made_anew_reads_from_the_beginning_while_the_others_go_on(
    database: Database, log: Log, pool: Pool
) -> None:
    for _ in range(3):
        ask(log)
    project.advance_all(pool, log, BOTH)
    rows(database, "DELETE FROM projection_position WHERE name = 'introduction_board'")
    rows(database, "DELETE FROM introduction_board")
    ask(log)
    while project.advance_all(pool, log, BOTH, limit=2):
        pass
    assert positions(database) == {"jobs": 4, "introduction_board": 4}
    assert rows(database, "SELECT count(*) FROM introduction_board") == [(4,)]


def test_only_the_folding_does_not_wait_for_the_disk(database: Database) -> None:
    rows(database, f'ALTER DATABASE "{database.name}" SET synchronous_commit = on')
    durable = Pool(database.app_url, size=1)
    with durable.transaction() as connection:
        place = project.standing(connection, "jobs")
        assert place is not None
        assert (place.position, place.parked) == (0, [])
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
    with durable.transaction() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    durable.close()


def test_reactions_follow_at_once_when_the_projections_have_come_to_rest(
    database: Database, log: Log, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL_SECONDS", 600.0)
    vault = open_vault(pool, MasterKeys.from_key(bytes(range(32))))
    office = Office(log, pool, vault, DEFAULT, Holidays(days=frozenset(), known_until=date(2030, 12, 31)), "http://x")
    heard = threading.Event()
    jobs_of = worker.Jobs(EVERY, {"follow-withdrawal": lambda _office, _command, _entry: heard.set()}, {}, {})
    working = worker.Worker(office, jobs_of)
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        wait_for(database, 0)
        who = CandidateId(uuid4())
        log.append(Command(id=uuid4(), actor="candidate", now=NOW), {consent_of(who): (0, [Paused(candidate=who)])})
        assert heard.wait(30)
        wait_for(database, 1)
    finally:
        working.stop()
        rows(database, "NOTIFY relay_events")
        thread.join(30)
    assert not thread.is_alive()


def wait_for(database: Database, position: int) -> None:
    """Until reactions have read as far."""
    deadline = time.monotonic() + 30
    while positions(database).get(READER, -1) < position:
        assert time.monotonic() < deadline
