"""The line to the database is cut around COMMIT, and clients are killed before they hear the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest

from domain.consent import Paused
from domain.ids import CandidateId
from marketplace.store.log import Command, Log, open_log
from tests.faults.cluster import Ground
from tests.faults.history import (
    NOTED,
    NOW,
    Diary,
    Outcome,
    a_command,
    audit,
    folding,
    noted,
    settled,
    writing,
)
from tests.faults.proxy import Fault, Proxy, proxied

ROOT = Path(__file__).parents[2]
WHO = CandidateId(UUID(int=7))
WITHIN_S = 60.0
CLIENT = """
import sys, threading
from uuid import UUID, uuid5
from marketplace.store.log import Command, open_log
from tests.faults.history import NOTED, NOW, noted
from domain.consent import Paused
from domain.ids import CandidateId

url, seed, threads, each = sys.argv[1], UUID(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
log = open_log(url, pool_size=1)


def one(name):
    command = Command(id=uuid5(seed, name), actor=NOTED, now=NOW)
    event = Paused(candidate=CandidateId(UUID(int=7)))
    return log.append(command, {uuid5(seed, "stream " + name): (0, [event])}, also=noted(command))


one("first")  # so that from now on every command is one request
print("ready", flush=True)
sys.stdin.readline()

def send(thread):
    for n in range(each):
        name = f"{thread} {n}"
        sys.stdout.write(f"{uuid5(seed, name)} {one(name).position}\\n")
        sys.stdout.flush()

for thread in range(threads):
    threading.Thread(target=send, args=(thread,)).start()
"""


@pytest.fixture(scope="module")
def proxy(ground: Ground) -> Iterator[Proxy]:
    with proxied(ground) as proxy:
        yield proxy


def append(log: Log, command: Command, stream: UUID, version: int = 0) -> Diary:
    diary = Diary()
    diary.send(command, lambda: log.append(command, {stream: (version, [Paused(candidate=WHO)])}, also=noted(command)))
    return diary


@pytest.mark.parametrize("fault", list(Fault)[:6])
def test_a_command_is_acknowledged_once_whatever_becomes_of_the_line(
    fault: Fault, ground: Ground, proxy: Proxy
) -> None:
    with ground.house(f"cut_{fault.name.lower()}") as house:
        log = open_log(proxy.url(house.addresses.app_url), pool_size=1)
        stream = uuid4()
        append(log, a_command(NOTED), stream)
        command = a_command(NOTED)
        before = proxy.done[fault]
        proxy.plan(fault)
        diary = append(log, command, stream, 1)
        assert proxy.done[fault] == before + 1
        assert [(entry.outcome, entry.position) for entry in diary.entries] == [(Outcome.ACKED, 2)]
        assert audit(house, diary) == []
        log.close()


def test_a_command_whose_answers_are_all_lost_is_unknown_and_its_repeat_answers_with_the_first_position(
    ground: Ground, proxy: Proxy
) -> None:
    with ground.house("all_lost") as house:
        log = open_log(proxy.url(house.addresses.app_url), pool_size=1)
        stream, command = uuid4(), a_command(NOTED)
        append(log, a_command(NOTED), stream)
        proxy.plan(*[Fault.AFTER] * 20)
        diary = append(log, command, stream, 1)
        proxy.calm()
        assert [entry.outcome for entry in diary.entries] == [Outcome.UNKNOWN]
        assert log.carried_out(command.id) == 2
        assert [(entry.outcome, entry.said, entry.position) for entry in diary.repeat()] == [
            (Outcome.ACKED, "again", 2)
        ]
        assert audit(house, diary) == []
        log.close()


def client(url: str, seed: UUID, threads: int, each: int) -> subprocess.Popen[str]:
    """A process of its own that is ready to send `threads` times `each` commands."""
    words = [sys.executable, "-c", CLIENT, url, str(seed), str(threads), str(each)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_a_writer_killed_between_commit_and_answer_gets_the_first_position_when_it_asks_again(
    ground: Ground, proxy: Proxy
) -> None:
    with ground.house("killed_writer") as house:
        seed = uuid4()
        process = client(proxy.url(house.addresses.app_url), seed, 1, 1)
        proxy.held.clear()
        proxy.plan(Fault.HOLD)
        go(process)
        assert proxy.held.wait(WITHIN_S)
        process.kill()
        said, _ = process.communicate()
        assert said == "", "the writer heard the answer"
        command = Command(id=uuid5(seed, "0 0"), actor=NOTED, now=NOW)
        assert house.log.position() == 2
        diary = append(house.log, command, uuid5(seed, "stream 0 0"))
        assert [(entry.said, entry.position) for entry in diary.entries] == [("again", 2)]
        assert audit(house, diary) == []


def killed_at_any_moment(ground: Ground, name: str, times: int) -> None:
    """A process of eight threads dies after so many answers; everything it ever wanted is then sent again."""
    with ground.house(name) as house:
        diary = Diary()
        for attempt in range(times):
            seed = uuid4()
            process = client(house.addresses.app_url, seed, 8, 20)
            assert process.stdout is not None
            go(process)
            heard = [process.stdout.readline().split() for _ in range(attempt * 7 % 40)]
            os.kill(process.pid, 9)
            rest, _ = process.communicate()
            heard += [line.split() for line in rest.splitlines() if len(line.split()) == 2]
            told = {UUID(command): int(position) for command, position in heard}
            for thread in range(8):
                for n in range(20):
                    command = Command(id=uuid5(seed, f"{thread} {n}"), actor=NOTED, now=NOW)
                    stream = uuid5(seed, f"stream {thread} {n}")
                    streams = {stream: (0, [Paused(candidate=WHO)])}
                    entry = diary.send(command, partial(house.log.append, command, streams, also=noted(command)))
                    assert entry.outcome is Outcome.ACKED
                    if command.id in told:
                        assert (entry.said, entry.position) == ("again", told[command.id])
        assert audit(house, diary) == []
        assert any(entry.said == "done" for entry in diary.entries)
        assert any(entry.said == "again" for entry in diary.entries)


def test_a_process_of_eight_threads_killed_at_any_moment_leaves_every_command_whole_or_undone(ground: Ground) -> None:
    killed_at_any_moment(ground, "killed_process", 2)


@pytest.mark.heavy
def test_a_process_of_eight_threads_killed_twenty_times_leaves_every_command_whole_or_undone(ground: Ground) -> None:
    killed_at_any_moment(ground, "killed_process_often", 20)


def cut_under_writers(ground: Ground, proxy: Proxy, name: str, faults: int) -> Diary:
    """Eight writers through a line on which every eighth request meets a fault, until so many were met.

    Most of them meet readers: it goes on until enough commands were found stored after their answer was lost.
    """
    diary = Diary()
    proxy.calm()
    before = sum(proxy.done.values())

    def met() -> int:
        return sum(proxy.done.values()) - before

    def found_again() -> int:
        return sum(entry.said == "again" for entry in list(diary.entries))

    with ExitStack() as stack:
        sound = stack.enter_context(ground.house(name))
        through = [stack.enter_context(ground.house(name, through=proxy.url)) for _ in range(2)]
        with folding(through[0]), writing(through, diary, writers=8, seed=faults):
            proxy.chance(0.12, seed=faults)
            while met() < faults or found_again() < faults // 20:
                assert met() < 10 * faults, "of all whose answer was lost hardly one was found again"
                diary.wait_for_acks(5)
            proxy.calm()
            diary.wait_for_acks(20)
        assert audit(sound, diary) == []
        diary.repeat()
        assert audit(sound, diary) == []
        assert settled(sound) == []
    return diary


def test_a_line_cut_sixty_times_under_eight_writers_loses_and_doubles_nothing(ground: Ground, proxy: Proxy) -> None:
    cut_under_writers(ground, proxy, "cut_often", 60)


@pytest.mark.heavy
def test_a_line_cut_a_thousand_times_under_eight_writers_loses_and_doubles_nothing(
    ground: Ground, proxy: Proxy
) -> None:
    cut_under_writers(ground, proxy, "cut_all_the_time", 1000)
