"""The stage of the demo: a database of its own made anew, web and worker as real processes, a clock that can be moved."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import msgspec
import psycopg

from marketplace import clock
from marketplace.run import postgres, settings, supervise
from marketplace.run.database import KEYRING, NAME, ours
from marketplace.run.keyring_home import migrate_all
from marketplace.run.wiring import House, open_house
from marketplace.settlement.stripe.simulator import World
from marketplace.work.worker import idle
from projections.every import EVERY

FIRST_PORT = 8000
PORTS = 50
READY_SECONDS = 60.0
SETTLE_SECONDS = 120.0
POLL_SECONDS = 0.05
OUR_OWN = (
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "KEYRING_URL", "KEYRING_MIGRATION_URL"),
    *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "SMTP_URL"),
)
"""Settings that the demo does not take over: it has its own database, payments and mail."""


class NotAsTold(Exception):
    """The demo did not go as the story says; the sentence says where."""


class Stage(msgspec.Struct, frozen=True):
    """What the story plays on."""

    house: House
    url: str
    owner_url: str
    world: World

    def now(self) -> datetime:
        """The moment on the demo's clock."""
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def move_to(self, moment: datetime) -> None:
        """Set the clock forward and wait until everything that is due by then is done."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            clock.move_to(connection, moment)
        self.settle()

    def settle(self) -> None:
        """Wait until the worker has nothing left to do now."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            with self.house.database.transaction() as connection:
                done = idle(connection, EVERY)
            if done and not self.world.pending():
                return
            if time.monotonic() > deadline:
                raise NotAsTold("the worker did not come to rest")
            time.sleep(POLL_SECONDS)


@contextmanager
def set_up(data: Path) -> Iterator[Stage]:
    """Make the database, start web and worker, and take everything down at the end."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    port = free_port()
    environ = {
        "RELAY_DATA": str(data),
        "RELAY_MASTER_KEY_FILE": str(data / "master.key"),
        "RELAY_HOST": "127.0.0.1",
        "RELAY_PORT": str(port),
        "RELAY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "RELAY_LANGUAGE": settings.load().language,
        **dict.fromkeys(OUR_OWN, ""),
    }
    with postgres.start(data / "postgres", durable=True) as server:
        for name in (NAME, KEYRING):
            server.drop_database(name)
        addresses = ours(server)
        migrate_all(addresses)
        mine = settings.load({**_without(os.environ), **{k: v for k, v in environ.items() if v}})
        mine.master_keys()
        children = [supervise.start(name, environ) for name in ("web", "work")]
        house = open_house(mine, addresses=addresses)
        world = World(house.addresses.app_url)
        try:
            _wait_for(mine.public_url, children)
            yield Stage(house, mine.public_url, server.owner_url(NAME), world)
        finally:
            supervise.stop(children)
            world.close()
            house.close()


def _without(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in OUR_OWN and not name.startswith("RELAY_")}


def free_port() -> int:
    """The first port from 8000 on that nobody listens on."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise NotAsTold(f"no free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}")


def _wait_for(url: str, children: list[supervise.Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            if child.process.poll() is not None:
                raise NotAsTold(f"{child.name} ended with {child.process.returncode} before it was ready")
        try:
            if httpx.get(f"{url}/api/v1/openapi.json", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(POLL_SECONDS)
    raise NotAsTold("the web process did not answer in time")
