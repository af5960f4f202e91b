"""Many clients at once: a process of its own that sends prepared requests as fast as they are answered, and counts.

Run as a process: `python -m marketplace.run.bench.load`, with a `Plan` on standard input; a `Tally` comes back. A client is
one connection that is kept and has one request under way; nothing but status and length of an answer is looked at.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from uuid import uuid4

import msgspec

from marketplace.run.bench.table import Strayed

KEY = "{key}"
"""Stands in a header for a key of its own each time the request is sent."""
ANSWER_SECONDS = 60.0
END_OF_HEAD = b"\r\n\r\n"


class Asked(msgspec.Struct, frozen=True):
    """One request as it is sent over and over."""

    method: str
    target: str
    headers: dict[str, str]
    body: str = ""


class Plan(msgspec.Struct, frozen=True):
    """Where to, for how long, and what each client asks, in turns."""

    host: str
    port: int
    seconds: float
    clients: Sequence[Sequence[Asked]]


class Tally(msgspec.Struct, frozen=True):
    """What came back: how long it took in all, each answer's milliseconds, how many of which status, and what went wrong."""

    seconds: float
    milliseconds: list[float]
    statuses: dict[int, int]
    failures: dict[str, int]

    @property
    def errors(self) -> int:
        """Answers that were none of 2xx, and requests without an answer."""
        unwell = sum(count for status, count in self.statuses.items() if not 200 <= status < 300)  # noqa: PLR2004
        return unwell + sum(self.failures.values())

    @property
    def per_second(self) -> float:
        """Answers a second, by all clients."""
        return len(self.milliseconds) / self.seconds


def drive(plan: Plan) -> Tally:
    """Have a process of its own carry out the plan. Raises Strayed if it could not."""
    done = subprocess.run(
        [sys.executable, "-m", "marketplace.run.bench.load"],
        input=msgspec.json.encode(plan),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Strayed(f"the clients ended: {done.stderr.decode(errors='replace')[-2_000:]}")
    return msgspec.json.decode(done.stdout, type=Tally)


class _Count:
    """What all clients of this process add to."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.failures: Counter[str] = Counter()


async def carry_out(plan: Plan) -> Tally:
    """All clients at once, until the time is over and every answer is there."""
    count, begun = _Count(), time.perf_counter()
    deadline = begun + plan.seconds
    await asyncio.gather(*(_client(plan, asked, deadline, count) for asked in plan.clients))
    took = time.perf_counter() - begun
    return Tally(took, count.milliseconds, dict(count.statuses), dict(count.failures))


async def _client(plan: Plan, asked: Sequence[Asked], deadline: float, count: _Count) -> None:
    """One client; a connection that breaks is one failure, and a new one is opened."""
    prepared = cycle([_prepared(plan, each) for each in asked])
    while time.perf_counter() < deadline:
        try:
            reader, writer = await asyncio.open_connection(plan.host, plan.port)
        except OSError as error:
            count.failures[type(error).__name__] += 1
            await asyncio.sleep(0.05)
            continue
        try:
            await _talk(reader, writer, prepared, deadline, count)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            count.failures[type(error).__name__] += 1
        finally:
            writer.close()


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    prepared: cycle[list[bytes]],
    deadline: float,
    count: _Count,
) -> None:
    while (begun := time.perf_counter()) < deadline:
        writer.write(str(uuid4()).encode().join(next(prepared)))
        async with asyncio.timeout(ANSWER_SECONDS):
            status = await _answer(reader)
        count.milliseconds.append((time.perf_counter() - begun) * 1000)
        count.statuses[status] += 1


def _prepared(plan: Plan, asked: Asked) -> list[bytes]:
    """The request's bytes, cut where the key belongs."""
    body = asked.body.encode()
    lines = [f"{asked.method} {asked.target} HTTP/1.1", f"Host: {plan.host}:{plan.port}", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in asked.headers.items())])
    return [*head.encode().split(KEY.encode())[:-1], head.encode().split(KEY.encode())[-1] + END_OF_HEAD + body]


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status. Raises ValueError for what is no answer."""
    head = await reader.readuntil(END_OF_HEAD)
    status = int(head[9:12])
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in head.split(b"\r\n"))}
    if fields.get(b"transfer-encoding") == b"chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif length := int(fields.get(b"content-length", b"0")):
        await reader.readexactly(length)
    return status


def main() -> None:
    """Carry out the plan that comes in."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(carry_out(plan))))


if __name__ == "__main__":
    main()
