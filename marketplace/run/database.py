"""Which database this process works on: the one that DATABASE_URL names, else our own server under RELAY_DATA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from marketplace.run import postgres
from marketplace.run.settings import BadSetting, Settings

NAME = "relay"


class Addresses(NamedTuple):
    """One database for each of its roles; `server` is ours, or None where DATABASE_URL names another's."""

    app_url: str
    owner_url: str | None
    server: postgres.Server | None

    def migration_url(self) -> str:
        """The owner's address. Raises BadSetting where only the application's is known."""
        if self.owner_url is None:
            raise BadSetting(
                "MIGRATION_DATABASE_URL",
                "is not set, and DATABASE_URL's role may not change tables. Set the address of the role relay_owner.",
            )
        return self.owner_url


@contextmanager
def at_hand(settings: Settings, *, name: str = NAME) -> Iterator[Addresses]:
    """The database for as long as the block lasts; our own server is started, or joined, and left at its end."""
    if settings.database_url is not None:
        yield Addresses(settings.database_url, settings.migration_database_url, None)
        return
    with postgres.start(settings.data / "postgres") as server:
        server.create_database(name)
        yield Addresses(server.app_url(name), server.owner_url(name), server)
