"""Keeps one PostgreSQL for its users, and stops it by SIGINT when the last of them is gone, however it went.

A file of its own with the standard library alone, run detached by `marketplace.run.postgres`. Every user holds a
shared lock on the file `in-use`; the system drops it when a user ends, even by SIGKILL.

    python -I postgres_keeper.py BASE UID GID POSTGRES ARGUMENT...      (UID and GID are - when we are no root)

Answers the server's process id on standard output.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

LOOK_EVERY_S = 0.25
GIVE_UP_AFTER_S = 60


def main(base: Path, uid: str, gid: str, command: list[str]) -> None:
    """Start the server in its own session and wait until it is no longer needed."""
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    account: dict[str, Any] = {} if uid == "-" else {"user": int(uid), "group": int(gid), "extra_groups": []}
    with (base / "postgres.log").open("ab") as log:
        server = subprocess.Popen(
            command,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **account,
        )
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
        for stream in (0, 1, 2):
            os.dup2(log.fileno(), stream)
    with (base / "lock").open("ab") as lock, (base / "in-use").open("ab") as in_use:
        while server.poll() is None:
            time.sleep(LOOK_EVERY_S)
            if _free(in_use):
                _stop(server, lock, in_use)


def _free(in_use: IO[bytes]) -> bool:
    """Whether nobody uses the server; never keeps the lock, which a newcomer may want this very moment."""
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(in_use, fcntl.LOCK_UN)
    return True


def _stop(server: subprocess.Popen[bytes], lock: IO[bytes], in_use: IO[bytes]) -> None:
    """Stop the server unless someone came in the meantime; newcomers wait at `lock`."""
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        if not _free(in_use):
            return
        server.send_signal(signal.SIGINT)
        try:
            server.wait(GIVE_UP_AFTER_S)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
