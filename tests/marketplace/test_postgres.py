"""Our own PostgreSQL: shared, closed, durable, and gone when nobody needs it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from marketplace.run import postgres_binaries
from marketplace.run.accounts import Account, may_enter, unprivileged
from marketplace.run.database import at_hand
from marketplace.run.postgres import PostgresUnavailable, adopt, start
from marketplace.run.postgres_cluster import Cluster, place
from marketplace.run.settings import BadSetting, load

ANOTHER = "import sys; from pathlib import Path; from marketplace.run.postgres import start; "
ROOT = os.geteuid() == 0


@contextmanager
def reachable() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="relay-test-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def data() -> Iterator[Path]:
    """A place for data where there is none yet."""
    with reachable() as place:
        yield place


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """Data made once, for tests that are not about making it."""
    with reachable() as place:
        start(place, durable=False).stop()
        yield place


@pytest.fixture
def used(original: Path) -> Iterator[Path]:
    """A copy of data that was made and stopped before."""
    with reachable() as place:
        subprocess.run(["cp", "-a", original, place], check=True)
        yield place


def another(data: Path, then: str) -> subprocess.Popen[str]:
    """Another process that uses the server: says its word, then does `then`."""
    program = ANOTHER + f"server = start(Path({str(data)!r}), durable=False); print('here', flush=True); {then}"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def cluster(data: Path) -> Cluster:
    return Cluster(data, unprivileged())


def gone_within(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while cluster(data).running() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_what_was_committed_is_there_after_the_server_is_killed_and_started_again(data: Path) -> None:
    with start(data) as server:
        server.create_database("relay")
        with psycopg.connect(server.owner_url("relay")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        pid = cluster(data).running()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert gone_within(data, 10)
    with start(data) as server, psycopg.connect(server.owner_url("relay")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_the_last_to_leave_stops_the_server(used: Path) -> None:
    first, second = start(used, durable=False), start(used, durable=False)
    first.stop()
    first.stop()
    with psycopg.connect(second.superuser_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.stop()
    assert cluster(used).running() is None


def test_processes_that_start_at_once_share_one_server(data: Path) -> None:
    others = [another(data, "sys.stdin.read(); server.stop()") for _ in range(3)]
    assert [other.stdout.readline() for other in others if other.stdout] == ["here\n"] * 3
    assert cluster(data).running() is not None
    for other in others:
        other.communicate(timeout=30)
    assert [other.returncode for other in others] == [0, 0, 0]
    assert cluster(data).running() is None


def test_a_server_whose_user_was_killed_stops_by_itself(used: Path) -> None:
    other = another(used, "sys.stdin.read()")
    assert other.stdout is not None
    assert other.stdout.readline() == "here\n"
    assert cluster(used).running() is not None
    other.kill()
    other.communicate(timeout=30)
    assert gone_within(used, 30)


def test_only_a_password_opens_it_and_only_through_its_socket(used: Path) -> None:
    with start(used, durable=False) as server, psycopg.connect(server.superuser_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        ways = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert ways == [("scram-sha-256",)]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.superuser_url, password="guess")
        assert (used / "secrets.json").stat().st_mode & 0o777 == 0o600
        powers = connection.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname LIKE 'relay%' ORDER BY 1"
        ).fetchall()
        assert powers == [("relay_app", False), ("relay_owner", False)]


def test_the_log_repeats_no_value(used: Path) -> None:
    with start(used, durable=False) as server, psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('架空 花子')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('架空 花子')")
        log = (used / "postgres.log").read_text()
        assert "duplicate key" in log
        assert "花子" not in log


def test_a_deep_folder_with_spaces_gets_a_short_socket_of_its_own(data: Path) -> None:
    deep = data / ("深い 場所 " * 8).strip() / ("x" * 40)
    with start(deep, durable=False) as server, psycopg.connect(server.app_url("postgres")) as connection:
        folder = connection.info.host
        assert len(f"{folder}/.s.PGSQL.5432".encode()) <= 100
        assert Path(folder).stat().st_mode & 0o777 == 0o700
    Path(folder).rmdir()


def test_a_pid_that_belongs_to_someone_else_now_is_not_taken_for_the_server(used: Path) -> None:
    (used / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{used}/cluster\n1\n5432\n\n\nready\n")
    with start(used, durable=False) as server, psycopg.connect(server.superuser_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_without_fsync_is_not_joined_by_who_needs_durability(used: Path) -> None:
    with start(used, durable=False), pytest.raises(PostgresUnavailable, match="started for tests"):
        start(used)
    assert cluster(used).running() is None


def test_lost_passwords_are_said_so(used: Path) -> None:
    (used / "secrets.json").unlink()
    with pytest.raises(PostgresUnavailable, match=r"secrets\.json is missing"):
        start(used, durable=False)


def test_data_of_another_major_version_is_said_so() -> None:
    with pytest.raises(PostgresUnavailable, match="The data was made by PostgreSQL 9"):
        postgres_binaries.locate(9)


def test_without_any_postgresql_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_candidates", lambda: iter(()))
    with pytest.raises(PostgresUnavailable, match=r"Set DATABASE_URL .* or install one"):
        postgres_binaries.locate()


def test_every_postgresql_at_hand_serves(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {postgres_binaries._major(folder): folder for folder in postgres_binaries._candidates()}
    usable = {major: folder for major, folder in folders.items() if major is not None and major >= 15}
    assert {16, 18} <= set(usable)
    for major, folder in usable.items():
        monkeypatch.setattr(postgres_binaries, "locate", lambda _major=None, at=folder: at)
        with start(data / str(major), durable=False) as server, psycopg.connect(server.app_url("postgres")) as app:
            assert app.info.server_version // 10_000 == major


def test_a_setting_names_the_database_or_our_own_is_started(data: Path) -> None:
    with at_hand(load({"RELAY_DATA": str(data)})) as own:
        assert own.server is not None
        with psycopg.connect(own.migration_url()) as connection:
            assert connection.execute("SELECT current_user, current_database()").fetchone() == ("relay_owner", "relay")
        with at_hand(load({"DATABASE_URL": own.app_url})) as named:
            assert (named.app_url, named.server) == (own.app_url, None)
            with pytest.raises(BadSetting, match=r"^MIGRATION_DATABASE_URL: is not set"):
                named.migration_url()


def test_a_running_server_is_adopted_with_both_roles(used: Path) -> None:
    with start(used, durable=False) as server, adopt(server.superuser_url) as adopted:
        adopted.create_database("given")
        for url, role in [(adopted.owner_url("given"), "relay_owner"), (adopted.app_url("given"), "relay_app")]:
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT current_user::text").fetchone() == (role,)
        adopted.drop_database("given")


@pytest.mark.skipif(not ROOT, reason="only root runs it as another account")
def test_programs_under_a_closed_home_are_copied_beside_the_data(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = postgres_binaries._wheel_root()
    assert wheel is not None
    closed = data.parent / "closed"
    shutil.copytree(wheel / "pginstall18", closed / wheel.name / "pginstall18", symlinks=True)
    shutil.copytree(wheel.with_name(wheel.name + ".libs"), closed / (wheel.name + ".libs"), symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(postgres_binaries, "_wheel_root", lambda: closed / wheel.name)
    with start(data, durable=False) as server:
        assert server.bin.is_relative_to(data)
        assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not ROOT, reason="only root runs it as another account")
def test_data_under_a_closed_home_lies_elsewhere_and_no_mode_is_changed(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    elsewhere = place(closed / ".relay", unprivileged())
    assert elsewhere.parent == Path("/var/lib/relay")
    assert elsewhere == place(closed / ".relay", unprivileged())
    assert closed.stat().st_mode & 0o777 == 0o700
    assert list(closed.iterdir()) == []
    elsewhere.rmdir()


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else to ask")
def test_an_account_is_asked_whether_it_can_enter(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not may_enter(tmp_path, Account(65534, 65534))
    assert may_enter(tmp_path, None)
