"""The fixtures of the door's tests: a street with one house, over the test's own database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from api.app import create_app
from marketplace.run.settings import Settings
from marketplace.store.database import Database as Pool
from marketplace.store.log import open_log
from tests.api.doors import door
from tests.api.street import People, Premises, Street


@pytest.fixture
def make_street(database: Any) -> Iterator[Callable[..., Street]]:
    """Makes a street over the test's database, with settings and further routes."""
    with ExitStack() as stack:

        def make(*, also: list[Any] | None = None, **settings: Any) -> Street:
            pool, log = Pool(database.app_url, size=6), open_log(database.app_url)
            stack.callback(pool.close)
            stack.callback(log.close)
            house = Premises(Settings(**settings), pool, log, People())
            app = create_app(house, also=also) if also else stack.enter_context(door(house))
            return Street(house, app, database.owner_url)

        yield make


@pytest.fixture
def street(make_street: Callable[..., Street]) -> Street:
    """The usual street: loopback, Japanese."""
    return make_street()
