"""Before a process begins: its database answers, has the tables of this release, and was sealed under this master key."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import psycopg

from marketplace.run.database import Addresses
from marketplace.run.keyring_home import KEYRING_FOLDER, check_home
from marketplace.run.migrations import FOLDER, MigrationFailed, read
from marketplace.run.settings import BadSetting, Settings
from marketplace.vault.master import MasterKeys

ANSWERS_WITHIN_S = 10


def cross(settings: Settings, addresses: Addresses) -> MasterKeys:
    """The master keys that fit the database. Raises BadSetting or MigrationFailed with a sentence."""
    with reached("DATABASE_URL", addresses.app_url) as records, reached("KEYRING_URL", addresses.keys_url) as keyring:
        _check_tables(records, FOLDER)
        _check_tables(keyring, FOLDER if addresses.keyring_url is None else KEYRING_FOLDER)
        check_home(records, keyring, addresses)
        # Both ends of an index: a file that knows the least and the greatest name is this installation's.
        row = keyring.execute("SELECT min(kek_id), max(kek_id) FROM vault_key").fetchone()
    sealed_under = {name for name in row or () if name is not None}
    path = settings.master_key_file
    if sealed_under and not path.exists():
        raise BadSetting(
            "RELAY_MASTER_KEY_FILE", f"{path} is missing, and the database was sealed under it. Put your copy back."
        )
    master = settings.master_keys()
    if not sealed_under <= master.names:
        raise BadSetting(
            "RELAY_MASTER_KEY_FILE",
            f"{path} is not the one under which this database was sealed. Put the right one in its place.",
        )
    return master


def reached(name: str, url: str) -> psycopg.Connection:
    """A connection to a database. Raises BadSetting if it does not answer; the password is in no sentence of libpq."""
    try:
        return psycopg.connect(url, connect_timeout=ANSWERS_WITHIN_S)
    except psycopg.Error as error:
        why = (str(error).strip().splitlines() or [""])[0].rstrip(".")
        raise BadSetting(name, f"the database does not answer ({why}). Start it, or set the right address.") from None


def check_port(settings: Settings) -> None:
    """Nobody listens where we want to; two webs would be given every other request. Raises BadSetting."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise BadSetting("RELAY_PORT", f"{settings.port} is taken. End what listens there, or set another.") from None
            raise BadSetting("RELAY_HOST", f"{settings.host} cannot be listened on ({error.strerror}).") from None


def _check_tables(connection: psycopg.Connection, folder: Path) -> None:
    try:
        row = connection.execute("SELECT max(number) FROM schema_migration").fetchone()
    except psycopg.errors.UndefinedTable:
        raise MigrationFailed("The database has no tables yet. Say: relay migrate") from None
    wanted = max(step.number for step in read(folder))
    if row is None or row[0] is None or row[0] < wanted:
        raise MigrationFailed("The database's tables are older than this release. Say: relay migrate")
