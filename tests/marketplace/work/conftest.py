"""A log and a pool of connections over a fresh database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from marketplace.store.database import Database as Pool
from marketplace.store.log import Log, open_log

if TYPE_CHECKING:
    from tests.conftest import Database


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    opened = open_log(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def pool(database: Database) -> Iterator[Pool]:
    opened = Pool(database.app_url, size=4)
    yield opened
    opened.close()
