"""`relay serve`: the database, the web and a worker on one machine; what dies is started again, what is stopped stops all.

The parts hang on a tether: if this process is killed, they notice and stop too, and nobody serves or works unseen.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from types import FrameType

import msgspec
import psycopg

from marketplace.run.postgres_binaries import PostgresUnavailable

PATIENCE_SECONDS = 15.0
POLL_SECONDS = 0.1
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
CALM_SECONDS = 60.0

logger = logging.getLogger(__name__)


class Child(msgspec.Struct):
    """One process of ours, when it was started, and how long it waits before it is started again."""

    name: str
    process: subprocess.Popen[bytes]
    started: float
    wait: float = FIRST_WAIT_SECONDS
    again_at: float | None = None


def command(name: str) -> list[str]:
    """How a part of the relay is started."""
    return [sys.executable, "-m", "marketplace.run.cli", name]


def start(name: str, environ: Mapping[str, str]) -> Child:
    """Start a part in a process group of its own, so that a Ctrl-C reaches it only through us."""
    held = tether()
    words = [sys.executable, "-m", "marketplace.run.tether", str(held), name]
    process = subprocess.Popen(words, env={**os.environ, **environ}, start_new_session=True, pass_fds=(held,))
    return Child(name, process, time.monotonic())


@cache
def tether() -> int:
    """The end of a pipe that the parts are given; the other end stays with this process and goes with it."""
    theirs, _ours = os.pipe()
    return theirs


def sweep(child: Child) -> None:
    """End what a part that died has left: its own children would go on serving beside the new one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)


def stop(children: list[Child]) -> None:
    """Ask every part to finish, and insist after a while."""
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        sweep(child)


def nothing() -> None:
    """There is no database of ours to tend."""


def watch(
    children: list[Child],
    environ: Mapping[str, str],
    *,
    until: Callable[[], bool],
    tend: Callable[[], None] = nothing,
) -> None:
    """Start again what died, later each time it dies at once, until it is time to stop; `tend` sees to the database."""
    while not until():
        now = time.monotonic()
        _attempt(tend)
        for n, child in enumerate(children):
            if child.process.poll() is None:
                if now - child.started > CALM_SECONDS:
                    child.wait = FIRST_WAIT_SECONDS
                continue
            if child.again_at is None:
                logger.warning(
                    "%s ended with %s; starting again in %.1f s", child.name, child.process.returncode, child.wait
                )
                sweep(child)
                child.again_at = now + child.wait
            elif now >= child.again_at:
                fresh = start(child.name, environ)
                fresh.wait = min(child.wait * 2, LONGEST_WAIT_SECONDS)
                children[n] = fresh
        time.sleep(POLL_SECONDS)


def _attempt(tend: Callable[[], None]) -> None:
    try:
        tend()
    except (PostgresUnavailable, psycopg.Error) as away:
        logger.warning("the database is down: %s", away)
        time.sleep(FIRST_WAIT_SECONDS)


def serve(names: tuple[str, ...], environ: Mapping[str, str], tend: Callable[[], None] = nothing) -> None:
    """Run the parts until SIGINT or SIGTERM."""
    stopping = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)
    children = [start(name, environ) for name in names]
    try:
        watch(children, environ, until=lambda: stopping, tend=tend)
    finally:
        stop(children)
