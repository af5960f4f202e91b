"""Group commit: commands that arrive while one transaction runs are carried out together in the next.

There is no thread of its own and no waiting for company: who finds nobody at work goes to work at once, alone; who finds
somebody queues, and the first of the queue leads the next group.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

LARGEST_GROUP = 256


class Errand(Protocol):
    """What must not meet in one group: the database decides on each command as if the others were not there."""

    @property
    def id(self) -> UUID:
        """Carried out once."""

    @property
    def versions(self) -> Mapping[UUID, int]:
        """The streams it was decided on."""

    @property
    def written(self) -> AbstractSet[UUID]:
        """Those of them that it writes."""


E = TypeVar("E", bound=Errand)
A = TypeVar("A")


class _Turn(Generic[E, A]):
    """One command's place: it wakes with its answer, with its error, or, having neither, as the next leader.

    With an answer it wakes the one `after` it. One at a time: thirty threads woken at once mostly wait for each other.
    """

    __slots__ = ("after", "answer", "errand", "error", "wake")

    def __init__(self, errand: E) -> None:
        self.errand = errand
        self.answer: A | None = None
        self.error: Exception | None = None
        self.wake: threading.Lock | None = None
        self.after: _Turn[E, A] | None = None


class GroupCommit(Generic[E, A]):
    """Brings errands of many threads to `carry_out`, several in one call and never two calls at once.

    `carry_out` answers one answer or error per errand, in order. What it raises, all of its group get, and with `stops`
    also everybody who waits: the way is closed, and each of them would only find out anew.
    """

    def __init__(self, carry_out: Callable[[Sequence[E]], Sequence[A | Exception]], *, stops: type[Exception]) -> None:
        self._carry_out = carry_out
        self._stops = stops
        self._mutex = threading.Lock()
        self._queue: deque[_Turn[E, A]] = deque()
        self._led = False
        self._answered: list[_Turn[E, A]] = []

    def submit(self, errand: E) -> A:
        """Carry out one errand; answers when it is carried out, raises what became of it."""
        turn: _Turn[E, A] = _Turn(errand)
        with self._mutex:
            leads = not self._led
            if leads:
                self._led = True
            else:
                turn.wake = threading.Lock()
                turn.wake.acquire()
                self._queue.append(turn)
        interrupted = _until_woken(turn)
        if turn.after is not None:
            _wake([turn.after])
        if leads or (turn.answer is None and turn.error is None):
            self._lead(turn)
        if interrupted is not None:
            raise interrupted
        if turn.error is not None:
            raise turn.error
        if turn.answer is None:
            message = "a group was carried out without an answer for each"
            raise RuntimeError(message)
        return turn.answer

    def _lead(self, first: _Turn[E, A]) -> None:
        group = self._gather(first)
        answered, self._answered = self._answered, []
        _wake(answered)
        try:
            for turn, outcome in zip(group, self._carry_out([turn.errand for turn in group]), strict=True):
                if isinstance(outcome, Exception):
                    turn.error = outcome
                else:
                    turn.answer = outcome
        except self._stops as error:
            group += self._dismiss()
            _fail(group, error)
        except Exception as error:  # noqa: BLE001  every one of them raises it
            _fail(group, error)
        except BaseException:
            _fail(group, RuntimeError("the thread that led this group was stopped"))
            raise
        finally:
            followers = [turn for turn in group if turn is not first]
            for turn, after in pairwise(followers):
                turn.after = after
            self._hand_over(followers[:1])

    def _gather(self, first: _Turn[E, A]) -> list[_Turn[E, A]]:
        """The leader's own errand and all who wait and share nothing with those before them."""
        group, ids = [first], {first.errand.id}
        checked, written = set(first.errand.versions), set(first.errand.written)
        with self._mutex:
            waiting, self._queue = self._queue, deque()
            for turn in waiting:
                errand = turn.errand
                if (
                    len(group) == LARGEST_GROUP
                    or errand.id in ids
                    or not written.isdisjoint(errand.versions)
                    or not checked.isdisjoint(errand.written)
                ):
                    self._queue.append(turn)
                    continue
                group.append(turn)
                ids.add(errand.id)
                checked.update(errand.versions)
                written |= errand.written
        return group

    def _dismiss(self) -> list[_Turn[E, A]]:
        with self._mutex:
            waiting, self._queue = list(self._queue), deque()
        return waiting

    def _hand_over(self, answered: list[_Turn[E, A]]) -> None:
        """Let the next one lead, who gives out the answers of this group when its own is on the way.

        The database should wait for nobody: neither for those who are answered, nor for our thread to end its turn, which
        is why it steps aside.
        """
        with self._mutex:
            following = self._queue.popleft() if self._queue else None
            self._led = following is not None
            if following is not None:
                self._answered = answered
        if following is not None:
            _wake([following])
            time.sleep(0)
        else:
            _wake(answered)


def _until_woken(turn: _Turn[Any, Any]) -> BaseException | None:
    """Wait for one's turn, also through an interrupt, which is answered: others count on whoever stands in the queue."""
    interrupted: BaseException | None = None
    while turn.wake is not None:
        try:
            turn.wake.acquire()
        except BaseException as error:  # noqa: BLE001  raised by the caller as soon as its turn is over
            interrupted = error
        else:
            break
    return interrupted


def _wake(turns: Sequence[_Turn[Any, Any]]) -> None:
    for turn in turns:
        if turn.wake is not None:
            turn.wake.release()


def _fail(group: Sequence[_Turn[E, A]], error: Exception) -> None:
    """Each of them raises it in a thread of its own, so each has a copy of its own."""
    for turn in group:
        if turn.answer is None and turn.error is None:
            turn.error = copy(error)
            turn.error.__cause__ = error
