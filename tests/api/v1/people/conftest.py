"""A village for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from marketplace import clock
from marketplace.run.database import Addresses
from marketplace.run.settings import Settings
from marketplace.run.wiring import open_house
from marketplace.run.working import open_worker
from tests.api.doors import door
from tests.api.v1.people.village import OPENING, Village


@pytest.fixture
def village(database: Any, tmp_path: Path) -> Iterator[Village]:
    """The real house over the test's database, with the worker and its mail line in the test's own hands."""
    with psycopg.connect(database.owner_url) as connection:
        clock.move_to(connection, OPENING)
    settings = Settings(master_key_file=tmp_path / "master.key", data=tmp_path)
    with ExitStack() as stack:
        house = open_house(settings, addresses=Addresses(database.app_url, database.owner_url, None))
        stack.callback(house.close)
        worker = stack.enter_context(open_worker(house))
        village = Village(house, worker, stack.enter_context(door(house)), database.owner_url, stack)
        village.settle()
        yield village
