"""No connection is left: who comes is told so, nobody waits for ever, and when there is room again everything goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from marketplace.run.wiring import WEB_CONNECTIONS, House
from tests.faults.cluster import eventually
from tests.faults.history import Diary, Outcome, audit, settled, writing
from tests.faults.test_database_stopped import free_port, register
from tests.stories.conftest import Web

if TYPE_CHECKING:
    from tests.faults.cluster import Ground

HANGS_S = 30.0
POOL_WAITS_S = 2.0


@contextmanager
def all_taken(house: House) -> Iterator[None]:
    """Every connection of the site's pool is in use."""
    with ExitStack() as stack:
        for _ in range(WEB_CONNECTIONS):
            stack.enter_context(house.database.transaction())
        yield


def crowded_out(ground: Ground, name: str) -> None:
    """A site whose connections are all in use refuses with a sentence, and serves again as soon as one is free."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ground.house(name, {"RELAY_PORT": str(port), "RELAY_PUBLIC_URL": url}) as house:
        web = Web(house, port)
        web.start()
        try:
            web.wait()
            with httpx.Client(base_url=url, timeout=HANGS_S, headers={"Accept-Language": "en"}) as browser:
                assert register(browser).is_success
                with all_taken(house):
                    begun = time.monotonic()
                    refused = register(browser)
                    assert (refused.status_code, refused.json()["code"]) == (503, "try-later")
                    assert time.monotonic() - begun < HANGS_S / 2
                assert register(browser).is_success
        finally:
            web.end()


def test_a_site_whose_connections_are_all_in_use_says_try_later_and_serves_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psycopg_pool import ConnectionPool

    beginning = ConnectionPool.__init__

    def hasty(pool: ConnectionPool, *args: object, **settings: object) -> None:
        beginning(pool, *args, **(settings | {"timeout": POOL_WAITS_S}))  # type: ignore[arg-type]

    monkeypatch.setattr(ConnectionPool, "__init__", hasty)
    crowded_out(ground, "crowded")


@pytest.mark.heavy
def test_a_site_whose_connections_are_all_in_use_does_not_wait_longer_than_its_own_patience(ground: Ground) -> None:
    crowded_out(ground, "crowded_patient")


def test_a_server_that_takes_no_more_connections_loses_and_doubles_nothing(ground: Ground) -> None:
    """Somebody else takes every place, and every connection of ours is ended by an administrator."""
    diary = Diary()
    with ground.house("no_room") as house, ground.house("no_room") as other:
        with writing([house, other], diary, writers=8):
            diary.wait_for_acks(10)
            with nobody_may_come(ground, "no_room"):
                unknown = diary.count(Outcome.UNKNOWN)
                assert eventually(lambda: diary.count(Outcome.UNKNOWN) > unknown + 8)
            diary.wait_for_acks(10)
        diary.repeat()
        assert audit(house, diary) == []
        assert settled(house) == []


@contextmanager
def nobody_may_come(ground: Ground, name: str) -> Iterator[None]:
    """The application's connections to a database are ended, and new ones refused, as where there are too many."""
    with psycopg.connect(ground.server.superuser_url, autocommit=True) as chief:
        chief.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0".encode())
        chief.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'relay_app'", [name]
        )
        yield
        chief.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1".encode())
