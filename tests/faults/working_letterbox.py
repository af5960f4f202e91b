"""A mail server on loopback that keeps what it was given, and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

STARTED_S = 10.0


@dataclass(frozen=True)
class Letter:
    """One mail that was taken."""

    id: str
    to: str
    subject: str
    text: str


@dataclass
class Letterbox:
    """What was taken, and how the server behaves from now on.

    `refused`: addresses that get 550. `cuts_first`: the first copy of each mail is kept and the line cut before the answer.
    `slow_s`: it thinks so long before it answers a recipient. `pausing`: called with an address before it is answered.
    """

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    cuts_first: bool = False
    slow_s: float = 0.0
    pausing: Callable[[str], None] | None = None
    knocks: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Letter]:
        return [each for each in self.letters if each.to == address]

    def copies(self) -> Counter[str]:
        """Message-ID → how many mails with it were taken."""
        return Counter(each.id for each in self.letters)

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.knocks += 1
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        if self.pausing is not None:
            await asyncio.to_thread(self.pausing, address)
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        mail = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        text = "" if body is None else str(body.get_content())
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        is_first = key not in self.copies()
        self.letters += [Letter(key, to, str(mail["Subject"]), text) for to in envelope.rcpt_tos]
        if self.cuts_first and is_first:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 kept"


@contextmanager
def listening(port: int = 0) -> Iterator[Letterbox]:
    """A letterbox on a free port, or on this one, for as long as the block lasts."""
    box, loop, started = Letterbox(), asyncio.new_event_loop(), threading.Event()
    protocols: set[Any] = set()

    def talk() -> asyncio.BaseProtocol:
        spoken: asyncio.BaseProtocol = SMTP(box, hostname="letterbox.localhost", loop=loop)
        protocols.add(spoken)
        return spoken

    def run() -> None:
        server = loop.run_until_complete(loop.create_server(talk, "127.0.0.1", port))
        box.port = server.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(_hang_up(protocols))
        loop.close()

    thread = threading.Thread(target=run, name="letterbox", daemon=True)
    thread.start()
    assert started.wait(STARTED_S)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _hang_up(protocols: set[Any]) -> None:
    """End the conversations that are still open."""
    for spoken in protocols:
        if spoken.transport is not None:
            spoken.transport.abort()
    talking = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await asyncio.sleep(0)


def eventually(holds: Callable[[], object], within_s: float = 30.0) -> bool:
    """Does it come to hold in time? Looks again and again; nothing is assumed about how long things take."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
