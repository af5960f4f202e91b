"""One play of the whole product for all hostile tests of a run, and a place of its own for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from marketplace.run import postgres
from tests.hostile.mutate_knock import Listener
from tests.hostile.seeds import Place, Played, play_once


@pytest.fixture(scope="session")
def played(server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """What the play left; nobody is connected to its database any more."""
    name = f"hostile_{os.getpid()}"
    yield play_once(server, template, name, tmp_path_factory.mktemp("hostile"), Listener)
    server.drop_database(name)


@pytest.fixture
def place(server: postgres.Server, played: Played) -> Iterator[Place]:
    """A place of one's own, as the play left it."""
    with played.copy(server) as place:
        yield place
