"""The runner of migrations: once each, never edited, one at a time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from marketplace.run.migrations import FOLDER, MigrationFailed, migrate, read
from marketplace.run.postgres import Server
from tests.conftest import Database

HOUSE = (FOLDER / "0001_house.sql").read_text()


@pytest.fixture
def empty(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The owner's address of a database without any table."""
    name = f"empty_{abs(hash(request.node.nodeid))}"
    server.create_database(name)
    yield server.owner_url(name)
    server.drop_database(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of migrations that a test may write to, with the house in it."""
    (tmp_path / "projections").mkdir()
    (tmp_path / "0001_house.sql").write_text(HOUSE)
    return tmp_path


def run(url: str, folder: Path) -> list[str]:
    return migrate(url, folder=folder, projections=folder / "projections")


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_everything_is_applied_once_and_told_as_it_happens(empty: str) -> None:
    told: list[str] = []
    first = migrate(empty, told.append)
    assert first == told
    assert first[0] == "0001_house.sql"
    assert migrate(empty) == []


def test_two_processes_that_migrate_at_once_both_succeed(empty: str) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        answers = [attempt.result(60) for attempt in [pool.submit(migrate, empty) for _ in range(2)]]
    assert min(answers, key=len) == []
    assert max(answers, key=len)[0] == "0001_house.sql"


def test_a_file_changed_after_it_was_applied_is_refused(empty: str, folder: Path) -> None:
    run(empty, folder)
    (folder / "0001_house.sql").write_text(HOUSE + "\n-- a second thought\n")
    with pytest.raises(MigrationFailed, match=r"^0001_house\.sql was changed after it was applied"):
        run(empty, folder)


def test_a_database_of_a_newer_release_is_refused(empty: str, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("CREATE TABLE more ();")
    run(empty, folder)
    (folder / "0002_more.sql").unlink()
    with pytest.raises(MigrationFailed, match=r"^0002_more\.sql was applied and is not here"):
        run(empty, folder)


def test_a_file_that_fails_leaves_nothing_and_names_its_line(empty: str, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("CREATE TABLE more ();\n\nCREATE TABLE again (x nothing);\n")
    with pytest.raises(MigrationFailed, match=r'^0002_more\.sql, line 3: type "nothing" does not exist'):
        run(empty, folder)
    assert ask(empty, "SELECT to_regclass('more')::text") == [(None,)]
    assert ask(empty, "SELECT name FROM schema_migration") == [("0001_house.sql",)]


def test_a_file_that_ends_its_transaction_is_refused(empty: str, folder: Path) -> None:
    (folder / "0002_more.sql").write_text("CREATE TABLE more (); COMMIT;")
    with pytest.raises(MigrationFailed, match=r"may not COMMIT"):
        run(empty, folder)


def test_a_table_in_use_is_not_waited_for_for_ever(
    empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.run.migrations._WAIT_FOR_A_TABLE", "50ms")
    monkeypatch.setattr("marketplace.run.migrations._TRIES", 2)
    run(empty, folder)
    (folder / "0002_more.sql").write_text("ALTER TABLE clock_offset ADD COLUMN reason text;")
    with psycopg.connect(empty) as reader:
        reader.execute("SELECT * FROM clock_offset")
        with pytest.raises(MigrationFailed, match=r"in use at each of 2 tries\. Nothing was changed"):
            run(empty, folder)
    assert run(empty, folder) == ["0002_more.sql"]


def test_who_holds_what_a_migration_wants_and_wants_what_it_holds_goes_first(empty: str, folder: Path) -> None:
    run(empty, folder)
    (folder / "0002_two.sql").write_text("CREATE TABLE one (); CREATE TABLE two ();")
    run(empty, folder)
    (folder / "0003_wider.sql").write_text("ALTER TABLE one ADD COLUMN told text; ALTER TABLE two ADD COLUMN told text;")
    with psycopg.connect(empty) as command, ThreadPoolExecutor(1) as pool:
        command.execute("LOCK TABLE two IN ROW EXCLUSIVE MODE")
        migrating = pool.submit(run, empty, folder)
        with psycopg.connect(empty, autocommit=True) as looking:
            while looking.execute("SELECT FROM pg_locks WHERE relation = 'two'::regclass AND NOT granted").fetchone() is None:
                assert not migrating.done()
        command.execute("LOCK TABLE one IN ROW EXCLUSIVE MODE")
        command.commit()
        assert migrating.result(60) == ["0003_wider.sql"]


@pytest.mark.parametrize("name", ["2_more.sql", "0002-more.sql", "0002_More.sql"])
def test_a_file_that_no_number_finds_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(MigrationFailed, match=r"is named NNNN_name\.sql"):
        read(folder)


def test_two_files_of_one_number_are_refused(folder: Path) -> None:
    (folder / "0001_shed.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationFailed, match="have the same number"):
        read(folder)


def test_a_projection_whose_table_changed_is_made_anew_and_reads_from_the_beginning(empty: str, folder: Path) -> None:
    shelf = folder / "projections" / "shelf.sql"
    shelf.write_text("-- A shelf.\nDROP TABLE IF EXISTS shelf CASCADE;\nCREATE TABLE shelf (a int);")
    assert run(empty, folder) == ["0001_house.sql", "shelf.sql"]
    with psycopg.connect(empty) as connection:
        connection.execute("INSERT INTO shelf VALUES (1)")
        connection.execute("INSERT INTO projection_position VALUES ('shelf', 7), ('other', 9)")
    assert run(empty, folder) == []
    shelf.write_text("DROP TABLE IF EXISTS shelf CASCADE;\nCREATE TABLE shelf (a int, b int);")
    assert run(empty, folder) == ["shelf.sql"]
    assert ask(empty, "SELECT a, b FROM shelf") == []
    assert ask(empty, "SELECT name, position FROM projection_position") == [("other", 9)]


def test_a_projection_that_does_not_drop_its_tables_first_is_refused(empty: str, folder: Path) -> None:
    (folder / "projections" / "shelf.sql").write_text("CREATE TABLE shelf (a int);")
    with pytest.raises(MigrationFailed, match=r"^shelf\.sql: a projection begins with DROP TABLE"):
        run(empty, folder)


def test_the_clock_moves_by_its_offset_and_the_application_cannot_move_it(database: Database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("INSERT INTO clock_offset (by) VALUES ('90 days')")
    with psycopg.connect(database.app_url) as app:
        moved = app.execute("SELECT relay_now() - clock_timestamp() BETWEEN '89 days 23:59' AND '90 days'").fetchone()
        assert moved == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE clock_offset SET by = '0'")


def test_the_application_owns_nothing_and_makes_nothing(database: Database) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TEMP TABLE mine ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE schema_migration SET checksum = ''")
