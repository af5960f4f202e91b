"""What the tests of faults share: a PostgreSQL of their own that they may kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.cluster import Ground, standing


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """A durable server for each pytest worker; whoever kills it starts it again."""
    with standing() as ground:
        yield ground
