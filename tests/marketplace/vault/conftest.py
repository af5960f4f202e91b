"""A vault over a database of its own, with made-up keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from marketplace.store.database import Database as Pool
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.envelope import Sealer
from marketplace.vault.keyring import Keyring
from marketplace.vault.master import MasterKeys
from marketplace.vault.subject import Subject, SubjectKind
from projections.gate import ANYTHING

if TYPE_CHECKING:
    from tests.conftest import Database

Write = Callable[..., None]


@dataclass(frozen=True)
class Looker:
    company: Any
    user: Any
    tokens: frozenset[Any] = frozenset()


@pytest.fixture
def master() -> MasterKeys:
    return MasterKeys.from_key(bytes(range(32)))


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def keyring(database: Database, master: MasterKeys) -> Iterator[Keyring]:
    pool = Pool(database.app_url, size=4)
    yield Keyring(pool, master)
    pool.close()


@pytest.fixture
def sealer(keyring: Keyring) -> Sealer:
    return Sealer(keyring)


@pytest.fixture
def superuser(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def write(connection: psycopg.Connection[Any]) -> Write:
    """Companion rows, written as an append writes them."""

    def write(*rows: CompanionRow) -> None:
        also = msgspec.json.encode(companions(*rows)).decode()
        connection.execute("SELECT relay_companions(%s::jsonb, 1)", (also,))

    return write


@pytest.fixture
def gate(connection: psycopg.Connection[Any]) -> Write:
    def gate(subject: UUID, what: str, obj: UUID = ANYTHING, *, is_open: bool = True, expires_at: Any = None) -> None:
        connection.execute(
            "INSERT INTO gate VALUES (%s, %s, %s, %s, %s, 1)"
            " ON CONFLICT (subject, what, object) DO UPDATE SET open = excluded.open, expires_at = excluded.expires_at",
            (subject, what, obj, is_open, expires_at),
        )

    return gate


@pytest.fixture
def someone() -> Subject:
    return Subject(SubjectKind.CANDIDATE, uuid4())
