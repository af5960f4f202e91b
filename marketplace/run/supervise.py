"""`relay serve`: the database, the web and a worker on one machine; what dies is started again, what is stopped stops all."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType

import msgspec

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
    process = subprocess.Popen(command(name), env={**os.environ, **environ}, start_new_session=True)
    return Child(name, process, time.monotonic())


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


def watch(children: list[Child], environ: Mapping[str, str], *, until: Callable[[], bool]) -> None:
    """Start again what died, later each time it dies at once, until it is time to stop."""
    while not until():
        now = time.monotonic()
        for n, child in enumerate(children):
            if child.process.poll() is None:
                if now - child.started > CALM_SECONDS:
                    child.wait = FIRST_WAIT_SECONDS
                continue
            if child.again_at is None:
                logger.warning(
                    "%s ended with %s; starting again in %.1f s", child.name, child.process.returncode, child.wait
                )
                child.again_at = now + child.wait
            elif now >= child.again_at:
                fresh = start(child.name, environ)
                fresh.wait = min(child.wait * 2, LONGEST_WAIT_SECONDS)
                children[n] = fresh
        time.sleep(POLL_SECONDS)


def serve(names: tuple[str, ...], environ: Mapping[str, str]) -> None:
    """Run the parts until SIGINT or SIGTERM."""
    stopping = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)
    children = [start(name, environ) for name in names]
    try:
        watch(children, environ, until=lambda: stopping)
    finally:
        stop(children)
