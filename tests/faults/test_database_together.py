"""Many threads of one process append at the same time: each is told what became of its own command, and of no other's."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.consent import Paused
from domain.ids import CandidateId
from marketplace.run.wiring import House
from marketplace.store.log import AlreadyThere, Appended, Command, StreamMoved
from tests.faults.cluster import eventually
from tests.faults.history import (
    CROWD,
    NOTED,
    NOW,
    Diary,
    Entry,
    Outcome,
    a_command,
    audit,
    count_events,
    crowd,
    noted,
    settled,
)

if TYPE_CHECKING:
    from tests.faults.cluster import Ground

WHO = CandidateId(UUID(int=7))
EVENT = Paused(candidate=WHO)
APPEND_LOCK = 7_160_293_847
WITHIN_S = 30.0
BEYOND_AN_INDEX = {
    "kind": "email", "subject_kind": "candidate", "subject_id": str(UUID(int=1)),
    "digest": "\\x" + random.Random(1).randbytes(10_000).hex(),
}  # fmt: skip
Poisons = tuple[tuple[dict[str, Any], dict[str, Any], int], ...]
POISONS: Poisons = (
    ({"actor": "nul \0"}, {}, 0),
    ({"actor": "half a character \ud83d"}, {}, 0),
    ({}, {"task": [{"id": str(UUID(int=1)), "kind": "x", "subject": str(UUID(int=1)), "run_at": "the day after"}]}, 0),
    ({}, {"no_such_table": [{"id": 1}]}, 0),
    ({}, {}, 2**64),
)
"""What cannot be stored: an odd actor, an odd companion row, a version beyond all numbers."""


class Told(NamedTuple):
    """One thread's command, and what it was told."""

    kind: str
    command: Command
    stream: UUID
    answer: Appended | BaseException


class Errand(NamedTuple):
    """A command to send, and the stream it is about."""

    kind: str
    command: Command
    stream: UUID
    send: Callable[[], Appended]


class Street:
    """Makes the errands of one round, and remembers what was carried out in earlier ones."""

    def __init__(self, house: House, seed: int, poisons: Poisons = POISONS) -> None:
        self.house = house
        self.rng = random.Random(seed)
        self.poisons = cycle(poisons)
        self.looked: dict[UUID, int] = {}
        self.old = self.fresh()
        self.first = self.old.send()

    def fresh(self, kind: str = "fresh", version: int = 0, also: dict[str, Any] | None = None) -> Errand:
        command, stream = a_command(NOTED), uuid4()
        rows = noted(command) | (also or {})
        return Errand(
            kind, command, stream, lambda: self.house.log.append(command, {stream: (version, [EVENT])}, also=rows)
        )

    def crowd(self) -> Errand:
        command = a_command(NOTED)
        return Errand("crowd", command, CROWD, lambda: crowd(self.house.log, command, WHO))

    def onlooker(self) -> Errand:
        """Decided on the stream that all want, and writes another."""
        command, stream = a_command(NOTED), uuid4()

        def look() -> Appended:
            seen = self.looked[command.id] = self.house.log.load(CROWD, 0, count_events).version
            return self.house.log.append(command, {CROWD: (seen, []), stream: (0, [EVENT])}, also=noted(command))

        return Errand("onlooker", command, stream, look)

    def taken(self) -> list[Errand]:
        """Two people with one mailbox: one of them is too late."""
        row = {"kind": "email", "digest": f"\\x{uuid4().hex}", "subject_kind": "candidate"}
        return [
            self.fresh("taken", also={"blind_address": [row | {"subject_id": str(uuid4())}]}) for _ in range(2)
        ]

    def poison(self) -> Errand:
        whose, also, version = next(self.poisons)
        command = Command(id=uuid4(), actor=whose.get("actor", "operator:1"), now=NOW)
        stream = uuid4()
        return Errand(
            "poison", command, stream, lambda: self.house.log.append(command, {stream: (version, [EVENT])}, also=also)
        )

    def round(self, *, poisoned: bool) -> list[Errand]:
        """One that cannot be stored has all others carried out one by one, so there are rounds without it too."""
        twice = self.fresh("twice")
        errands = [
            self.fresh(), self.fresh(), self.crowd(), self.crowd(), self.crowd(), self.fresh("stale", version=99),
            twice, twice, self.old._replace(kind="old"),
            *([self.poison(), *self.taken()] if poisoned else [self.onlooker() for _ in range(3)]),
        ]
        self.rng.shuffle(errands)
        return errands


@contextmanager
def nobody_appends(url: str) -> Iterator[None]:
    """Whoever appends waits until the end of the block, so that the others find somebody at work."""
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [APPEND_LOCK])
        yield
        holder.execute("SELECT pg_advisory_unlock(%s)", [APPEND_LOCK])


def waiting(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return row is not None and row[0] > 0


def together(house: House, errands: list[Errand]) -> list[Told]:
    """Send all at once, the first of them being held up until the others have come."""
    told: list[Told] = []
    ready = threading.Barrier(len(errands) + 1)

    def send(errand: Errand) -> None:
        ready.wait(WITHIN_S)
        try:
            answer: Appended | BaseException = errand.send()
        except Exception as error:  # noqa: BLE001  looked at by the test
            answer = error
        told.append(Told(errand.kind, errand.command, errand.stream, answer))

    threads = [threading.Thread(target=send, args=(errand,), daemon=True) for errand in errands]
    with nobody_appends(house.addresses.app_url):
        for thread in threads:
            thread.start()
        ready.wait(WITHIN_S)
        assert eventually(lambda: waiting(house.addresses.app_url), WITHIN_S)
    for thread in threads:
        thread.join(WITHIN_S)
    assert len(told) == len(errands), "somebody was not answered"
    return told


def answers(told: list[Told], kind: str) -> list[Appended | BaseException]:
    return [each.answer for each in told if each.kind == kind]


def outcomes(told: list[Told], kind: str) -> list[str]:
    return sorted(a.outcome if isinstance(a, Appended) else type(a).__name__ for a in answers(told, kind))


def hold_to_account(house: House, street: Street, told: list[Told]) -> None:
    """Each was told its own."""
    assert outcomes(told, "fresh") == ["done", "done"], answers(told, "fresh")
    assert outcomes(told, "twice") == ["again", "done"]
    first, second = answers(told, "twice")
    assert isinstance(first, Appended)
    assert isinstance(second, Appended)
    assert first.position == second.position
    assert outcomes(told, "taken") in ([], ["AlreadyThere", "done"])
    assert answers(told, "old") == [Appended("again", street.first.position)]
    assert set(outcomes(told, "crowd") + outcomes(told, "onlooker")) <= {"done", "StreamMoved"}
    wanted = [entry.position for entry in house.log.history(CROWD)]
    for each in told:
        if each.kind == "onlooker" and isinstance(each.answer, Appended):
            before = sum(position < each.answer.position for position in wanted)
            assert before == street.looked[each.command.id], "it was carried out on what it had not seen"
    for each in told:
        if isinstance(each.answer, StreamMoved):
            assert (each.kind, each.answer.stream) in {
                ("crowd", CROWD), ("onlooker", CROWD), ("stale", each.stream),
            }  # fmt: skip
    assert outcomes(told, "stale") == ["StreamMoved"]
    for poisoned in (each for each in told if each.kind == "poison"):
        assert isinstance(poisoned.answer, Exception)
        assert not isinstance(poisoned.answer, (StreamMoved, AlreadyThere))
        assert house.log.carried_out(poisoned.command.id) is None


def rounds(house: House, number: int, poisons: Poisons = POISONS) -> None:
    street, diary = Street(house, number, poisons), Diary()
    for n in range(number):
        told = together(house, street.round(poisoned=n % 2 == 0))
        hold_to_account(house, street, told)
        diary.entries += [entry_of(each) for each in told if each.kind != "poison"]
    assert audit(house, diary) == []
    assert settled(house) == []


def entry_of(told: Told) -> Entry:
    if isinstance(told.answer, Appended):
        return Entry(told.command.id, Outcome.ACKED, told.answer.outcome, told.answer.position, 1)
    refused = isinstance(told.answer, (StreamMoved, AlreadyThere))
    return Entry(told.command.id, Outcome.REFUSED if refused else Outcome.ODD, repr(told.answer))


def test_each_of_twelve_threads_is_told_what_became_of_its_own_command(ground: Ground) -> None:
    with ground.house("together") as house:
        rounds(house, 8)


def test_a_command_that_the_database_calls_too_large_is_refused_alone(ground: Ground) -> None:
    """Of all refusals this one is of the kind that a failing database has too: operational."""
    with ground.house("too_large") as house:
        rounds(house, 3, (({}, {"blind_address": [BEYOND_AN_INDEX]}, 0),))


@pytest.mark.heavy
def test_each_of_twelve_threads_is_told_its_own_three_hundred_times(ground: Ground) -> None:
    with ground.house("together_often") as house:
        rounds(house, 300)
