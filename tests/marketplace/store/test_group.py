"""Commands of many threads carried out in groups: by whom, with whom, and with what outcome each."""

from __future__ import annotations

import inspect
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import FrameType
from typing import TypeVar
from uuid import UUID, uuid4

import pytest

from marketplace.store import group as group_module
from marketplace.store.group import LARGEST_GROUP, GroupCommit

WAIT_SECONDS = 10
X, Y = UUID(int=1), UUID(int=2)
A = TypeVar("A")


class WayIsClosed(Exception):
    pass


@dataclass(frozen=True)
class Errand:
    name: str
    id: UUID = field(default_factory=uuid4)
    versions: dict[UUID, int] = field(default_factory=dict)
    written: frozenset[UUID] = frozenset()


def writing(name: str, stream: UUID) -> Errand:
    return Errand(name, versions={stream: 0}, written=frozenset({stream}))


def checking(name: str, stream: UUID) -> Errand:
    return Errand(name, versions={stream: 0})


class Counter:
    """Carries groups out, the first one only when it is told to, so that others can queue behind it."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.go_on = threading.Event()
        self.begun = threading.Event()
        self.at_once = 0

    def carry_out(self, group: Sequence[Errand]) -> list[str | Exception]:
        self.at_once += 1
        assert self.at_once == 1, "two groups at once"
        self.groups.append([each.name for each in group])
        self.begun.set()
        assert self.go_on.wait(WAIT_SECONDS)
        self.at_once -= 1
        if any(each.name == "closed" for each in group):
            raise WayIsClosed("closed")
        if any(each.name == "broken" for each in group):
            raise ZeroDivisionError("broken")
        return [ValueError(each.name) if each.name.startswith("bad") else f"done {each.name}" for each in group]


def play(errands: Sequence[Errand]) -> tuple[Counter, list[str | Exception]]:
    """The first errand is being carried out while all others queue, in their order."""
    counter = Counter()
    group: GroupCommit[Errand, str] = GroupCommit(counter.carry_out, stops=WayIsClosed)

    def submit(errand: Errand) -> str | Exception:
        try:
            return group.submit(errand)
        except (ValueError, WayIsClosed, ZeroDivisionError) as error:
            return error

    with ThreadPoolExecutor(len(errands)) as pool:
        answers = [pool.submit(submit, errands[0])]
        assert counter.begun.wait(WAIT_SECONDS)
        for n, errand in enumerate(errands[1:], start=1):
            answers.append(pool.submit(submit, errand))
            until_queued(group, n)
        counter.go_on.set()
        return counter, [each.result(WAIT_SECONDS) for each in answers]


def until_queued(group: GroupCommit[Errand, str], count: int) -> None:
    deadline = threading.Event()
    for _ in range(WAIT_SECONDS * 1000):
        with group._mutex:
            if len(group._queue) == count:
                return
        deadline.wait(0.001)
    raise AssertionError(count)


def test_who_comes_alone_is_carried_out_at_once_in_its_own_thread() -> None:
    threads: list[int] = []

    def carry_out(group: Sequence[Errand]) -> list[str | Exception]:
        threads.append(threading.get_ident())
        return [each.name for each in group]

    group: GroupCommit[Errand, str] = GroupCommit(carry_out, stops=WayIsClosed)
    assert [group.submit(Errand(name)) for name in "ab"] == ["a", "b"]
    assert threads == [threading.get_ident()] * 2


def test_all_who_came_meanwhile_are_carried_out_together_in_their_order() -> None:
    counter, answers = play([Errand(name) for name in "abcd"])
    assert counter.groups == [["a"], ["b", "c", "d"]]
    assert answers == ["done a", "done b", "done c", "done d"]


def test_each_gets_its_own_outcome_and_nobody_elses() -> None:
    _, answers = play([Errand(name) for name in ("a", "b", "bad c", "d")])
    assert [str(each) for each in answers] == ["done a", "done b", "bad c", "done d"]
    assert isinstance(answers[2], ValueError)


def test_two_that_write_one_stream_are_in_different_groups() -> None:
    counter, answers = play([Errand("a"), writing("b", X), writing("c", X), writing("d", Y)])
    assert counter.groups == [["a"], ["b", "d"], ["c"]]
    assert answers == ["done a", "done b", "done c", "done d"]


def test_one_that_checks_what_another_writes_is_in_another_group_but_many_may_check() -> None:
    counter, _ = play([Errand("a"), checking("b", X), checking("c", X), writing("d", X), checking("e", X)])
    assert counter.groups == [["a"], ["b", "c", "e"], ["d"]]


def test_one_that_was_decided_on_what_one_before_it_writes_waits_for_the_next_group() -> None:
    counter, _ = play([Errand("a"), writing("withdrawal", X), checking("disclosure", X), Errand("d")])
    assert counter.groups == [["a"], ["withdrawal", "d"], ["disclosure"]]


def test_the_same_command_twice_is_in_two_groups() -> None:
    twice = Errand("b")
    counter, _ = play([Errand("a"), twice, twice, Errand("c")])
    assert counter.groups == [["a"], ["b", "c"], ["b"]]


def test_a_group_is_not_larger_than_the_largest() -> None:
    counter, answers = play([Errand(str(n)) for n in range(LARGEST_GROUP + 5)])
    assert [len(each) for each in counter.groups] == [1, LARGEST_GROUP, 4]
    assert len(answers) == LARGEST_GROUP + 5


def test_what_breaks_a_group_breaks_for_that_group_and_the_next_goes_on() -> None:
    counter, answers = play([Errand("broken"), Errand("b")])
    assert counter.groups == [["broken"], ["b"]]
    assert isinstance(answers[0], ZeroDivisionError)
    assert answers[1] == "done b"


def test_when_the_way_is_closed_all_who_wait_hear_it_each_by_itself() -> None:
    counter, answers = play([Errand("closed"), Errand("b"), Errand("c")])
    assert counter.groups == [["closed"]]
    assert [type(each) for each in answers] == [WayIsClosed] * 3
    assert len({id(each) for each in answers}) == 3


def test_after_a_closed_way_the_next_one_tries_again() -> None:
    tries: list[str] = []

    def carry_out(group: Sequence[Errand]) -> list[str | Exception]:
        tries.extend(each.name for each in group)
        if len(tries) == 1:
            raise WayIsClosed
        return [each.name for each in group]

    group: GroupCommit[Errand, str] = GroupCommit(carry_out, stops=WayIsClosed)
    with pytest.raises(WayIsClosed):
        group.submit(Errand("a"))
    assert group.submit(Errand("b")) == "b"


def test_two_hundred_commands_of_twenty_threads_are_each_carried_out_once() -> None:
    done: list[str] = []

    def carry_out(group: Sequence[Errand]) -> list[str | Exception]:
        done.extend(each.name for each in group)
        return [each.name for each in group]

    group: GroupCommit[Errand, str] = GroupCommit(carry_out, stops=WayIsClosed)
    names = [str(n) for n in range(200)]
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda name: group.submit(Errand(name)), names)) == names
    assert sorted(done, key=int) == names


def beside(work: Callable[[], A]) -> Future[A]:
    """In a thread that nobody has to wait for: where a turn is lost, its thread sleeps for ever."""
    future: Future[A] = Future()

    def carry_out() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  told to who asks
            future.set_exception(error)

    threading.Thread(target=carry_out, daemon=True).start()
    return future


def until_asleep(thread: int) -> None:
    """The thread stands where it waits for its turn, and nowhere before it."""
    lines, first = inspect.getsourcelines(group_module._until_woken)
    [sleeps] = [n for n, line in enumerate(lines, start=first) if "wake.acquire()" in line]
    deadline = threading.Event()
    for _ in range(WAIT_SECONDS * 1000):
        frame = sys._current_frames()[thread]
        if (frame.f_code, frame.f_lineno) == (group_module._until_woken.__code__, sleeps):
            return
        deadline.wait(0.001)
    raise AssertionError(frame)


def test_a_waiter_who_is_interrupted_passes_the_turn_on_and_hears_of_it_afterwards() -> None:
    """The main thread waits in the first place behind the leader: it is the one who has to lead next."""
    counter, main = Counter(), threading.get_ident()
    group: GroupCommit[Errand, str] = GroupCommit(counter.carry_out, stops=WayIsClosed)
    heard = threading.Event()

    def hear(_signal: int, _frame: FrameType | None) -> None:
        heard.set()
        raise KeyboardInterrupt

    def interrupt() -> list[Future[str]]:
        until_queued(group, 1)
        until_asleep(main)
        signal.pthread_kill(main, signal.SIGINT)
        assert heard.wait(WAIT_SECONDS)
        behind = [beside(lambda: group.submit(writing("c", Y)))]
        until_queued(group, 2)
        behind.append(beside(lambda: group.submit(writing("d", X))))
        until_queued(group, 3)
        counter.go_on.set()
        return behind

    before = signal.signal(signal.SIGINT, hear)
    try:
        first = beside(lambda: group.submit(Errand("a")))
        assert counter.begun.wait(WAIT_SECONDS)
        interrupting = beside(interrupt)
        with pytest.raises(KeyboardInterrupt):
            group.submit(writing("b", X))
        behind = interrupting.result(WAIT_SECONDS)
        assert [each.result(WAIT_SECONDS) for each in (first, *behind)] == ["done a", "done c", "done d"]
        assert beside(lambda: group.submit(Errand("e"))).result(WAIT_SECONDS) == "done e"
    finally:
        signal.signal(signal.SIGINT, before)
    assert counter.groups == [["a"], ["b", "c"], ["d"], ["e"]], "what was queued is carried out, once"
    assert group.submit(Errand("f")) == "done f"


def test_all_who_followed_wake_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Woken at once they mostly wait for each other: each wakes the one after it, and nobody else does."""
    woken: list[int] = []
    wake = group_module._wake

    def counted(turns: Sequence[group_module._Turn[Errand, str]]) -> None:
        woken.append(len(turns))
        wake(turns)

    monkeypatch.setattr(group_module, "_wake", counted)
    counter, answers = play([Errand(str(n)) for n in range(30)])
    assert [len(each) for each in counter.groups] == [1, 29]
    assert answers == [f"done {n}" for n in range(30)]
    assert max(woken) == 1
    assert sum(woken) == 29, "one who leads, twenty-eight who follow"
