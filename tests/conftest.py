"""What every test may ask for: a real PostgreSQL, a migrated template and a database of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from marketplace.run import postgres
from marketplace.run.migrations import migrate

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """One test's own database, and its address for each role."""

    name: str
    app_url: str
    owner_url: str
    superuser_url: str


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """One server for each pytest worker, or the one that TEST_DATABASE_URL names (as a superuser)."""
    running = os.environ.get("TEST_DATABASE_URL")
    if running:
        yield postgres.adopt(running)
        return
    folder = Path(tempfile.mkdtemp(prefix="relay-test-"))
    folder.chmod(0o755)  # as root, PostgreSQL's own account has to get in
    server = postgres.start(folder / "postgres", durable=False)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        if server.base is not None:
            shutil.rmtree(server.base, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: postgres.Server) -> Iterator[str]:
    """The name of a migrated database that others are copied from."""
    name = f"template_{os.getpid()}"
    server.create_database(name)
    migrate(server.owner_url(name))
    yield name
    server.drop_database(name)


@pytest.fixture
def database(server: postgres.Server, template: str) -> Iterator[Database]:
    """A migrated, empty database for one test; whoever is still connected at its end is cut off."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    server.create_database(name, template=template)
    yield Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name))
    server.drop_database(name)
