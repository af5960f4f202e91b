"""`relay serve`: what dies is started again, whatever it was, and nothing of it is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.run import postgres, supervise

WITHIN_S = 20.0
PARENT = (
    "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); p.wait()"
)


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > deadline: return False
    return True


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def a_part_with_a_child() -> tuple[supervise.Child, int]:
    process = subprocess.Popen([sys.executable, "-c", PARENT], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as said:
        return supervise.Child("web", process, time.monotonic()), int(said.readline())


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_a_part_that_dies_leaves_no_child_that_would_go_on_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    part, grandchild = a_part_with_a_child()
    again: list[str] = []

    def start(name: str, _environ: object) -> supervise.Child:
        again.append(name)
        return a_part_with_a_child()[0]

    monkeypatch.setattr(supervise, "start", start)
    children = [part]
    os.kill(part.process.pid, signal.SIGKILL)
    supervise.watch(children, {}, until=lambda: bool(again))
    assert again == ["web"]
    assert eventually(lambda: not lives(grandchild))
    supervise.stop(children)


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    folder = Path(tempfile.mkdtemp(prefix="relay-test-"))
    folder.chmod(0o755)
    with postgres.start(folder / "data", durable=False) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


def test_a_database_of_ours_that_was_killed_is_started_again(server: postgres.Server) -> None:
    assert server.base is not None
    pid = int((server.base / "cluster" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    asked: list[int] = []

    def tend() -> None:
        asked.append(1)
        server.revive()

    def answers() -> bool:
        try:
            with psycopg.connect(server.superuser_url) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    supervise.watch([], {}, until=lambda: bool(asked) and answers(), tend=tend)
    assert answers()
