"""The process that works: the real `relay work`, begun in a fork, with seams at which it dies or stands still.

A seam is a function of the product and a moment (before it begins, after it has ended) in one of the worker's threads.
Nothing is replaced: the function is called as it is, and the process ends itself there by SIGKILL, or stops by SIGSTOP.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from marketplace.work.worker import Worker

WARM = ("marketplace.run.cli", "marketplace.run.restoring", "marketplace.run.working", "stripe",
        "marketplace.settlement.stripe.simulator", "tests.faults.working_worker")  # fmt: skip
"""What the server that forks has imported before the first worker begins."""


class Seam(NamedTuple):
    """Where: `module:function`; when: before or after its `nth` call in a thread whose name ends in `room`."""

    where: str
    when: str
    room: str
    nth: int = 1
    how: int = signal.SIGKILL

    def __str__(self) -> str:
        return f"{self.when} {self.where} in {self.room}, no. {self.nth}"


def work(environ: Mapping[str, str], seams: Sequence[Seam], note: str, settings: Mapping[str, Any]) -> None:
    """Be a worker. The seam that comes true is written to the file `note` first. `settings`: `module:NAME` → value,
    and `deaf`: nothing is heard of the log, so that only looking finds what is new.
    """
    logging.disable(logging.CRITICAL)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    for name in [name for name in os.environ if name.startswith(("RELAY_", "SMTP_", "STRIPE_", "DATABASE_", "MIGRATION_"))]:
        del os.environ[name]
    os.environ.update(environ)
    settings = dict(settings)
    if settings.pop("deaf", False):
        Worker._listen = lambda worker: worker._stop.wait()  # type: ignore[assignment, method-assign]
    for where, value in settings.items():
        module, _, name = where.partition(":")
        setattr(importlib.import_module(module), name, value)
    for seam in seams:
        _arm(seam, Path(note))
    from marketplace.run import cli

    cli.work()


def _arm(seam: Seam, note: Path) -> None:
    module, _, path = seam.where.partition(":")
    holder: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for each in outer:
        holder = getattr(holder, each)
    inside: Callable[..., Any] = getattr(holder, name)
    calls = 0

    def passed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        if not threading.current_thread().name.endswith(seam.room):
            return inside(*args, **kwargs)
        calls += 1
        here = calls == seam.nth
        if here and seam.when == "before":
            _end(seam, note)
        result = inside(*args, **kwargs)
        if here and seam.when == "after":
            _end(seam, note)
        return result

    setattr(holder, name, passed)


def _end(seam: Seam, note: Path) -> None:
    half = note.with_suffix(".half")
    half.write_text("\n".join(map(str, (seam.where, seam.when, seam.room, seam.nth))))
    half.rename(note)
    os.kill(os.getpid(), seam.how)
