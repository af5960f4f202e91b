"""The tables are changed while people work, by two processes at once; and several processes begin on an empty database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from marketplace.run.accounts import unprivileged
from marketplace.run.migrations import FOLDER, migrate, read
from marketplace.run.postgres_cluster import Cluster
from tests.conftest import Database
from tests.faults.cluster import eventually
from tests.faults.history import Diary, Outcome, audit, folding, settled, writing

if TYPE_CHECKING:
    from tests.faults.cluster import Ground

ROOT = Path(__file__).parents[2]
WITHIN_S = 120.0
WIDER = "ALTER TABLE task ADD COLUMN told text; CREATE INDEX task_told_idx ON task (told); ALTER TABLE gate ADD COLUMN told text;"
FRESH = [step.name for step in read()]


def relay(command: str, environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """`relay COMMAND` in a process of its own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RELAY_", "DATABASE_URL"))}
    return subprocess.Popen(
        [sys.executable, "-m", "marketplace.run.cli", command], cwd=ROOT, env=ours | dict(environ), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    """All that it said until its end, which must be a good one."""
    text, _ = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, text
    return text


def surroundings(ground: Ground, database: Database) -> dict[str, str]:
    settings = ground.settings(database)
    return {
        "RELAY_DATA": str(settings.data),
        "DATABASE_URL": database.app_url,
        "MIGRATION_DATABASE_URL": database.owner_url,
    }


def outdated(database: Database) -> None:
    """Every projection's tables look as if they were of an older release."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE projection_schema SET checksum = 'of an older release'")


def companies(database: Database) -> int:
    """How many rows a projection has that no later event would bring back."""
    with psycopg.connect(database.app_url) as connection:
        row = connection.execute("SELECT count(*) FROM directory").fetchone()
    return row[0] if row else 0


def migrated_under_writers(ground: Ground, name: str, times: int, tmp_path: Path) -> None:
    """Writers, a reader and two `relay migrate` at once; then a wider table, as the next release might bring it."""
    diary, database = Diary(), ground.database(name)
    with ground.house(name) as house, ground.house(name) as other:
        with folding(house), writing([house, other], diary, writers=8):
            for n in range(times):
                diary.wait_for_acks(10)
                assert eventually(lambda: companies(database) > 0)
                outdated(database)
                both = [relay("migrate", surroundings(ground, database)) for _ in range(2)]
                texts = sorted(map(said, both), key=len)
                assert texts[0] == "Nothing to do: the tables are up to date.\n"
                assert "applying directory.sql" in texts[1]
                folder = tmp_path / f"release-{n}"
                shutil.copytree(FOLDER, folder)
                (folder / f"{9000 + n}_wider.sql").write_text(WIDER.replace("told", f"told_{n}"))
                assert migrate(database.owner_url, folder=folder) == [f"{9000 + n}_wider.sql"]
                forget(database, 9000 + n)
                diary.wait_for_acks(10)
        assert audit(house, diary) == []
        assert settled(house) == []
    assert diary.count(Outcome.UNKNOWN) == 0, [e for e in diary.entries if e.outcome is Outcome.UNKNOWN][:3]


def forget(database: Database, number: int) -> None:
    """Let this release go on with tables that are wider than it knows."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM schema_migration WHERE number = %s", [number])


def test_no_command_fails_while_two_processes_migrate(ground: Ground, tmp_path: Path) -> None:
    migrated_under_writers(ground, "migrated", 1, tmp_path)


@pytest.mark.heavy
def test_no_command_fails_while_two_processes_migrate_ten_times(ground: Ground, tmp_path: Path) -> None:
    migrated_under_writers(ground, "migrated_often", 10, tmp_path)


def test_of_processes_that_begin_at_once_on_an_empty_database_one_makes_it_and_the_others_are_told(
    ground: Ground,
) -> None:
    database = ground.database("empty", empty=True)
    environ = surroundings(ground, database)
    migrations = [relay("migrate", environ) for _ in range(2)]
    early = relay("check", environ)
    texts = sorted(map(said, migrations), key=len)
    assert texts[0] == "Nothing to do: the tables are up to date.\n"
    assert [line.removeprefix("applying ") for line in texts[1].splitlines()][: len(FRESH)] == FRESH
    text, _ = early.communicate(timeout=WITHIN_S)
    if early.returncode != 0:
        assert text in {
            "relay: The database has no tables yet. Say: relay migrate\n",
            "relay: The database's tables are older than this release. Say: relay migrate\n",
        }
    assert "9 of 9 invariants hold." in said(relay("check", environ | {"RELAY_LANGUAGE": "en"}))


def test_two_that_make_the_same_database_at_once_both_find_it_made(ground: Ground) -> None:
    for n in range(5):
        begin = threading.Barrier(2)

        def make(name: str = f"made_twice_{n}", begin: threading.Barrier = begin) -> None:
            begin.wait(WITHIN_S)
            ground.server.create_database(name)

        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(make) for _ in range(2)]:
                each.result(WITHIN_S)
        with psycopg.connect(ground.server.app_url(f"made_twice_{n}")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@contextmanager
def a_data_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="relay-faults-"))
    folder.chmod(0o755)
    try:
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def serves(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).is_success
    except httpx.TransportError:
        return False


@pytest.mark.heavy
def test_two_sites_on_the_same_data_share_it_and_the_last_to_end_stops_the_database() -> None:
    first, second = free_ports(2)
    with a_data_folder() as data:
        environs = [
            {"RELAY_DATA": str(data), "RELAY_PORT": str(port), "RELAY_PUBLIC_URL": f"http://127.0.0.1:{port}"}
            for port in (first, second)
        ]
        sites = [relay("serve", environ) for environ in environs]
        try:
            assert eventually(lambda: serves(first) and serves(second), WITHIN_S), [s.poll() for s in sites]
            server = Cluster(data / "postgres", unprivileged()).running()
            assert server is not None
            taken = relay("serve", environs[0])
            text, _ = taken.communicate(timeout=WITHIN_S)
            assert (taken.returncode, text) == (
                1, f"relay: RELAY_PORT: {first} is taken. End what listens there, or set another.\n"
            )
            sites[0].send_signal(signal.SIGTERM)
            sites[0].communicate(timeout=WITHIN_S)
            assert serves(second)
            assert not serves(first)
            assert Cluster(data / "postgres", unprivileged()).running() == server
        finally:
            for site in sites:
                site.send_signal(signal.SIGTERM)
            texts = [site.communicate(timeout=WITHIN_S)[0] for site in sites]
        assert [site.returncode for site in sites] == [0, 0], texts
        assert "Traceback" not in "".join(texts)
        assert Cluster(data / "postgres", unprivileged()).running() is None
