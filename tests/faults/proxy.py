"""A small TCP proxy in front of PostgreSQL that cuts, halves, holds or slows what passes.

    with proxied(ground) as proxy:
        log = open_log(proxy.url(database.app_url))
        proxy.plan(Fault.AFTER)         # the next request is carried out, and its answer never arrives
        proxy.chance(0.1, seed=1)       # from now on every tenth request meets some fault
        proxy.plan(Fault.HOLD); ...; proxy.held.wait(10)     # carried out, the answer kept back, nothing is cut
        proxy.calm()                    # no more faults; `proxy.done` counts those that happened

A fault meets a *request*: what a client sends on a connection that has signed in. Nothing is known of SQL here, so the
tests do not depend on how the store asks.
"""

from __future__ import annotations

import asyncio
import random
import struct
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.faults.cluster import Ground

ENCRYPTION_REQUESTS = {80877103, 80877104}
LATE_S = 0.2
ANSWER_WITHIN_S = 5.0


class Fault(StrEnum):
    """What may happen to a request."""

    BEFORE = "cut before the server hears of it"
    HALF = "half of it arrives, then the line is cut"
    AFTER = "carried out, and cut before the answer arrives"
    PART = "carried out, and cut within the answer"
    LATE = "200 ms late"
    TRICKLE = "a few bytes at a time"
    HOLD = "carried out, the answer kept back until the client goes"


AT_RANDOM = (Fault.BEFORE, Fault.HALF, Fault.AFTER, Fault.AFTER, Fault.PART, Fault.LATE, Fault.TRICKLE)


class Answers:
    """Counts the answers in what a server sends: each ends with ReadyForQuery."""

    def __init__(self) -> None:
        self.ended = 0
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take in what came."""
        self._rest += data
        while len(self._rest) >= 5:
            kind, length = self._rest[:1], struct.unpack("!I", self._rest[1:5])[0]
            if len(self._rest) < length + 1: break
            self._rest = self._rest[length + 1 :]
            self.ended += kind == b"Z"


class Proxy:
    """Listens on loopback and speaks to the server's socket. Its loop runs in a thread of its own."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._planned: deque[Fault] = deque()
        self._chance = 0.0
        self._rng = random.Random(0)
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self.port = 0
        self.done: Counter[Fault] = Counter()
        self.held = threading.Event()

    def url(self, url: str) -> str:
        """The same address by way of this proxy."""
        parts = {key: value for key, value in conninfo_to_dict(url).items() if key not in {"host", "port"}}
        return make_conninfo("", **parts, host="127.0.0.1", port=self.port)

    def plan(self, *faults: Fault) -> None:
        """These meet the next requests, one each."""
        self._planned.extend(faults)

    def chance(self, part: float, *, seed: int) -> None:
        """From now on that part of all requests meets some fault."""
        self._rng, self._chance = random.Random(seed), part

    def calm(self) -> None:
        """No more faults."""
        self._chance = 0.0
        self._planned.clear()

    def cut(self) -> None:
        """Cut every connection at this moment."""
        for writer in list(self._open):
            self._loop.call_soon_threadsafe(writer.transport.abort)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Cut everything and end."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._client, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _choose(self) -> Fault | None:
        if self._planned:
            fault: Fault | None = self._planned.popleft()
        else:
            fault = self._rng.choice(AT_RANDOM) if self._rng.random() < self._chance else None
        if fault is not None:
            self.done[fault] += 1
        return fault

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(up_writer)
        try:
            await self._begin(reader, writer, up_writer)
            await _Line(self, reader, writer, up_reader, up_writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # cancelled only by `stop`, after which there is nothing to go on with
        finally:
            for each in (writer, up_writer):
                each.transport.abort()
                self._open.discard(each)

    @staticmethod
    async def _begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: asyncio.StreamWriter) -> None:
        """The first packet; a wish for encryption is refused, as the server refuses it on its socket."""
        while True:
            head = await reader.readexactly(8)
            length, code = struct.unpack("!II", head)
            if code in ENCRYPTION_REQUESTS:
                writer.write(b"N")
                continue
            up.write(head + await reader.readexactly(length - 8))
            return


class _Line:
    """One client's connection."""

    def __init__(
        self,
        proxy: Proxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._reader, self._writer = reader, writer
        self._up_reader, self._up_writer = up_reader, up_writer
        self._answers = Answers()
        self._fault: Fault | None = None
        self._came = asyncio.Event()

    async def run(self) -> None:
        """Until either side ends."""
        sides = [asyncio.ensure_future(self._requests()), asyncio.ensure_future(self._responses())]
        _done, rest = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        for side in rest:
            side.cancel()
        await asyncio.gather(*sides, return_exceptions=True)

    async def _requests(self) -> None:
        while data := await self._reader.read(65536):
            signed_in = self._answers.ended > 0
            if data[:1] == b"X" or not signed_in:  # a farewell is no request
                self._up_writer.write(data)
                continue
            self._fault = fault = self._proxy._choose()
            match fault:
                case Fault.BEFORE:
                    return
                case Fault.HALF:
                    self._up_writer.write(data[: len(data) // 2])
                    await self._up_writer.drain()
                    return
                case Fault.LATE:
                    await asyncio.sleep(LATE_S)
                    self._up_writer.write(data)
                case Fault.TRICKLE:
                    await self._trickle(data)
                case Fault.AFTER | Fault.PART | Fault.HOLD:
                    if not await self._carried_out(data): return
                case _:
                    self._up_writer.write(data)
            await self._up_writer.drain()

    async def _trickle(self, data: bytes) -> None:
        step = max(1, len(data) // 20)
        for start in range(0, len(data), step):
            self._up_writer.write(data[start : start + step])
            await self._up_writer.drain()
            await asyncio.sleep(0.002)

    async def _carried_out(self, data: bytes) -> bool:
        """Hand the request over and wait until the server has answered it; False: cut now."""
        seen = self._answers.ended
        self._came.clear()
        self._up_writer.write(data)
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while self._answers.ended == seen:
                    await self._came.wait()
                    self._came.clear()
        if self._fault is not Fault.HOLD:
            return False
        self._proxy.held.set()
        return True

    async def _responses(self) -> None:
        while data := await self._up_reader.read(65536):
            self._answers.feed(data)
            match self._fault:
                case Fault.AFTER | Fault.HOLD:
                    pass
                case Fault.PART:
                    self._writer.write(data[: len(data) // 2])
                    self._fault = Fault.AFTER
                case _:
                    self._writer.write(data)
            self._came.set()
            with suppress(ConnectionError):
                await self._writer.drain()


@contextmanager
def proxied(ground: Ground) -> Iterator[Proxy]:
    """A proxy before the ground's server."""
    host = str(conninfo_to_dict(ground.server.superuser_url)["host"])
    proxy = Proxy(f"{host}/.s.PGSQL.5432")
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
