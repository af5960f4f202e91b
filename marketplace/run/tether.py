"""A part of `relay serve` that notices when whoever started it is gone, however it went, and stops with it.

    python -m marketplace.run.tether FD COMMAND...

FD is the reading end of a pipe on which nothing is ever written; the other end is held by whoever started us alone, and
the system closes it when that process ends, even by SIGKILL.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

PATIENCE_SECONDS = 15.0


def watch(tether: int) -> None:
    """Wait for the end of the pipe, then stop as on SIGTERM, and insist after a while."""
    while os.read(tether, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def main() -> None:
    """Run one command of `relay` for as long as the tether holds."""
    tether, *words = sys.argv[1:]
    threading.Thread(target=watch, args=(int(tether),), name="relay-tether", daemon=True).start()
    sys.argv = ["relay", *words]
    from marketplace.run import cli  # noqa: PLC0415  whoever started us may be gone before this is imported

    cli.main()


if __name__ == "__main__":
    main()
