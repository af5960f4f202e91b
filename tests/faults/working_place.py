"""The fixture that these tests share: a town with its site, nobody at work yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.run import postgres
from tests.api.v1.introductions.conftest import built
from tests.api.v1.introductions.town import Places, Town
from tests.faults.working_site import Site, built_site

__all__ = ["Place", "built", "place"]

Place = tuple[Site, Town]


@pytest.fixture
def place(server: postgres.Server, built: tuple[str, Path, Places], tmp_path: Path) -> Iterator[Place]:
    with built_site(server, built, tmp_path) as place:
        yield place
