"""The product as it runs: its web server and its worker, each a process of its own, over a bench's database and a town.

Beside it, for a yardstick, the bare framework under the same server, also in a process of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from marketplace import clock, links
from marketplace.commands.office import Office
from marketplace.links import Kind
from marketplace.run import settings, supervise
from marketplace.run.bench import town
from marketplace.run.bench.client import Client
from marketplace.run.bench.ground import Ground, Say
from marketplace.run.bench.table import Strayed
from marketplace.run.bench.town import Town
from marketplace.run.database import Addresses
from marketplace.run.wiring import House, open_house
from marketplace.run.working import open_worker
from marketplace.work.worker import idle
from projections.every import EVERY

HOST = "127.0.0.1"
READY_SECONDS = 60.0
POLL_SECONDS = 0.02
NOT_OURS = (
    *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "SMTP_URL", "RELAY_TRUSTED_PROXIES"),
    *("KEYRING_URL", "KEYRING_MIGRATION_URL"),
)
"""Settings that a bench does not take over: payments are simulated, mail stays here, and keys lie with the bench's records."""


Grow = Callable[[Office, Callable[[], None], Town], None]
"""What more is to happen in the town before anybody comes; it is given how to let the worker finish."""


class Site(msgspec.Struct, frozen=True):
    """A running relay with a town in it."""

    house: House
    port: int
    town: Town
    clients: list[Client] = []

    def sign_in(self, kind: Kind, subject: UUID) -> str:
        """A session of somebody, by a link as it would be mailed; answers its token."""
        with self.house.database.transaction() as connection:
            link = links.mint_login_link(connection, kind, subject, clock.now(connection))
        visitor = Client(HOST, self.port)
        token: str = visitor.command("/api/v1/sessions", {"token": link.rpartition("/")[2]})["token"]
        visitor.close()
        return token

    def client(self, kind: Kind, subject: UUID) -> Client:
        """Somebody who signed in, on a connection of their own for as long as the site stands."""
        self.clients.append(Client(HOST, self.port, self.sign_in(kind, subject)))
        return self.clients[-1]

    def stranger(self) -> Client:
        """Somebody who did not sign in."""
        self.clients.append(Client(HOST, self.port))
        return self.clients[-1]

    def close(self) -> None:
        """Everybody hangs up."""
        for each in self.clients:
            each.close()

    def rest(self) -> None:
        """Wait until the worker has nothing left to do. Raises Strayed."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with self.house.database.transaction() as connection:
                if idle(connection, EVERY):
                    return
            time.sleep(POLL_SECONDS)
        raise Strayed("the worker did not come to rest")


@contextmanager
def open_site(here: Ground, say: Say, people: int, grow: Grow | None = None) -> Iterator[Site]:
    """Build the town, let it grow, start web and worker, and end them; what they said is told where one did not start."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="relay-bench-site-")))
        port = free_port()
        environ = {
            "DATABASE_URL": here.app_url,
            "RELAY_DATA": str(folder),
            "RELAY_HOST": HOST,
            "RELAY_PORT": str(port),
            "RELAY_PUBLIC_URL": f"http://{HOST}:{port}",
            "RELAY_LANGUAGE": "ja",
        }
        mine = settings.load(environ)
        mine.master_keys()
        house = open_house(mine, addresses=Addresses(here.app_url, here.owner_url, None))
        stack.callback(house.close)
        say(f"building a town with {people} cards")
        with open_worker(house) as worker:
            built = town.build(house.office, worker.drain, people)
            if grow: grow(house.office, worker.drain, built)
        with here.as_owner() as connection:
            connection.execute("VACUUM ANALYZE")
        say("starting web and worker")
        others = dict.fromkeys(NOT_OURS, "") | {"RELAY_MASTER_KEY_FILE": ""}
        for name in ("web", "work"):
            process = stack.enter_context(_running(supervise.command(name), environ | others, folder / f"{name}.log"))
            if name == "web":
                _wait_for(process, port, folder / "web.log")
        site = Site(house, port, built)
        stack.callback(site.close)
        site.rest()
        yield site


@contextmanager
def open_bare(page: bytes) -> Iterator[int]:
    """The bare framework, answering GET with this page and POST like a command; answers its port."""
    with tempfile.TemporaryDirectory(prefix="relay-bench-bare-") as folder:
        shown, port = Path(folder) / "page.html", free_port()
        shown.write_bytes(page)
        command = [sys.executable, "-m", "marketplace.run.bench.bare", str(port), str(shown)]
        with _running(command, {}, Path(folder) / "bare.log") as process:
            _wait_for(process, port, Path(folder) / "bare.log")
            yield port


@contextmanager
def _running(command: list[str], environ: dict[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as the block lasts; standard output is the bench's own."""
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        supervise.stop([supervise.Child(command[-1], process, time.monotonic())])


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        found: int = probe.getsockname()[1]
        return found


def _wait_for(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    """Wait until it answers there. Raises Strayed with what the process said."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            visitor = Client(HOST, port)
            visitor.get("/")
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            visitor.close()
            return
    raise Strayed(f"nobody answers on {port}: {said.read_text(errors='replace')[-2_000:]}")
