"""A place to knock at: the real house, worker and simulator, reached byte for byte without a socket in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlencode
from uuid import UUID, uuid4

import psycopg

from api import csrf
from api.session import begin
from api.visit import held
from domain.ids import CandidateId, CompanyId, JobId
from marketplace import clock
from marketplace.links import Kind
from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.settings import load
from marketplace.run.wiring import House, open_house
from marketplace.run.working import open_worker
from marketplace.settlement.stripe.simulator import Endpoints, World
from marketplace.work.worker import Worker
from tests.api.doors import door
from tests.api.v1.introductions.town import Places, Town
from tests.hostile.seeds_near import near

SITE = "http://127.0.0.1:8000"
TOKEN = "@TOKEN@"
"""Stands in a seed for a token that is minted afresh each time the seed is sent."""

Handler = tuple[str, str]
"""Method and path as the route table formats it: `("POST", "/api/v1/jobs/{job}/closing")`."""
Headers = tuple[tuple[bytes, bytes], ...]
Mint = Callable[["Place"], str]

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A request as its bytes; `target` is the path and query of the request line."""

    method: str
    target: bytes
    headers: Headers
    body: bytes

    def with_header(self, name: str, value: bytes | None) -> Asked:
        """The same with this header, once; None: without it."""
        key = name.lower().encode()
        kept = tuple(each for each in self.headers if each[0] != key)
        return replace(self, headers=kept if value is None else (*kept, (key, value)))

    def __str__(self) -> str:
        return f"{self.method} {self.target[:300]!r} {self.headers} {len(self.body)} bytes: {self.body[:400]!r}"


@dataclass(frozen=True)
class Answer:
    """What came back, by which handler, after how long."""

    status: int
    headers: dict[str, str]
    body: bytes
    handler: Handler | None
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Seed:
    """A valid request of one handler: who sent it, with what, and how it was answered when it was due."""

    handler: Handler
    who: str
    path: str
    """Concrete; may hold TOKEN."""
    door: str
    """The door of the route's rule: asset, page, form, query, command, webhook."""
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    """What a command sends as JSON; bytes are sent as they are."""
    fields: tuple[tuple[str, str], ...] = ()
    """A form's fields but for `csrf` and `key`, which are made when it is sent."""
    file: tuple[str, bytes] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    mint: Mint | None = field(default=None, compare=False)
    status: int = 0


class AtRest:
    """A worker that leaves everything for later."""

    def drain(self) -> None:
        return


@dataclass
class Place:
    """Where seeds are sent. `people` has kind and id of each name; `ids` what the play made, by its name."""

    house: House
    worker: Worker
    app: Any
    owner_url: str
    world: World
    runner: Apart
    people: dict[str, tuple[Kind, UUID]] = field(default_factory=dict)
    companies: dict[str, CompanyId] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    """Credentials that are no session: an API key, a share link."""
    _tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _peers: Iterator[int] = field(default_factory=count)
    _nonce: str = "n" * 43

    # -- knocking --------------------------------------------------------------------------------------------------

    def call(self, asked: Asked, *, peer: str | None = None) -> Answer:
        """Send the bytes. Each request comes from an address of its own (rate limits), unless `peer` says which."""
        return self.runner.run(self._call(asked, peer or self._peer()))

    def asked(self, seed: Seed, who: str | None = None) -> Asked:
        """The seed as bytes, sent by its own sender or by another, with a fresh key, token and CSRF token."""
        sender = seed.who if who is None else who
        minted = seed.mint(self) if seed.mint else TOKEN
        path = seed.path.replace(TOKEN, minted) + (f"?{urlencode(seed.query)}" if seed.query else "")
        made = Asked(seed.handler[0], path.encode(), ((b"host", b"127.0.0.1:8000"),), b"")
        if seed.door in {"command", "form", "page"} and seed.handler[0] == "POST": made = made.with_header("origin", SITE.encode())
        if seed.door == "form": made = self._form(made, seed, sender)
        elif seed.handler[0] == "POST": made = self._command(made, seed, minted)
        if seed.door in {"query", "command"} and (bearer := self.bearer(sender)):
            made = made.with_header("authorization", f"Bearer {bearer}".encode())
        elif seed.door in {"page", "form"}: made = made.with_header("cookie", self._cookies(sender).encode())
        for name, value in seed.headers: made = made.with_header(name, value.encode())
        return made

    def bearer(self, who: str) -> str:
        """What this sender shows: a live session's token, an API key, a share link's token; nothing for a stranger."""
        if who in self.bearers: return self.bearers[who]
        if who not in self.people: return ""
        token, until = self._tokens.get(who, ("", self.now()))
        if token and self.now() < until: return token
        token = self.session(who)
        # Not longer than a sign-in counts as a fresh proof: each seed may be one that asks for it.
        self._tokens[who] = (token, self.now() + timedelta(minutes=4))
        return token

    @property
    def held_by_a_stranger(self) -> bytes:
        """The cookie of a browser in which nobody is signed in."""
        return self._cookies("stranger").encode()

    def session(self, who: str) -> str:
        """A new session of this person."""
        with self.house.database.transaction() as connection:
            return begin(connection, *self.people[who], clock.now(connection))

    def forget(self, who: str) -> None:
        """The next request of this person comes in a new session."""
        self._tokens.pop(who, None)

    # -- time, work and looks behind the curtain -------------------------------------------------------------------

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def settle(self) -> None:
        """Work, and carry webhooks, until there is nothing left of either."""
        secret = self.house.webhook_secrets[0]
        hooks = Endpoints("/webhooks/stripe", secret, "/webhooks/stripe-connect", secret)
        self.worker.drain()
        while self.world.deliver(self._hook, hooks): self.worker.drain()

    def move_to(self, moment: datetime) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            clock.move_to(connection, moment)
        self.settle()

    def later(self, by: timedelta) -> None:
        self.move_to(self.now() + by)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.house.database.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def mail(self, address: str, path: str) -> str:
        """What follows `path` in the newest mail to the address that has such a link."""
        box = self.house.mailbox
        assert box is not None
        for mail in box.mails(800):
            if mail.to == address and f"{SITE}{path}" in mail.text:
                return mail.text.split(f"{SITE}{path}", 1)[1].split()[0].rstrip("。>)")
        raise AssertionError((address, path))

    def town(self) -> Town:
        """The same house for the helpers of the API's tests (a person with a card, made by commands), at rest."""
        places = Places(companies=self.companies, job=JobId(uuid4()), aoi=CandidateId(uuid4()))
        return Town(self.house, cast("Worker", AtRest()), self.app, self.owner_url, places)

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _call(self, asked: Asked, peer: str) -> Answer:
        path, _, query = asked.target.partition(b"?")
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": asked.method,
            "scheme": "http", "path": unquote(path.decode("latin-1"), errors="replace"), "raw_path": path,
            "query_string": query, "root_path": "", "headers": list(asked.headers), "client": (peer, 1),
            "server": ("127.0.0.1", 8000), "state": {},
        }  # fmt: skip
        sent: list[dict[str, Any]] = []
        left = [{"type": "http.request", "body": asked.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return left.pop() if left else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        began = perf_counter()
        await self.app(scope, receive, send)
        took = perf_counter() - began
        start = next(each for each in sent if each["type"] == "http.response.start")
        body = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        template = scope.get("path_template")
        return Answer(start["status"], headers, body, None if template is None else (asked.method, template), took)

    def _command(self, made: Asked, seed: Seed, minted: str) -> Asked:
        if isinstance(seed.body, bytes):
            made = replace(made, body=seed.body).with_header("content-type", b"text/csv")
        else:
            text = json.dumps({} if seed.body is None else seed.body, ensure_ascii=False).replace(TOKEN, minted)
            made = replace(made, body=text.encode()).with_header("content-type", b"application/json")
        return made.with_header("idempotency-key", uuid4().hex.encode())

    def _form(self, made: Asked, seed: Seed, sender: str) -> Asked:
        bearer = self.bearer(sender)
        token = csrf.token_for(self.house.door_key, held(bearer or None, self._nonce) or "")
        fields = [("csrf", token), ("key", uuid4().hex), *seed.fields]
        if seed.file is None:
            made = replace(made, body=urlencode(fields).encode())
            return made.with_header("content-type", b"application/x-www-form-urlencoded")
        body, kind = multipart(fields, seed.file)
        return replace(made, body=body).with_header("content-type", kind)

    def _cookies(self, sender: str) -> str:
        bearer = self.bearer(sender)
        return f"relay-nonce={self._nonce}" + (f"; relay-session={bearer}" if bearer else "")

    def _peer(self) -> str:
        n = next(self._peers)
        return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"

    def _hook(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        sent = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
        return self.call(Asked("POST", url.encode(), sent, body)).status


def multipart(fields: Sequence[tuple[str, str]], file: tuple[str, bytes]) -> tuple[bytes, bytes]:
    """A form with a file, and its content type."""
    mark = "relay-boundary-7d3f"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"".join((*parts, head.encode(), file[1], f"\r\n--{mark}--\r\n".encode()))
    return body, f"multipart/form-data; boundary={mark}".encode()


class Apart:
    """An event loop in a thread of its own: in the first thread another one may be running, a browser's."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._thread.submit(self._begin).result()

    def _begin(self) -> None:
        self._runner.get_loop().set_default_executor(ThreadPoolExecutor(8, thread_name_prefix="relay-hostile"))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine answers, or raises."""
        return self._thread.submit(self._runner.run, work).result()

    def close(self) -> None:
        """End the loop and its thread."""
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()


@contextmanager
def opened(server: postgres.Server, name: str, folder: Path) -> Iterator[Place]:
    """The real house over a database of this server, with worker and simulator in the test's own hands."""
    app_url, owner_url = server.app_url(name), server.owner_url(name)
    environ = {"RELAY_DATA": str(folder), "RELAY_PUBLIC_URL": SITE, "DATABASE_URL": app_url, "MIGRATION_DATABASE_URL": owner_url}
    with ExitStack() as stack:
        house = open_house(load(environ), addresses=Addresses(app_url, owner_url, None))
        stack.callback(house.close)
        house, line = near(house)
        worker = stack.enter_context(open_worker(house))
        world = World(app_url)
        stack.callback(world.close)
        runner = Apart()
        stack.callback(runner.close)
        line.app = stack.enter_context(door(house))
        yield Place(house, worker, line.app, owner_url, world, runner)
