"""A stage for stories: a real socket, the real store and simulator, and the worker in the story's own thread."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from marketplace import clock
from marketplace.run.database import Addresses
from marketplace.run.serving import limits
from marketplace.run.settings import load
from marketplace.run.wiring import House, open_house
from marketplace.run.working import courier, open_worker
from marketplace.settlement.stripe.simulator import World
from marketplace.work.worker import Worker
from tests.api.doors import door
from tests.stories.scenes import Scenes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Database


class TestStage:
    """What `marketplace.run.demo.stage.Stage` is to the demo, with nothing running on its own."""

    __test__ = False

    def __init__(self, house: House, worker: Worker, world: World, owner_url: str, superuser_url: str) -> None:
        self.house = house
        self.worker = worker
        self.world = world
        self.owner_url = owner_url
        self.superuser_url = superuser_url
        self.url = house.settings.public_url
        self._deliver: Callable[[], int] | None = courier(house)

    def now(self) -> datetime:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def move_to(self, moment: datetime) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            clock.move_to(connection, moment)
        self.settle()

    def settle(self) -> None:
        """Work and carry webhooks until there is nothing left of either."""
        self.worker.drain()
        while self._deliver is not None and self._deliver():
            self.worker.drain()


class Web(threading.Thread):
    """The web server on a real socket, in a thread of the test."""

    def __init__(self, house: House, port: int) -> None:
        super().__init__(name="story-web", daemon=True)
        self._house = house
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._server: Server | None = None

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with door(self._house) as app: self._serve(app)
        self._loop.close()

    def _serve(self, app: Litestar) -> None:
        self._server = Server(
            app,
            address="127.0.0.1",
            port=self._port,
            interface=Interfaces.ASGI,
            log_enabled=False,
            **limits(),
        )
        self._loop.run_until_complete(self._server.serve())

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{self._port}/api/v1/openapi.json", timeout=5).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise TimeoutError

    def end(self) -> None:
        if self._server is not None:
            self._loop.call_soon_threadsafe(self._server.stop)
        self.join(10)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Iterator[TestStage]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = load(
        {
            "RELAY_DATA": str(tmp_path),
            "RELAY_PORT": str(port),
            "RELAY_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": database.app_url,
            "MIGRATION_DATABASE_URL": database.owner_url,
        }
    )
    addresses = Addresses(database.app_url, database.owner_url, None)
    house = open_house(settings, addresses=addresses)
    front = open_house(settings, addresses=addresses)
    web = Web(front, port)
    web.start()
    world = World(database.app_url)
    try:
        web.wait()
        with open_worker(house) as worker:
            yield TestStage(house, worker, world, database.owner_url, database.superuser_url)
    finally:
        web.end()
        world.close()
        house.close()


@pytest.fixture
def scenes(stage: TestStage) -> Iterator[Scenes]:
    played = Scenes(stage)
    yield played
    played.close()
