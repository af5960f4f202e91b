"""Which database this process works on: the one that DATABASE_URL names, else our own server under RELAY_DATA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from marketplace.run import postgres
from marketplace.run.settings import BadSetting, Settings

NAME = "relay"
KEYRING = "relay_keyring"


class Addresses(NamedTuple):
    """The databases for each of their roles; `server` is ours, or None where DATABASE_URL names another's.

    `keyring_url` is None where the keys lie with the records.
    """

    app_url: str
    owner_url: str | None
    server: postgres.Server | None
    keyring_url: str | None = None
    keyring_owner_url: str | None = None

    @property
    def keys_url(self) -> str:
        """Where the keys lie."""
        return self.keyring_url or self.app_url

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
        yield Addresses(
            settings.database_url,
            settings.migration_database_url,
            None,
            settings.keyring_url,
            settings.keyring_migration_url,
        )
        return
    with postgres.start(settings.data / "postgres") as server:
        yield ours(server, name)


def ours(server: postgres.Server, name: str = NAME, keyring: str = KEYRING) -> Addresses:
    """The databases of our own server, made if they are not there: the keyring's is never that of the records."""
    for each in (name, keyring):
        server.create_database(each)
    return Addresses(
        server.app_url(name), server.owner_url(name), server, server.app_url(keyring), server.owner_url(keyring)
    )
