"""Timers that were carried out, and what is said of those that came to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.consent import Paused
from domain.ids import CandidateId
from domain.refusal import Refused
from marketplace.store.database import Database as Pool
from marketplace.store.log import Appended, Command, open_log
from marketplace.work import sweep

if TYPE_CHECKING:
    from marketplace.commands.office import Office
    from tests.conftest import Database

LONG_AGO = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


class Desk:
    """As much of an office as a timer here needs: the log and the database."""

    def __init__(self, database: Database) -> None:
        self.log = open_log(database.app_url)
        self.database = Pool(database.app_url, size=3)
        self.owner_url = database.owner_url
        self.stream = uuid4()

    def due(self, *, folded_to: int) -> None:
        with psycopg.connect(self.owner_url) as connection:
            key = f"{self.stream}:wake"
            connection.execute(
                "INSERT INTO due (id, stream, kind, due_at) VALUES (%s, %s, 'wake', %s)", (key, self.stream, LONG_AGO)
            )
            connection.execute("INSERT INTO projection_position (name, position) VALUES ('due', %s)", (folded_to,))

    def fold_to(self, position: int) -> None:
        with psycopg.connect(self.owner_url) as connection:
            connection.execute("UPDATE projection_position SET position = %s WHERE name = 'due'", (position,))

    def sweep(self, timer: sweep.Timer) -> int:
        return sweep.advance(cast("Office", self), {"wake": timer})

    def refusals(self) -> list[tuple[str, int]]:
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute("SELECT code, attempts FROM refusal ORDER BY code").fetchall()

    def changes_nothing(self, _office: Office, command: Command, stream: UUID) -> None:
        self.log.append(command, {uuid4(): (0, [Paused(candidate=CandidateId(stream))])})

    def refuses(self, _office: Office, _command: Command, _stream: UUID) -> None:
        raise Refused("not-started")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    desk = Desk(database)
    yield desk
    desk.log.close()
    desk.database.close()


def test_a_timer_that_was_carried_out_waits_for_the_projection_and_is_not_called_idle(desk: Desk) -> None:
    desk.due(folded_to=0)
    assert desk.sweep(desk.changes_nothing) == 1
    assert desk.sweep(desk.changes_nothing) == 0
    assert (desk.refusals(), desk.log.position()) == ([], 1)


def test_a_timer_that_still_stands_after_the_projection_has_read_its_command_is_asked_again_tomorrow(
    desk: Desk,
) -> None:
    desk.due(folded_to=0)
    desk.sweep(desk.changes_nothing)
    desk.fold_to(1)
    assert desk.sweep(desk.changes_nothing) == 0
    assert desk.refusals() == [("nothing-to-do", 1)]


def test_a_refusal_is_noted_and_forgotten_once_the_timer_is_carried_out(desk: Desk) -> None:
    desk.due(folded_to=0)
    assert desk.sweep(desk.refuses) == 1
    assert desk.refusals() == [("not-started", 1)]
    assert desk.sweep(desk.refuses) == 0
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute("UPDATE refusal SET next_at = %s", (LONG_AGO,))
    assert desk.sweep(desk.changes_nothing) == 1
    assert desk.refusals() == []


def test_a_timer_that_finds_nothing_to_do_is_not_due_again_at_once(desk: Desk) -> None:
    desk.due(folded_to=0)
    assert desk.sweep(lambda *_: Appended("again", 0)) == 1
    assert desk.sweep(lambda *_: Appended("again", 0)) == 0
    assert desk.refusals() == [("nothing-to-do", 1)]


def test_a_timer_that_fails_is_noted_and_does_not_stop_those_behind_it(desk: Desk) -> None:
    def fails_once(_office: Office, _command: Command, stream: UUID) -> None:
        called.append(stream)
        if len(called) == 1:
            raise KeyError(stream)

    called: list[UUID] = []
    desk.due(folded_to=0)
    with psycopg.connect(desk.owner_url) as connection:
        connection.execute(
            "INSERT INTO due (id, stream, kind, due_at) VALUES ('behind', %s, 'wake', %s)", (uuid4(), LONG_AGO)
        )
    assert desk.sweep(fails_once) == 2
    assert len(called) == 2
    assert desk.refusals() == [("KeyError", 1)]
