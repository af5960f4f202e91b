"""Two commands at once: by two threads with a barrier, or one exactly between another's decision and its append."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

from msgspec.structs import replace

from domain.refusal import Refused
from marketplace.commands.office import Office
from marketplace.store.log import Log, StreamMoved

Step = Callable[[Office], object]


class Interrupted:
    """The real log; right before its first append somebody else is let in."""

    def __init__(self, log: Log, other: Callable[[], object]) -> None:
        self._log = log
        self._other: Callable[[], object] | None = other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, *args: Any, **kwargs: Any) -> Any:
        if (other := self._other) is not None:
            self._other = None
            other()
        return self._log.append(*args, **kwargs)


def between(office: Office, first: Step, second: Step) -> None:
    """`second` happens wholly after `first` has read and decided, and wholly before it appends."""
    interrupted = cast("Log", Interrupted(office.log, lambda: quietly(second, office)))
    quietly(first, replace(office, log=interrupted))


def at_once(office: Office, *steps: Step) -> None:
    """Each in a thread of its own, all from the same moment on. What is not a refusal is raised here."""
    barrier, failures = threading.Barrier(len(steps)), list[BaseException]()

    def run(step: Step) -> None:
        barrier.wait(10)
        try:
            quietly(step, office)
        except BaseException as failure:  # noqa: BLE001  handed on below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]


def quietly(step: Step, office: Office) -> None:
    """A rule may refuse it, and another command may have been first: both are answers."""
    try:
        step(office)
    except (Refused, StreamMoved):
        return


def opens(look: Callable[[], object]) -> bool:
    """Is it opened? Whoever may not look hears always the same, whatever the reason."""
    try:
        look()
    except Refused as refused:
        if refused.code != "copy-not-open":
            raise
        return False
    return True
