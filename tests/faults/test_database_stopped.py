"""A server process stands still (SIGSTOP) and neither answers nor hangs up: nobody waits for ever, and all go on after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from domain.consent import Paused
from domain.ids import CandidateId
from marketplace.run.wiring import House
from marketplace.store import database as store_database
from marketplace.store.log import Appended
from tests.faults.cluster import backends_of, eventually, frozen
from tests.faults.history import LOST, NOTED, Diary, Outcome, a_command, audit, count_events, noted, settled, writing
from tests.stories.conftest import Web

if TYPE_CHECKING:
    from tests.faults.cluster import Ground

T = TypeVar("T")
WHO = CandidateId(UUID(int=7))
APPEND_LOCK = 7_160_293_847
LOCK_WITHIN_S = 10.0
"""Five seconds are what a lock is waited for; the rest is this machine's."""
PATIENCE_S = 2.0
HANGS_S = 20.0
WAITS_FOR_THE_LOCK = "wait_event_type = 'Lock' AND wait_event = 'advisory'"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is taken for silence after two seconds."""
    monkeypatch.setattr(store_database, "PATIENCE_SECONDS", PATIENCE_S)
    monkeypatch.setattr(store_database.PatientConnection, "patience_seconds", PATIENCE_S)
    monkeypatch.setattr(store_database.LogConnection, "patience_seconds", PATIENCE_S)


@contextmanager
def at_once(*work: Callable[[], T]) -> Iterator[list[Future[T]]]:
    """Each in a thread of its own; one that hangs holds nobody up, not even the test's end."""
    pool = ThreadPoolExecutor(len(work))
    try:
        yield [pool.submit(each) for each in work]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def append(house: House, diary: Diary) -> Callable[[], Outcome]:
    """One command on a stream of its own."""
    command, stream = a_command(NOTED), uuid4()

    def send() -> Appended:
        return house.log.append(command, {stream: (0, [Paused(candidate=WHO)])}, also=noted(command))

    return lambda: diary.send(command, send, events=1).outcome


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes to be told that there is no answer."""
    begun = time.monotonic()
    with pytest.raises(LOST):
        work()
    return time.monotonic() - begun


def test_who_waits_for_a_stopped_holder_of_the_append_lock_is_told_so_in_five_seconds(ground: Ground) -> None:
    diary = Diary()
    with ground.house("held") as house, psycopg.connect(house.addresses.app_url) as holder:
        append(house, diary)()
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [APPEND_LOCK])
        with frozen(holder.info.backend_pid), at_once(*[append(house, diary) for _ in range(4)]) as sent:
            begun = time.monotonic()
            assert [each.result(HANGS_S) for each in sent] == [Outcome.UNKNOWN] * 4
            assert time.monotonic() - begun < LOCK_WITHIN_S
        holder.rollback()
        assert [entry.outcome for entry in diary.repeat()] == [Outcome.ACKED] * 4
        assert audit(house, diary) == []


@pytest.mark.usefixtures("impatient")
def test_a_backend_stopped_with_the_append_lock_in_its_hand_leaves_its_command_whole_or_undone(ground: Ground) -> None:
    """The lock is given to a backend that is asleep: its own client gives up, the others too, and then all goes on."""
    diary = Diary()
    with (
        ground.house("asleep") as house,
        ground.house("asleep") as other,
        psycopg.connect(house.addresses.app_url) as holder,
    ):
        append(house, diary)()
        append(other, diary)()
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [APPEND_LOCK])
        with at_once(append(house, diary)) as first:
            superuser = ground.server.superuser_url_of("asleep")
            assert eventually(lambda: len(backends_of(superuser, WAITS_FOR_THE_LOCK)) == 1)
            with frozen(*backends_of(superuser, WAITS_FOR_THE_LOCK)):
                holder.rollback()
                with at_once(append(other, diary), append(house, diary)) as others:
                    for each in [*first, *others]:
                        assert each.result(HANGS_S) is Outcome.UNKNOWN
        assert eventually(lambda: not backends_of(superuser, WAITS_FOR_THE_LOCK))
        assert {entry.outcome for entry in diary.repeat()} == {Outcome.ACKED}
        assert audit(house, diary) == []


@pytest.mark.usefixtures("impatient")
def test_who_reads_from_a_stopped_backend_is_told_so_and_reads_on_after_it(ground: Ground) -> None:
    with ground.house("unread") as house:
        append(house, Diary())()

        def look() -> None:
            with house.database.transaction() as connection:
                connection.execute("SELECT count(*) FROM relay_events").fetchone()

        readings = (
            look,
            lambda: house.log.read(0),
            lambda: house.log.load(uuid4(), 0, count_events),
            lambda: house.log.carried_out(uuid4()),
            house.log.position,
        )
        look()
        asleep = backends_of(ground.server.superuser_url_of("unread"))
        with frozen(*asleep), at_once(*[partial(seconds_of, work) for work in readings]) as sent:
            for each in sent:
                assert each.result(HANGS_S) < LOCK_WITHIN_S
        assert eventually(lambda: _answers(look))
        assert len(house.log.read(0)) == 1


def _answers(work: Callable[[], object]) -> bool:
    try:
        work()
    except LOST:
        return False
    return True


@pytest.mark.usefixtures("impatient")
def test_the_site_says_try_later_while_the_database_stands_still_and_serves_again_after_it(ground: Ground) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ground.house("site", {"RELAY_PORT": str(port), "RELAY_PUBLIC_URL": url}) as house:
        web = Web(house, port)
        web.start()
        try:
            web.wait()
            with httpx.Client(base_url=url, timeout=HANGS_S) as browser:
                assert register(browser).is_success
                # What goes on after an answer holds a connection, beside which the next command would be given a new one.
                assert eventually(lambda: mails_queued(ground, "site") == 1)
                with frozen(*backends_of(ground.server.superuser_url_of("site"))):
                    begun = time.monotonic()
                    refused = register(browser)
                    assert (refused.status_code, refused.json()["code"]) == (503, "try-later")
                    assert time.monotonic() - begun < LOCK_WITHIN_S
                    assert browser.get("/api/v1/openapi.json").is_success, "what needs no database is served"
                assert eventually(lambda: register(browser).is_success)
        finally:
            web.end()


def mails_queued(ground: Ground, name: str) -> int:
    with psycopg.connect(ground.server.superuser_url_of(name)) as connection:
        row = connection.execute("SELECT count(*) FROM message").fetchone()
    return int(row[0]) if row else 0


def register(browser: httpx.Client) -> httpx.Response:
    """A command that anybody may send."""
    body = {"email": f"{uuid4().hex}@example.com", "language": "ja", "entrance": "neutral-link"}
    headers = {"Idempotency-Key": str(uuid4()), "Origin": str(browser.base_url).rstrip("/")}
    return browser.post("/api/v1/registrations", json=body, headers=headers)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.heavy
def test_appending_backends_stopped_again_and_again_under_eight_writers_lose_and_double_nothing(ground: Ground) -> None:
    """With the product's own patience: whoever waits for the sleeper is told so, and the other house goes on."""
    diary = Diary()
    superuser = ground.server.superuser_url_of("sleepers")
    with ground.house("sleepers") as house, ground.house("sleepers") as other:
        with writing([house, other], diary, seed=3):
            for _ in range(8):
                diary.wait_for_acks(20)
                unknown = diary.count(Outcome.UNKNOWN)
                with frozen(*backends_of(superuser, "query LIKE '%relay_append%'")[:1]):
                    assert eventually(partial(_more_than, diary, unknown), HANGS_S)
        assert max(entry.seconds for entry in diary.entries) < HANGS_S
        diary.repeat()
        assert audit(house, diary) == []
        assert settled(house) == []


def _more_than(diary: Diary, unknown: int) -> bool:
    return diary.count(Outcome.UNKNOWN) > unknown
