"""The clients of `relay bench http`: what comes back is counted as it came, and nothing that went wrong is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from marketplace.run.bench.load import Asked, Plan, Tally, drive
from marketplace.run.bench.table import Strayed

ASKED = Asked("POST", "/there", {"Idempotency-Key": "{key}", "Accept": "text/html"}, "本文")
WELL = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n"


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    """A server that answers each request with such bytes; it hangs up where there are none."""
    ready, ports = Event(), []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                sent = answer(head + await reader.readexactly(length))
                writer.write(sent)
                await writer.drain()
                if not sent:
                    break
        except (EOFError, OSError):
            pass
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ended = asyncio.Event()
        ending.append(lambda: loop.call_soon_threadsafe(ended.set))
        ready.set()
        await ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    ending: list[Callable[[], object]] = []
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    try:
        yield ports[0]
    finally:
        ending[0]()
        thread.join()
        loop.close()


def sent_to(port: int, *, clients: int = 2, seconds: float = 0.2) -> Tally:
    return drive(Plan("127.0.0.1", port, seconds, [[ASKED]] * clients))


def test_every_answer_is_counted_with_its_time_and_each_request_has_a_key_of_its_own() -> None:
    heard: list[bytes] = []

    def answer(request: bytes) -> bytes:
        heard.append(request)
        return WELL

    with answering(answer) as port:
        tally = sent_to(port)
    assert tally.statuses == {200: len(heard)}
    assert len(tally.milliseconds) == len(heard) > 2
    assert (tally.errors, tally.failures) == (0, {})
    assert tally.per_second == pytest.approx(len(heard) / tally.seconds)
    keys = {request.partition(b"Idempotency-Key: ")[2].split(b"\r\n")[0] for request in heard}
    assert len(keys) == len(heard)
    assert {len(key) for key in keys} == {36}
    assert heard[0].startswith(b"POST /there HTTP/1.1\r\n")
    assert b"Content-Length: 6\r\n" in heard[0]
    assert heard[0].endswith(b"\r\n\r\n" + "本文".encode())


def test_an_answer_in_chunks_is_read_to_its_end() -> None:
    with answering(lambda _: CHUNKED) as port:
        tally = sent_to(port, clients=1)
    assert set(tally.statuses) == {201}
    assert tally.statuses[201] > 1
    assert tally.errors == 0


@pytest.mark.parametrize("status", [303, 404, 429, 500, 503])
def test_whatever_is_not_answered_well_is_an_error(status: int) -> None:
    with answering(lambda _: b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status) as port:
        tally = sent_to(port, clients=1, seconds=0.05)
    assert tally.errors == tally.statuses[status] > 0


def test_a_server_that_hangs_up_is_an_error_each_time() -> None:
    heard: list[bytes] = []

    def answer(request: bytes) -> bytes:
        heard.append(request)
        return b""

    with answering(answer) as port:
        tally = sent_to(port, clients=1)
    assert tally.errors == sum(tally.failures.values()) == len(heard) > 1
    assert tally.statuses == {}


def test_where_nobody_listens_is_an_error() -> None:
    with answering(lambda _: WELL) as port:
        pass
    tally = sent_to(port, clients=1)
    assert set(tally.failures) == {"ConnectionRefusedError"}
    assert tally.errors > 0


def test_clients_that_cannot_begin_end_the_bench() -> None:
    with answering(lambda _: WELL) as port, pytest.raises(Strayed, match="the clients ended"):
        drive(Plan("127.0.0.1", port, 0.1, [[]]))
