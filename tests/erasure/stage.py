"""A relay of its own for the erasure tests: durable cluster, everything written kept, with real processes or without.

With processes, web and worker run as in production and say what they say into files. Without, both run in the test's own
process, which is four times as fast, and every logger speaks at its most talkative into a file.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

import httpx
import psycopg

from marketplace.run import postgres, supervise
from marketplace.run.database import NAME, ours
from marketplace.run.demo.stage import NotAsTold, Stage
from marketplace.run.keyring_home import migrate_all
from marketplace.run.settings import Settings, load
from marketplace.run.wiring import House, open_house
from marketplace.run.working import open_worker
from marketplace.settlement.stripe.simulator import World
from tests.stories.conftest import TestStage, Web

READY_SECONDS = 60.0


class ErasureStage:
    """The stage, and every place where something could be left lying."""

    def __init__(self, folder: Path, server: postgres.Server, settings: Settings, stage: Stage) -> None:
        self.folder, self.server, self.settings, self.stage = folder, server, settings, stage

    @property
    def cluster(self) -> Path:
        """The database's own files."""
        assert self.server.base is not None
        return self.server.base / "cluster"

    @property
    def server_log(self) -> Path:
        """What PostgreSQL said."""
        assert self.server.base is not None
        return self.server.base / "postgres.log"

    @property
    def process_logs(self) -> list[Path]:
        """What web and worker said."""
        return sorted((self.folder / "logs").iterdir())

    def sql(self, statement: str, *values: object, database: str = NAME) -> list[tuple[object, ...]]:
        """One statement as the superuser."""
        with psycopg.connect(self.server.superuser_url_of(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def flush(self) -> None:
        """What was deleted is vacuumed away, what is in memory is written, and the WAL goes on in a new file."""
        for database in self.databases():
            self.sql("VACUUM", database=database)
        self.sql("CHECKPOINT")
        self.sql("SELECT pg_switch_wal()")
        self.sql("CHECKPOINT")

    def databases(self) -> list[str]:
        """Every database of the cluster that can be connected to."""
        return [str(row[0]) for row in self.sql("SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1")]


@contextmanager
def set_up(*, processes: bool) -> Iterator[ErasureStage]:
    """Make the cluster, start web and worker, take everything down at the end. Only processes are waited for to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="relay-erasure-"))
    folder.chmod(0o755)  # as root, PostgreSQL's own account has to get in
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("logs", "tmp", "cwd", "data"):
            (folder / name).mkdir()
        server = stack.enter_context(postgres.start(folder / "postgres", durable=processes))
        addresses = ours(server)
        migrate_all(addresses)
        _store_uncompressed(server)
        port = _free_port()
        environ = {
            "RELAY_DATA": str(folder / "data"),
            "RELAY_PORT": str(port),
            "RELAY_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": addresses.app_url,
            "MIGRATION_DATABASE_URL": addresses.migration_url(),
            "KEYRING_URL": addresses.keys_url,
        }
        settings = load(environ)
        settings.master_keys()
        play = _with_processes if processes else _within
        yield ErasureStage(folder, server, settings, stack.enter_context(play(folder, settings, environ)))


@contextmanager
def _with_processes(folder: Path, settings: Settings, environ: dict[str, str]) -> Iterator[Stage]:
    with ExitStack() as stack:
        house = _house(stack, settings)
        world = World(house.addresses.app_url)
        stack.callback(world.close)
        running = [_start("web", folder, environ), _start("work", folder, environ)]
        stack.callback(_end, running)
        _wait_for(settings.public_url, running)
        yield Stage(house, settings.public_url, house.addresses.migration_url(), world)


@contextmanager
def _within(folder: Path, settings: Settings, _environ: dict[str, str]) -> Iterator[Stage]:
    with ExitStack() as stack:
        stack.enter_context(_talkative(folder / "logs" / "process.log"))
        stack.enter_context(_temporary(folder / "tmp"))
        house, front = _house(stack, settings), _house(stack, settings)
        web = Web(front, settings.port)
        web.start()
        stack.callback(web.end)
        web.wait()
        world = World(house.addresses.app_url)
        stack.callback(world.close)
        worker = stack.enter_context(open_worker(house))
        played = TestStage(house, worker, world, house.addresses.migration_url(), "")
        yield cast("Stage", played)


def _house(stack: ExitStack, settings: Settings) -> House:
    house = open_house(settings)
    stack.callback(house.close)
    return house


@contextmanager
def _talkative(path: Path) -> Iterator[None]:
    """Everything that any logger says, however unimportant, stands in a file."""
    handler = logging.FileHandler(path, encoding="utf-8")
    browsers = ("httpx", "httpcore")  # they are the test's own
    levels = {name: logging.getLogger(name).level for name in ("root", *browsers)}
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    for name in browsers:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """Temporary files lie in a folder that is searched."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _store_uncompressed(server: postgres.Server) -> None:
    """Compressed values cannot be searched for in files; so in this cluster none is compressed, in table nor WAL."""
    with psycopg.connect(server.superuser_url_of(NAME), autocommit=True) as connection:
        assert connection.execute("SHOW wal_compression").fetchone() == ("off",)
        columns = connection.execute(
            "SELECT c.oid::regclass::text, quote_ident(a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND a.attstorage IN ('x', 'm')"
            " AND NOT a.attisdropped"
        ).fetchall()
        for table, column in columns:
            connection.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL".encode())


def _start(name: str, folder: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """A part as a process that says everything into a file, with a folder for temporary files that is searched too."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RELAY_")}
    surroundings = {**kept, **environ, "TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1"}
    with (folder / "logs" / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            supervise.command(name), env=surroundings, cwd=folder / "cwd", stdout=log, stderr=log, start_new_session=True
        )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    supervise.stop([supervise.Child("", process, 0.0) for process in processes])


def _wait_for(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in processes)
        try:
            if httpx.get(f"{url}/api/v1/openapi.json", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise NotAsTold("the web process did not answer in time")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
