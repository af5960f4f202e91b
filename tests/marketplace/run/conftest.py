"""A database with one relay in it, its projections folded, and everything that the checks look at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature

from domain.calendar import Holidays
from domain.policy import DEFAULT
from marketplace.commands.office import Office
from marketplace.run import postgres
from marketplace.run.check import Context
from marketplace.store.database import Database as Pool
from marketplace.store.log import open_log
from marketplace.vault.master import MasterKeys
from marketplace.vault.vault import open_vault
from marketplace.work import project
from projections.every import EVERY
from tests.api.v1.introductions.conftest import built, town
from tests.conftest import Database
from tests.marketplace.run.history import DISCLOSED_AT, History

__all__ = ["built", "town"]


@dataclass(frozen=True)
class House:
    """What a test of the checks holds in its hands."""

    office: Office
    history: History
    context: Context
    superuser_url: str

    def project(self) -> None:
        """Bring every projection to the end of the log."""
        for projection in EVERY:
            while project.advance(self.office.database, self.office.log, projection):
                pass

    def plant(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What somebody does who is superuser and has switched the triggers off."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def opened(database: Database) -> Iterator[House]:
    """Everything over one database, for as long as the block lasts."""
    log, pool, workshop = open_log(database.app_url), Pool(database.app_url, size=3), Pool(database.owner_url, size=1)
    vault = open_vault(pool, MasterKeys.from_key(bytes(range(32))))
    office = Office(log, pool, vault, DEFAULT, Holidays(days=frozenset(), known_until=date(2030, 12, 31)), "http://x")
    context = Context(
        log=log, database=pool, workshop=workshop, keyring=vault.keyring, policy=DEFAULT, now=DISCLOSED_AT,
        verify=verifier(vault.signer.known),
    )
    yield House(office, History(log, vault.sealer), context, database.superuser_url)
    log.close()
    pool.close()
    workshop.close()


@pytest.fixture
def empty_house(database: Database) -> Iterator[House]:
    with opened(database) as house:
        yield house


SAVE = """
    DO $$ DECLARE t text; BEGIN
        CREATE SCHEMA saved;
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TABLE saved.%I AS TABLE public.%I', t, t);
        END LOOP;
    END $$
"""
RESTORE = """
    DO $$ DECLARE t text; BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'saved' LOOP
            EXECUTE format('DELETE FROM public.%I', t);
            EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM saved.%I', t, t);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def played(server: postgres.Server, template: str) -> Iterator[Database]:
    """A database with the whole relay in it, and a copy of every table beside it to go back to."""
    name = f"played_{os.getpid()}"
    server.create_database(name, template=template)
    database = Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name))
    with opened(database) as house:
        house.history.relay()
        house.project()
        house.plant(SAVE)
    yield database
    server.drop_database(name)


@pytest.fixture
def house(played: Database) -> Iterator[House]:
    """The whole relay, for a test to add to or to break; put back as it was afterwards."""
    with opened(played) as house:
        yield house
        house.plant(RESTORE)


def verifier(known: dict[str, Any]) -> Callable[[str, bytes, bytes], bool]:
    def verify(key_id: str, content: bytes, signature: bytes) -> bool:
        try:
            known[key_id].verify(signature, content)
        except (KeyError, InvalidSignature):
            return False
        return True

    return verify
