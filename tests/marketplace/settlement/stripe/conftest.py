"""A fresh platform for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketplace.settlement.stripe.client import SIMULATED_KEY, make_client
from marketplace.settlement.stripe.simulator import SimulatedStripe, World
from tests.conftest import Database
from tests.marketplace.settlement.stripe.example_platform import Platform, Recorder


@pytest.fixture
def platform(database: Database) -> Iterator[Platform]:
    """The real SDK over the simulator, with no retries of its own."""
    simulated = SimulatedStripe(database.app_url)
    wire = Recorder(simulated)
    yield Platform(make_client(SIMULATED_KEY, wire, retries=0), World(simulated.database), wire, database.owner_url)
    simulated.close()
