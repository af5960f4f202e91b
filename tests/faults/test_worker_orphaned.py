"""Whoever supervises may be killed like anybody else: then nothing goes on serving or working unseen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Database
from tests.faults.working_letterbox import eventually

HANGS = """
import signal, sys, threading, time
from marketplace.run import tether
tether.PATIENCE_SECONDS = 0.2
if sys.argv[2] == "deaf": signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Thread(target=tether.watch, args=(int(sys.argv[1]),), daemon=True).start()
print("hangs", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("kind", "ends_by"), [("polite", signal.SIGTERM), ("deaf", signal.SIGKILL)])
def test_a_part_ends_with_the_tether_it_hangs_on(kind: str, ends_by: int) -> None:
    theirs, ours = os.pipe()
    words = [sys.executable, "-c", HANGS, str(theirs), kind]
    with subprocess.Popen(words, pass_fds=(theirs,), stdout=subprocess.PIPE, start_new_session=True) as part:
        os.close(theirs)
        assert part.stdout is not None
        assert part.stdout.readline() == b"hangs\n"
        assert part.poll() is None
        os.close(ours)
        assert part.wait(30) == -ends_by


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[int, str]]:
    """The process of a `relay serve` that answers, and its site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    environ = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONPATH"}},
        "DATABASE_URL": database.app_url,
        "RELAY_DATA": str(tmp_path),
        "RELAY_PORT": str(port),
        "RELAY_PUBLIC_URL": site,
    }
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.run.cli", "serve"], env=environ, stdout=log, stderr=log
        )
    try:
        assert eventually(lambda: answers(site), 60), (tmp_path / "serve.log").read_text()
        assert eventually(lambda: "worker ready" in (tmp_path / "serve.log").read_text(), 60)
        yield process.pid, site
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def answers(site: str) -> bool:
    try:
        return httpx.get(f"{site}/api/v1/openapi.json", timeout=5).is_success
    except httpx.TransportError:
        return False


def below(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    try:
        children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [*children, *(each for child in children for each in below(child))]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.heavy
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
def test_web_and_worker_stop_when_whoever_started_them_was_killed(served: tuple[int, str]) -> None:
    pid, site = served
    parts = below(pid)
    assert len(parts) >= 2
    os.kill(pid, signal.SIGKILL)
    gone = eventually(lambda: not any(map(lives, parts)), 30)
    for part in filter(lives, parts):
        os.kill(part, signal.SIGKILL)
    assert gone, "web or worker went on without anybody"
    assert not answers(site)
