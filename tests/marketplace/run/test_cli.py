"""`relay` as an operator runs it: a process, its exit code, and one sentence for what a person can put right."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest

from domain.introduction import IdentityDisclosed
from marketplace.run import postgres
from marketplace.store.log import open_log
from tests.api.v1.introductions import conftest as introductions
from tests.api.v1.introductions.test_hire import started
from tests.api.v1.introductions.town import Places
from tests.marketplace.run.test_check import write_past_the_store

Run = subprocess.CompletedProcess[str]


def relay(*words: str, **environ: str) -> Run:
    """Run one command in surroundings that hold only what it is given."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONPATH"}}
    command = [sys.executable, "-m", "marketplace.run.cli", *words]
    given = {**kept, "RELAY_LANGUAGE": "en", **environ}
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)


class Kept(NamedTuple):
    """A town with a hire and its fee, with nobody connected to it."""

    name: str
    folder: Path
    introduction: UUID


@pytest.fixture(scope="session")
def kept(server: postgres.Server, built: tuple[str, Path, Places]) -> Iterator[Kept]:
    template, folder, places = built
    name = f"{template}_kept"
    server.create_database(name, template=template)
    with introductions.opened(server, name, folder, places) as town:
        made, _hire = started(town)
    yield Kept(name, folder, UUID(made))
    server.drop_database(name)


class Copy(NamedTuple):
    """A copy of it for one test."""

    environ: dict[str, str]
    superuser_url: str
    introduction: UUID

    def plant(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody does who is superuser and has switched the triggers off."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def copy(server: postgres.Server, kept: Kept) -> Iterator[Copy]:
    name = f"{kept.name}_copy"
    server.create_database(name, template=kept.name)
    environ = {
        "DATABASE_URL": server.app_url(name),
        "MIGRATION_DATABASE_URL": server.owner_url(name),
        "RELAY_DATA": str(kept.folder),
        "RELAY_MASTER_KEY_FILE": str(kept.folder / "master.key"),
    }
    yield Copy(environ, server.superuser_url_of(name), kept.introduction)
    server.drop_database(name)


def alter_an_event(copy: Copy) -> tuple[str, str]:
    copy.plant("UPDATE relay_events SET state = state || '\\x00'::bytea WHERE notification_id = 7")
    return "log-unaltered", "position 7 "


def remove_an_event(copy: Copy) -> tuple[str, str]:
    copy.plant("DELETE FROM relay_events WHERE notification_id = 9")
    return "log-unaltered", "9"


def delete_a_ledger_line(copy: Copy) -> tuple[str, str]:
    ((line,),) = copy.plant("DELETE FROM ledger WHERE id = (SELECT max(id) FROM ledger) RETURNING id")
    return "ledger-sums-to-zero", str(line)


def disclose_without_approval(copy: Copy) -> tuple[str, str]:
    log = open_log(copy.environ["DATABASE_URL"], pool_size=1)
    told = next(each for each in log.history(copy.introduction) if isinstance(each.event, IdentityDisclosed))
    position = log.position() + 1
    log.close()
    assert isinstance(told.event, IdentityDisclosed)
    write_past_the_store(copy.plant, UUID(int=4711), 1, told.event, told.meta.recorded_at)
    return "disclosure-needs-approval", str(position)


def test_the_check_of_a_clean_relay_ends_with_0(copy: Copy) -> None:
    done = relay("check", **copy.environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("9 of 9 invariants hold.\n")


@pytest.mark.parametrize(
    "plant", [alter_an_event, remove_an_event, delete_a_ledger_line, disclose_without_approval], ids=lambda p: p.__name__
)
def test_the_check_of_a_relay_that_was_tampered_with_ends_with_1_and_names_invariant_and_id(
    copy: Copy, plant: Callable[[Copy], tuple[str, str]]
) -> None:
    invariant, ident = plant(copy)
    done = relay("check", **copy.environ)
    assert done.returncode == 1
    (said,) = re.findall(rf"^✗ {invariant}: (.+)$", done.stdout, re.MULTILINE)
    assert ident in said


def test_another_master_key_than_the_databases_is_refused_and_none_is_made_in_its_place(copy: Copy, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    missing = relay("explain", "x", **{**copy.environ, "RELAY_MASTER_KEY_FILE": str(path)})
    assert "is missing, and the database was sealed under it. Put your copy back." in missing.stderr
    assert not path.exists()
    path.write_text("00" * 32)
    path.chmod(0o600)
    wrong = relay("web", **{**copy.environ, "RELAY_MASTER_KEY_FILE": str(path)})
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "is not the one under which this database was sealed" in wrong.stderr


@pytest.mark.parametrize("command", ["web", "serve"])
def test_a_port_that_is_taken_is_refused(copy: Copy, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        done = relay(command, **{**copy.environ, "RELAY_PORT": str(port)})
    assert (done.returncode, done.stderr) == (
        1, f"relay: RELAY_PORT: {port} is taken. End what listens there, or set another.\n",
    )  # fmt: skip


@pytest.mark.parametrize("command", ["web", "work", "check"])
def test_a_database_without_tables_is_told_to_migrate(server: postgres.Server, tmp_path: Path, command: str) -> None:
    name = f"bare_{os.getpid()}"
    server.create_database(name)
    done = relay(command, RELAY_DATA=str(tmp_path), DATABASE_URL=server.app_url(name))
    server.drop_database(name)
    assert (done.returncode, done.stderr) == (1, "relay: The database has no tables yet. Say: relay migrate\n")


@pytest.mark.parametrize(
    ("words", "environ", "sentence"),
    [
        (("check",), {"RELAY_PORT": "many"}, "relay: RELAY_PORT: is a number from 0 to 65535; 0 takes any free port.\n"),
        (("check",), {"RELAY_PUBLIC_URL": "http://[::1"}, "relay: RELAY_PUBLIC_URL: is the site's address without a path"),
        (("check",), {"RELAY_PUBLIC_URL": "https://x.example:99999"}, "relay: RELAY_PUBLIC_URL: is the site's address"),
        (("check",), {"SMTP_URL": "smtp://h:abc"}, "relay: SMTP_URL: is an address such as smtp://"),
        (("check",), {"DATABASE_URL": "postgresql://[x"}, "relay: DATABASE_URL: is an address that begins with"),
        (("migrate",), {"DATABASE_URL": "postgresql:///x"}, "relay: MIGRATION_DATABASE_URL: is not set"),
        (
            ("check",),
            {"DATABASE_URL": "postgresql://relay_app:secret-word@127.0.0.1:1/relay"},
            "relay: DATABASE_URL: the database does not answer",
        ),
        (
            ("migrate",),
            {
                "DATABASE_URL": "postgresql://relay_app:secret-word@127.0.0.1:1/relay",
                "MIGRATION_DATABASE_URL": "postgresql://relay_owner:secret-word@127.0.0.1:1/relay",
            },
            "relay: MIGRATION_DATABASE_URL: the database does not answer",
        ),
    ],
)  # fmt: skip
def test_what_a_person_can_put_right_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], environ: dict[str, str], sentence: str
) -> None:
    done = relay(*words, **{"RELAY_DATA": str(tmp_path), **environ})
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert "secret-word" not in done.stderr
