"""Where a bench is run: a fresh database on a durable server of its own, migrated, and gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg

from marketplace.run import postgres
from marketplace.run.migrations import migrate

NAME = "bench"
MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")

Say = Callable[[str], None]


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured: rounds, seconds for a case in a round, events in the log that is read.

    `commands` and their pages by one client, `tries` of a withdrawal, `people` with a card, `clients` at once and for how
    long without a pause, and `few` and `many` events to write after. `applicants`, `cards` and `introductions` of the town whose
    pages are looked at, each so many times (`looks`).
    """

    rounds: int = 5
    seconds: float = 1.5
    events: int = 1_500
    commands: int = 500
    tries: int = 1_000
    people: int = 20
    clients: int = 64
    sustained_s: float = 300
    few: int = 10_000
    many: int = 1_000_000
    appended: int = 1_000
    applicants: int = 100_000
    cards: int = 10_000
    introductions: int = 1_000
    looks: int = 50


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """One run's database and how to reach it."""

    server: postgres.Server
    app_url: str
    owner_url: str

    @contextmanager
    def as_owner(self) -> Iterator[psycopg.Connection]:
        """A connection that may make and empty tables; every statement is committed by itself."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            yield connection


@contextmanager
def ground(say: Say) -> Iterator[Ground]:
    """Start the server, make and migrate the database; stop it and remove everything at the end, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="relay-bench-"))
    folder.chmod(0o755)  # as root, PostgreSQL's own account has to get in
    base: Path | None = None
    try:
        with postgres.start(folder / "postgres", durable=True) as server:
            base = server.base
            server.create_database(NAME)
            migrate(server.owner_url(NAME))
            here = Ground(server=server, app_url=server.app_url(NAME), owner_url=server.owner_url(NAME))
            say(_safe(here))
            yield here
    finally:
        for each in (folder, base):
            if each is not None:
                shutil.rmtree(each, ignore_errors=True)


def _safe(here: Ground) -> str:
    """One line on the server. A figure from one that may lose a commit would be worth nothing: RuntimeError."""
    with psycopg.connect(here.app_url) as connection:
        settings = {name: str(_shown(connection, name)) for name in ("server_version", *MUST_BE_ON)}
    if off := [name for name in MUST_BE_ON if settings[name] != "on"]:
        message = f"{', '.join(off)} must be on for a bench"
        raise RuntimeError(message)
    return f"PostgreSQL {settings['server_version']}, {', '.join(f'{name}=on' for name in MUST_BE_ON)}"


def _shown(connection: psycopg.Connection, name: str) -> object:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return row[0] if row else None
