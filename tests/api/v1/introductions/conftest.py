"""A town for each test: built once, then copied as a whole database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from marketplace import clock
from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.settings import Settings
from marketplace.run.wiring import open_house
from marketplace.run.working import open_worker
from tests.api.doors import door
from tests.api.v1.introductions.town import OPENING, Places, Town

_numbers = count(1)


@contextmanager
def opened(server: postgres.Server, name: str, folder: Path, places: Places) -> Iterator[Town]:
    """The real house over a database, with the worker in the test's own hands."""
    settings = Settings(master_key_file=folder / "master.key", data=folder)
    with ExitStack() as stack:
        addresses = Addresses(server.app_url(name), server.owner_url(name), None)
        house = open_house(settings, addresses=addresses)
        stack.callback(house.close)
        worker = stack.enter_context(open_worker(house))
        yield Town(house, worker, stack.enter_context(door(house)), server.owner_url(name), places)


@pytest.fixture(scope="session")
def built(
    server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Places]]:
    """The town as every test finds it; nobody is connected to it any more."""
    name, folder = f"town_{os.getpid()}_{next(_numbers)}", tmp_path_factory.mktemp("town")
    server.create_database(name, template=template)
    with psycopg.connect(server.owner_url(name)) as connection:
        clock.move_to(connection, OPENING)
    places = Places()
    with opened(server, name, folder, places) as town:
        town.build()
    yield name, folder, places
    server.drop_database(name)


@pytest.fixture
def town(server: postgres.Server, built: tuple[str, Path, Places]) -> Iterator[Town]:
    """A town of one's own, an hour after its opening."""
    template, folder, places = built
    name = f"{template}_{next(_numbers)}"
    server.create_database(name, template=template)
    with psycopg.connect(server.owner_url(name)) as connection:
        clock.move_to(connection, OPENING + timedelta(hours=1))
    with opened(server, name, folder, places) as town:
        yield town
    server.drop_database(name)
