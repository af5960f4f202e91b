"""One street for all examples of a module: its people are new for each example, its companies are put back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.settings import Settings
from marketplace.run.wiring import open_house
from marketplace.run.working import open_worker
from tests.laws.street import Street

_numbers = count(1)


@pytest.fixture(scope="module")
def street(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The real house over a database of the module's own, with the worker in the test's hands."""
    name, folder = f"laws_{os.getpid()}_{next(_numbers)}", Path(tmp_path_factory.mktemp("laws"))
    server.create_database(name, template=template)
    with ExitStack() as stack:
        stack.callback(server.drop_database, name)
        settings = Settings(master_key_file=folder / "master.key", data=folder)
        addresses = Addresses(server.app_url(name), server.owner_url(name), None)
        house = open_house(settings, addresses=addresses)
        stack.callback(house.close)
        worker = stack.enter_context(open_worker(house))
        street = Street(house, worker, server.owner_url(name), server.superuser_url_of(name))
        stack.callback(street.close)
        street.found()
        yield street
