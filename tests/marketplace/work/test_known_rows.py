"""What a reader remembers of its rows is used only while nobody else wrote, and only what changed is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.event import Event
from domain.introduction import Stage, StageReached
from marketplace.run.bench import sample
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, Log
from marketplace.work import project
from marketplace.work.rebuild import rebuild
from marketplace.work.rows import MOST_KNOWN, Known
from projections import introduction_board

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
BOARD = introduction_board.PROJECTION
INTERVIEW = StageReached(stage=Stage.INTERVIEW, reached_on=date(2027, 3, 1))
OFFER = StageReached(stage=Stage.OFFER, reached_on=date(2027, 3, 1))


def happen(log: Log, stream: UUID, version: int, event: Event) -> None:
    log.append(Command(id=uuid4(), actor=sample.ACTOR, now=NOW), {stream: (version, [event])})


def one(database: Database, query: str) -> Any:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


STAGE = "SELECT stage FROM introduction_board"


def test_what_another_worker_folded_meanwhile_is_read_again(database: Database, log: Log, pool: Pool) -> None:
    known, stream = Known(), uuid4()
    happen(log, stream, 0, sample.request(stream))
    happen(log, stream, 1, INTERVIEW)
    project.advance(pool, log, BOARD, known)
    happen(log, stream, 2, OFFER)
    project.advance(pool, log, BOARD, Known())
    happen(log, stream, 3, INTERVIEW)
    project.advance(pool, log, BOARD, known)
    assert one(database, STAGE) == "interview"


def test_after_a_rebuild_nothing_remembered_is_used(database: Database, log: Log, pool: Pool) -> None:
    known, stream = Known(), uuid4()
    happen(log, stream, 0, sample.request(stream))
    happen(log, stream, 1, INTERVIEW)
    project.advance(pool, log, BOARD, known)
    owner = Pool(database.owner_url, size=1)
    rebuild(owner, log, BOARD, must_be_equal=False, progress=lambda _now, _end: None)
    owner.close()
    with pool.transaction() as connection:
        place = project.standing(connection, BOARD.name)
    assert place is not None
    assert known.take(BOARD.name, place.version) == {}


def test_a_row_that_an_event_leaves_as_it_was_is_not_written(database: Database, log: Log, pool: Pool) -> None:
    known, stream = Known(), uuid4()
    happen(log, stream, 0, sample.request(stream))
    happen(log, stream, 1, INTERVIEW)
    project.advance(pool, log, BOARD, known)
    written_by = one(database, "SELECT xmin::text FROM introduction_board")
    happen(log, stream, 2, INTERVIEW)
    assert project.advance(pool, log, BOARD, known) == 1
    assert one(database, "SELECT xmin::text FROM introduction_board") == written_by


@pytest.mark.parametrize("remembers", [True, False])
def test_an_event_writes_the_columns_that_it_changes(
    database: Database, log: Log, pool: Pool, *, remembers: bool
) -> None:
    known, stream = Known(), uuid4()
    happen(log, stream, 0, sample.request(stream))
    project.advance(pool, log, BOARD, known)
    happen(log, stream, 1, OFFER)
    project.advance(pool, log, BOARD, known if remembers else None)
    assert one(database, "SELECT stage || ' ' || stage_on || ' ' || number FROM introduction_board") == (
        "offer 2027-03-01 R-2027-0001"
    )


def test_what_was_remembered_is_gone_once_taken_so_a_failed_batch_leaves_nothing() -> None:
    known = Known()
    known.leave("board", "7", {"a": 1})
    assert known.take("board", "7") == {"a": 1}
    assert known.take("board", "7") == {}


def test_what_was_left_under_another_version_is_not_used() -> None:
    known = Known()
    known.leave("board", "7", {"a": 1})
    assert known.take("board", "8") == {}


def test_no_more_is_remembered_than_the_bound_and_the_oldest_go_first() -> None:
    known = Known()
    known.leave("board", "7", dict.fromkeys(range(MOST_KNOWN + 2), "row"))
    left = known.take("board", "7")
    assert (len(left), min(left)) == (MOST_KNOWN, 2)
