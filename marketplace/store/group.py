"""Group commit: commands that arrive while one transaction runs are carried out together in the next.

There is no thread of its own and no waiting for company: who finds nobody at work goes to work at once, alone; who finds
somebody queues, and the first of the queue leads the next group.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from typing import Generic, Protocol, TypeVar
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
    """One command's place: it wakes with its answer, with its error, or, having neither, as the next leader."""

    __slots__ = ("answer", "errand", "error", "wake")

    def __init__(self, errand: E) -> None:
        self.errand = errand
        self.answer: A | None = None
        self.error: Exception | None = None
        self.wake: threading.Lock | None = None


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
        if turn.wake is not None:
            turn.wake.acquire()
            leads = turn.answer is None and turn.error is None
        if leads:
            self._lead(turn)
        if turn.error is not None:
            raise turn.error
        if turn.answer is None:
            message = "a group was carried out without an answer for each"
            raise RuntimeError(message)
        return turn.answer

    def _lead(self, first: _Turn[E, A]) -> None:
        group = self._gather(first)
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
            self._hand_over()
            for turn in group:
                if turn.wake is not None and turn is not first:
                    turn.wake.release()

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

    def _hand_over(self) -> None:
        """Let the next one lead before the answers of this group are given out: the database should not wait for us."""
        with self._mutex:
            following = self._queue.popleft() if self._queue else None
            self._led = following is not None
        if following is not None and following.wake is not None:
            following.wake.release()


def _fail(group: Sequence[_Turn[E, A]], error: Exception) -> None:
    """Each of them raises it in a thread of its own, so each has a copy of its own."""
    for turn in group:
        if turn.answer is None and turn.error is None:
            turn.error = copy(error)
            turn.error.__cause__ = error
