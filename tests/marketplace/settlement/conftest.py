"""A fresh relay for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Database
from tests.marketplace.settlement.relay import Relay, move_in, move_out


@pytest.fixture
def relay(database: Database) -> Iterator[Relay]:
    it = move_in(database)
    yield it
    move_out(it)
