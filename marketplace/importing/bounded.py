"""What strangers made is read where it can do no harm: beyond a small text, in a process with bounded memory and time.

Twenty megabytes of `{}` become gigabytes of objects, a sheet may name a cell in its last corner: such a file ends the
process that reads it, not the one that serves everybody. A few are read at once, the others are asked to wait.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import traceback
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from domain.refusal import Refused
from marketplace.importing import check
from marketplace.importing.reading import Reading, Retention

READ_HERE_BYTES: Final = 64 * 1024
"""A plain text of this size cannot ask for much; an archive can, whatever its size."""
MEMORY_LIMIT_BYTES: Final = 512 * 1024**2
CPU_LIMIT_SECONDS: Final = 60
PATIENCE_SECONDS: Final = 90
AT_ONCE: Final = 2
TURN_WITHIN_SECONDS: Final = 20

_OUT_OF_MEMORY: Final = 3
_ROOT: Final = str(Path(__file__).parents[2])
_START: Final = "import sys; sys.path.insert(0, sys.argv[1]); from marketplace.importing import bounded; bounded.main()"
_turns = threading.BoundedSemaphore(AT_ONCE)


class ReaderFailed(Exception):  # a defect of ours
    """The reading process ended as none of its files should make it; the message holds its stack, and no values."""


class _Asked(msgspec.Struct, frozen=True):
    data: bytes
    filename: str
    today: date
    retention: Retention | None


class _Said(msgspec.Struct, frozen=True):
    reading: Reading | None = None
    code: str = ""
    values: dict[str, str | int] = {}


def read(data: bytes, filename: str, *, today: date, retention: Retention | None) -> Reading:
    """As `check.read`, within bounds. Raises Refused also for what takes too much, and while too many are being read."""
    if len(data) <= READ_HERE_BYTES and not data.startswith(b"PK"):
        return check.read(data, filename, today=today, retention=retention)
    if not _turns.acquire(timeout=TURN_WITHIN_SECONDS):
        raise Refused("imports-busy")
    try:
        said = _read_apart(_Asked(data, filename, today, retention))
    finally:
        _turns.release()
    if said.reading is None:
        raise Refused(said.code, **said.values)
    return said.reading


def _read_apart(asked: _Asked) -> _Said:
    try:
        done = subprocess.run(  # noqa: S603  our own code under our own interpreter; the file comes by stdin only
            [sys.executable, "-I", "-c", _START, _ROOT],
            input=msgspec.msgpack.encode(asked),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("file-takes-too-much") from None
    if done.returncode == 0:
        return msgspec.msgpack.decode(done.stdout, type=_Said)
    if done.returncode < 0 or done.returncode == _OUT_OF_MEMORY:
        raise Refused("file-takes-too-much")
    raise ReaderFailed(done.stderr.decode("utf-8", "replace")[-4_000:])


def main() -> None:
    """The process: the file on stdin, what it came to on stdout. Out of memory it ends with a code of its own."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    try:
        said = msgspec.msgpack.encode(_answer(sys.stdin.buffer.read()))
    except MemoryError:
        sys.exit(_OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  its text may quote the file, so only where it happened is told
        sys.stderr.write("".join((*traceback.format_tb(error.__traceback__), type(error).__name__)))
        sys.exit(1)
    sys.stdout.buffer.write(said)


def _answer(sent: bytes) -> _Said:
    asked = msgspec.msgpack.decode(sent, type=_Asked)
    try:
        return _Said(check.read(asked.data, asked.filename, today=asked.today, retention=asked.retention))
    except Refused as refused:
        limits = {name: value for name, value in refused.values.items() if isinstance(value, str | int)}
        return _Said(code=refused.code, values=limits)
