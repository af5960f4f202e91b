"""Bytes that no library would send, at a real socket: the server answers or hangs up, stays up, and does nothing it refused."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from random import Random
from time import monotonic
from uuid import uuid4

import httpx
import pytest

from marketplace.run import postgres
from tests.hostile.mutate import bent
from tests.hostile.seeds import Place, Played
from tests.hostile.seeds_live import live
from tests.hostile.seeds_place import Asked

SLOW_ONES = 1_000
PATIENCE_S = 20.0
AT_ONCE_S = 8.0
"""Before the server's own patience with headers is over."""
HANGS_UP_WITHIN_S = 25.0
"""The server gives headers and the beginning of a body ten seconds each."""


@pytest.fixture(scope="module")
def place(server: postgres.Server, played: Played) -> Iterator[Place]:
    """One for all: what is refused changes nothing."""
    with played.copy(server) as place:
        yield place


@pytest.fixture(scope="module")
def port(place: Place) -> Iterator[int]:
    with live(place) as found:
        yield found


def send(port: int, data: bytes, *, hang_up: bool = True) -> bytes:
    """Everything that comes back for these bytes; empty where the server hangs up without a word."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        try:
            line.sendall(data)
            if hang_up: line.shutdown(socket.SHUT_WR)  # the server may then not bother to answer
            while part := line.recv(65_536): found += part
        except TimeoutError:
            raise
        except OSError:  # it hung up, while we were still talking or after its answer
            return found
    return found


def statuses(answer: bytes) -> list[int]:
    """The status of each answer on the line."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def wire(asked: Asked, port: int) -> bytes:
    """The request as it goes over the line, as it is, with the length of its body and an end to the connection."""
    lines = [f"{asked.method} ".encode() + asked.target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in asked.headers if name != b"host"]
    if b"content-length" not in dict(asked.headers): lines.append(b"content-length: %d" % len(asked.body))
    return b"\r\n".join([*lines, b"host: 127.0.0.1:%d" % port, b"connection: close", b"", b""]) + asked.body


def alive(port: int) -> bool:
    return httpx.get(f"http://127.0.0.1:{port}/sign-in", timeout=PATIENCE_S).status_code == 200


def command(place: Place, body: bytes, *headers: bytes, port: int) -> bytes:
    """A command of the hiring company with these bytes as its body and these headers beside the usual ones."""
    usual = [
        b"POST /api/v1/jobs HTTP/1.1", b"host: 127.0.0.1:%d" % port, b"content-type: application/json", b"connection: close",
        b"authorization: Bearer " + place.bearer("hiring").encode(), b"idempotency-key: " + uuid4().hex.encode(),
    ]  # fmt: skip
    return b"\r\n".join([*usual, *headers, b"", b""]) + body


def in_pieces(body: bytes) -> bytes:
    """The body as one piece of a chunked one, and its end."""
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


CHUNKED = b"transfer-encoding: chunked"
SPACES = b" " * 400_000
LYING: dict[str, Callable[[bytes], tuple[list[bytes], bytes]]] = {
    "it goes on after its end": lambda job: ([b"content-length: 5"], job),
    "less than nothing": lambda job: ([b"content-length: -1"], job),
    "beyond all numbers": lambda job: ([b"content-length: 99999999999999999999"], job),
    "two lengths": lambda job: ([b"content-length: 2", b"content-length: %d" % len(job)], job),
    "two lengths, the right one first": lambda job: ([b"content-length: %d" % len(job), b"content-length: 2"], job),
    "pieces of no size": lambda job: ([CHUNKED], b"zz\r\n" + job + b"\r\n0\r\n\r\n"),
    "pieces that are packed": lambda job: ([b"transfer-encoding: gzip, chunked"], in_pieces(job)),
    "pieces twice": lambda job: ([b"transfer-encoding: chunked, chunked"], in_pieces(in_pieces(job))),
    "pieces and something more": lambda job: ([CHUNKED, b"transfer-encoding: x"], in_pieces(job)),
    "larger than it may be": lambda job: ([b"content-length: %d" % (len(job) + len(SPACES))], job + SPACES),
    "larger in pieces": lambda job: ([CHUNKED], in_pieces(job + SPACES)),
}
BREAKS_OFF: dict[str, Callable[[bytes], tuple[list[bytes], bytes]]] = {
    "shorter than it says": lambda job: ([b"content-length: %d" % (len(job) + 900)], job),
    "a piece shorter than it says": lambda job: ([CHUNKED], b"%x\r\n" % (len(job) + 900) + job),
    "no last piece": lambda job: ([CHUNKED], in_pieces(job).removesuffix(b"0\r\n\r\n")),
}
"""Each around a body that would be carried out, were its length an honest one."""


@pytest.fixture(scope="module")
def job(place: Place, played: Played, port: int) -> bytes:
    """A body that is carried out."""
    body = place.asked(played.seeds["POST", "/api/v1/jobs"]).body
    honest = command(place, body, b"content-length: %d" % len(body), port=port)
    assert statuses(send(port, honest, hang_up=False)) == [201]
    return body


@pytest.mark.parametrize("how", [*LYING, *BREAKS_OFF])
def test_a_body_of_another_length_than_it_says_is_never_carried_out(place: Place, port: int, job: bytes, how: str) -> None:
    headers, body = (LYING | BREAKS_OFF)[how](job)
    before = place.house.log.position()
    found = statuses(send(port, command(place, body, *headers, port=port), hang_up=how in BREAKS_OFF))
    assert all(400 <= status < 500 for status in found), found
    assert place.house.log.position() == before
    assert alive(port)


@pytest.mark.parametrize("lengths", [[b"content-length: 47", CHUNKED], [CHUNKED, b"content-length: 47"]])
def test_a_second_request_hidden_in_the_first_ones_body_is_not_read(place: Place, port: int, lengths: list[bytes]) -> None:
    """A body that says its length in two ways is the last that is read on its line."""
    hidden = b"0\r\n\r\nGET /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    kept_open = command(place, hidden, *lengths, port=port).replace(b"connection: close\r\n", b"")
    found = send(port, kept_open, hang_up=False)
    assert 200 not in statuses(found)
    assert b"<form" not in found


REFUSED: tuple[list[int], ...] = ([], [400], [431])
"""An answer may be lost where the server hangs up on somebody who still talks."""
READ: tuple[list[int], ...] = ([200],)


@pytest.mark.parametrize(
    ("headers", "answers"),
    [
        (b"".join(b"x-%d: y\r\n" % n for n in range(100_000)), REFUSED),
        (b"cookie: " + b"a=b; " * 1_000_000 + b"\r\n", REFUSED), (b"x: " + b"y" * 8_000_000 + b"\r\n", REFUSED),
        (b"x: " + b"y" * 200_000 + b"\r\n", REFUSED), (b"no colon at all\r\n", REFUSED), (b": empty\r\n", REFUSED),
        (b"x\x00y: z\r\n", REFUSED), (b" folded: x\r\n", REFUSED), (b"host: a\r\nhost: b\r\n", REFUSED),
        (b"cookie: relay-session=" + b"x" * 60_000 + b"\r\n", READ), (b"cookie: relay-session=x\r\n" * 90, READ),
        (b"x: \xff\xfe\r\n", READ),
    ],
    ids=["100,000 headers", "5 MB cookie", "8 MB header", "200 kB header", "no colon", "no name", "NUL", "fold", "hosts",
         "60 kB cookie", "90 cookies", "bytes"],
)  # fmt: skip
def test_headers_of_absurd_number_and_size_are_refused_or_cut_off_at_once(
    port: int, headers: bytes, answers: tuple[list[int], ...]
) -> None:
    began = monotonic()
    asked = b"GET /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n" + headers + b"\r\n"
    found = statuses(send(port, asked, hang_up=False))
    assert monotonic() - began < AT_ONCE_S
    assert found in answers
    assert alive(port)


def slow_starts(place: Place, port: int) -> list[bytes]:
    """What somebody may send and then fall silent: nothing, half a header, half a body, a whole request."""
    whole = b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n"
    return [b"", b"GET /sign-in HTTP/1.1\r\nhost: x\r\nx-slow", command(place, b"{", b"content-length: 100", port=port), whole]


def test_a_thousand_who_never_finish_their_headers_or_bodies_keep_nobody_else_waiting(place: Place, port: int) -> None:
    starts = slow_starts(place, port)[:3]
    lines = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) for _ in range(SLOW_ONES)]
    try:
        for n, line in enumerate(lines): line.sendall(starts[n % len(starts)])
        took = []
        for _ in range(10):
            at = monotonic()
            assert alive(port)
            took.append(monotonic() - at)
        assert max(took) < AT_ONCE_S
    finally:
        for line in lines: line.close()
    assert alive(port)


def test_who_falls_silent_is_hung_up_on_after_seconds(place: Place, port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=HANGS_UP_WITHIN_S) for _ in range(4)]
    began, found = monotonic(), []
    for line, start in zip(lines, slow_starts(place, port), strict=True): line.sendall(start)
    for line in lines:
        with line:
            said = b""
            while part := line.recv(65_536): said += part
            found.append(statuses(said))
    assert monotonic() - began < HANGS_UP_WITHIN_S
    assert all(each in ([], [408]) for each in found[:2]), "it may say so, or not"
    assert found[2:] == [[408], [200]]


def test_a_body_that_comes_byte_by_byte_is_not_waited_for(place: Place, port: int) -> None:
    before, began, found = place.house.log.position(), monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=0.2) as line:
        line.sendall(command(place, b"{", b"content-length: 100000", port=port))
        while monotonic() - began < HANGS_UP_WITHIN_S:
            try:
                line.sendall(b" ")
                if (part := line.recv(65_536)) == b"": break
                found += part
            except TimeoutError:
                continue
            except OSError:
                break
    assert monotonic() - began < HANGS_UP_WITHIN_S
    assert statuses(found) == [408]
    assert b'"code":"request-too-slow"' in found
    assert place.house.log.position() == before


def test_bent_requests_over_the_wire_get_an_answer_or_a_closed_line_and_never_a_5xx(
    place: Place, port: int, played: Played
) -> None:
    random, wrong, answered = Random(20270405), [], 0
    for n, seed in enumerate(played.seeds.values()):
        what, asked = bent(place.asked(seed), random)
        if asked.method in {"CONNECT", "get"} or b"expect" in dict(asked.headers) or b"upgrade" in dict(asked.headers): continue
        unclear = not {b"content-length", b"transfer-encoding"}.isdisjoint(dict(asked.headers))
        found = statuses(send(port, wire(asked, port), hang_up=unclear))
        answered += len(found)
        if len(found) > 1 or any(status >= 500 for status in found): wrong.append(f"{n}: {what} at {asked} -> {found}")
        if 401 in found: place.forget(seed.who)
    assert wrong == []
    assert answered > 150
    assert alive(port)
