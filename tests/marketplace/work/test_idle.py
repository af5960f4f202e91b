"""When a worker has nothing left to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

from domain.consent import Paused
from domain.ids import CandidateId, consent_of
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, open_log
from marketplace.work import project
from marketplace.work.react import READER
from marketplace.work.worker import idle
from projections.every import EVERY

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)


def is_idle(database: Database) -> bool:
    with psycopg.connect(database.app_url) as connection:
        return idle(connection, EVERY)


def test_a_new_installation_has_nothing_to_do(database: Database) -> None:
    assert is_idle(database)


def test_it_is_busy_until_every_projection_and_reaction_has_read_the_log_to_its_end(database: Database) -> None:
    log, pool = open_log(database.app_url), Pool(database.app_url, size=2)
    who = CandidateId(uuid4())
    log.append(Command(id=uuid4(), actor="candidate", now=NOW), {consent_of(who): (0, [Paused(candidate=who)])})
    assert not is_idle(database)
    assert project.advance_all(pool, log, EVERY) == len(EVERY)
    assert project.advance_all(pool, log, EVERY) == 0
    assert not is_idle(database)
    with psycopg.connect(database.app_url) as connection:
        connection.execute("INSERT INTO projection_position (name, position) VALUES (%s, 1)", (READER,))
    assert is_idle(database)
    log.close()
    pool.close()


def test_a_task_that_is_due_keeps_it_busy_and_one_that_is_not_does_not(database: Database) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        now = connection.execute("SELECT relay_now()").fetchone()
        assert now is not None
        later = now[0] + timedelta(hours=1)
        values = (uuid4(), uuid4(), later)
        connection.execute("INSERT INTO task (id, kind, subject, run_at) VALUES (%s, 'x', %s, %s)", values)
        assert idle(connection, EVERY)
        connection.execute("UPDATE task SET run_at = %s", (now[0] - timedelta(hours=1),))
        assert not idle(connection, EVERY)
