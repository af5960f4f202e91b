"""Forward-only migrations: numbered SQL files, each applied once, in one transaction, and never edited after.

`migrations/NNNN_name.sql` are the tables that must survive. `projections/NAME.sql` are tables that can be computed
anew: such a file begins by dropping its tables and is run again whenever its text changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg.pq import TransactionStatus

FOLDER = Path(__file__).with_name("migrations")

_LOCK = 7_252_002
_WAIT_FOR_ANOTHER = "10min"
_WAIT_FOR_A_TABLE = "400ms"
"""Less than a second, after which PostgreSQL looks for a deadlock: a migration gives way, never a command."""
_TRIES = 60
_PAUSE_SECONDS = 0.2
_IN_USE = (LockNotAvailable, DeadlockDetected)
_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|\s+", re.DOTALL)


class MigrationFailed(RuntimeError):
    """The database was left as it was before the file that failed; the message names it and says why."""


class Step(NamedTuple):
    """One numbered file."""

    number: int
    name: str
    text: str
    checksum: str


def _ignore(_step: str) -> None:
    pass


def migrate(
    owner_url: str,
    on_step: Callable[[str], None] = _ignore,
    *,
    folder: Path = FOLDER,
    projections: Path | None = None,
) -> list[str]:
    """Bring the database to the state of the files; answers what was applied, by file name. Two at once is fine.

    Raises MigrationFailed if an applied file was changed or is gone, or if a file fails.
    """
    steps = read(folder)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(f"SET lock_timeout = '{_WAIT_FOR_ANOTHER}'")
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # falls with the connection
        connection.execute(f"SET lock_timeout = '{_WAIT_FOR_A_TABLE}'")
        applied = _applied(connection)
        _compare(steps, applied)
        done = [step.name for step in steps if step.number not in applied and _apply(connection, step, on_step)]
        tables = sorted((projections or _projections()).glob("*.sql"))
        return done + [path.name for path in tables if _renew(connection, path, on_step)]


def read(folder: Path = FOLDER) -> list[Step]:
    """The files of `folder` by number. Raises MigrationFailed on a name or number that cannot be."""
    steps: dict[int, Step] = {}
    for path in sorted(folder.glob("*.sql")):
        parts = _FILE_NAME.fullmatch(path.name)
        if parts is None:
            raise MigrationFailed(f"{path.name}: a migration is named NNNN_name.sql, in lower case.")
        number, text = int(parts[1]), path.read_text("utf-8")
        if number in steps:
            raise MigrationFailed(f"{path.name} and {steps[number].name} have the same number. Give one another.")
        steps[number] = Step(number, path.name, text, _checksum(text))
    return [steps[number] for number in sorted(steps)]


def _applied(connection: psycopg.Connection) -> dict[int, tuple[str, str]]:
    """Name and checksum of what was applied, by number."""
    if connection.execute("SELECT to_regclass('public.schema_migration')").fetchone() == (None,):
        return {}
    rows = connection.execute("SELECT number, name, checksum FROM schema_migration").fetchall()
    return {number: (name, checksum) for number, name, checksum in rows}


def _compare(steps: list[Step], applied: dict[int, tuple[str, str]]) -> None:
    """What was applied is still here, unchanged."""
    here = {step.number: step for step in steps}
    for number, (name, checksum) in sorted(applied.items()):
        if number not in here:
            raise MigrationFailed(f"{name} was applied and is not here: this release is older than its database.")
        if here[number].checksum != checksum:
            sentence = f"{name} was changed after it was applied. Put it back as it was, and write a new file instead."
            raise MigrationFailed(sentence)


def _apply(connection: psycopg.Connection, step: Step, on_step: Callable[[str], None]) -> bool:
    def apply() -> None:
        _run(connection, step.name, step.text)
        connection.execute(
            "INSERT INTO schema_migration (number, name, checksum) VALUES (%s, %s, %s)",
            [step.number, step.name, step.checksum],
        )

    on_step(step.name)
    _giving_way(connection, step.name, apply)
    return True


def _renew(connection: psycopg.Connection, path: Path, on_step: Callable[[str], None]) -> bool:
    """Make a projection's tables if they are new or their text changed; it then reads the log from the beginning."""
    name, text = path.stem, path.read_text("utf-8")
    known = connection.execute("SELECT checksum FROM projection_schema WHERE name = %s", [name]).fetchone()
    if known == (_checksum(text),):
        return False
    if not _COMMENT.sub(" ", text).strip().upper().startswith("DROP TABLE IF EXISTS"):
        raise MigrationFailed(f"{path.name}: a projection begins with DROP TABLE IF EXISTS … CASCADE;")

    def renew() -> None:
        # In the worker's order: who folds holds its position first and then the tables.
        connection.execute("DELETE FROM projection_position WHERE name = %s", [name])
        _run(connection, path.name, text)
        connection.execute(
            "INSERT INTO projection_schema (name, checksum) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum",
            [name, _checksum(text)],
        )

    on_step(path.name)
    _giving_way(connection, path.name, renew)
    return True


def _giving_way(connection: psycopg.Connection, name: str, work: Callable[[], None]) -> None:
    """Do it in one transaction, and all of it anew, after a pause, when somebody holds a table that it wants."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with connection.transaction(): work()
        except _IN_USE as error:
            if not tries_left:
                sentence = f"{name}: a table was in use at each of {_TRIES} tries. Nothing was changed; try again."
                raise MigrationFailed(sentence) from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _run(connection: psycopg.Connection, name: str, text: str) -> None:
    """Run a whole file inside the transaction that is open; the file may not end it."""
    try:
        connection.execute(text.encode())
    except _IN_USE:
        raise
    except psycopg.Error as error:
        raise MigrationFailed(f"{name}{_line(text, error)}: {error.diag.message_primary or error}") from error
    if connection.info.transaction_status is not TransactionStatus.INTRANS:
        raise MigrationFailed(f"{name}: a migration may not COMMIT or ROLLBACK; what it did before that stays done.")


def _line(text: str, error: psycopg.Error) -> str:
    position = error.diag.statement_position
    return f", line {text.count(chr(10), 0, int(position)) + 1}" if position else ""


def _checksum(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _projections() -> Path:
    spec = importlib.util.find_spec("projections")
    if spec is None or not spec.submodule_search_locations:
        raise MigrationFailed("The package `projections` is not installed. Run `make demo` or `make test` once.")
    return Path(spec.submodule_search_locations[0])
