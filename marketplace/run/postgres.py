"""Starts and shares a PostgreSQL of our own: no installation, no root, no port, no password to think of.

`start(data)` starts the server whose data lies in `data`, or joins the one that another process has started there.
It answers on a socket only, by password. It stops when its last user leaves (`stop()`, or the end of the process).

What lies in `data` (or, where root's unprivileged account cannot reach that, in /var/lib/relay/<hash of it>):
`cluster/` the database's files, `secrets.json` three passwords (0600), `socket/`, `postgres.log`, `lock`, `in-use`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from marketplace.run import postgres_binaries
from marketplace.run.accounts import unprivileged
from marketplace.run.postgres_binaries import PostgresUnavailable
from marketplace.run.postgres_cluster import Cluster, place

__all__ = ["APP", "OWNER", "PostgresUnavailable", "Server", "adopt", "start"]

SUPERUSER, OWNER, APP = "postgres", "relay_owner", "relay_app"
_ROLES_LOCK = 7_252_001
_DATABASES_LOCK = 7_252_003


class Server:
    """A PostgreSQL server we may make databases on, and the addresses of its three roles."""

    def __init__(
        self,
        where: dict[str, str],
        passwords: dict[str, str],
        *,
        base: Path | None = None,
        programs: Path | None = None,
        leave: Callable[[], None] = lambda: None,
        revive: Callable[[], None] = lambda: None,
    ) -> None:
        self._where = where
        self._passwords = passwords
        self._leave = leave
        self._revive = revive
        self._programs = programs
        self.base = base

    @property
    def bin(self) -> Path:
        """The folder of PostgreSQL's programs (`pg_dump`, `pgbench`)."""
        return self._programs or postgres_binaries.locate()

    @property
    def superuser_url(self) -> str:
        """For making databases, and for tests that break things on purpose."""
        return self.superuser_url_of("postgres")

    def superuser_url_of(self, dbname: str) -> str:
        """The superuser's address of one database."""
        return self._url(SUPERUSER, dbname)

    def owner_url(self, dbname: str) -> str:
        """The address of the role that owns the database and migrates it."""
        return self._url(OWNER, dbname)

    def app_url(self, dbname: str) -> str:
        """The address of the role that the application connects as; it has only what migrations grant."""
        return self._url(APP, dbname)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database that `relay_owner` owns and `relay_app` may connect to; quietly if it is there already."""
        made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY WAL_LOG")
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            # Two processes that begin at once would trip over each other's rows in PostgreSQL's own tables.
            connection.execute("SELECT pg_advisory_lock(%s)", [_DATABASES_LOCK])  # falls with the connection
            with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                connection.execute(
                    made.format(sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0"))
                )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
            )

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is still connected to it."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def revive(self) -> None:
        """Start our own server again if it died; cheap while it runs. Raises PostgresUnavailable."""
        self._revive()

    def stop(self) -> None:
        """Leave; the last to leave stops the server and waits until it has ended."""
        self._leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _url(self, role: str, dbname: str) -> str:
        # A superuser of an adopted server keeps its own name.
        user = self._where.get("user", role) if role == SUPERUSER else role
        password = self._passwords.get(role)
        who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        rest = {key: value for key, value in self._where.items() if key not in {"user", "password", "dbname"}}
        return f"postgresql://{who}@/{quote(dbname, safe='')}?{urlencode(rest, quote_via=quote)}"


def start(data: Path, *, durable: bool = True) -> Server:
    """The server whose data lies in `data`, started or joined. `durable=False` trades safety in a crash for speed.

    Raises PostgresUnavailable with a sentence that says what to do.
    """
    account = unprivileged()
    cluster = Cluster(place(data, account), account)
    with cluster.locked():
        in_use = cluster.lock_file("in-use")
        fcntl.flock(in_use, fcntl.LOCK_SH)
        try:
            passwords = cluster.passwords((SUPERUSER, OWNER, APP))
            socket, programs = cluster.socket(), cluster.programs()

            def revive() -> None:
                if cluster.running() is None:
                    with cluster.locked():
                        cluster.run(programs, socket, server.superuser_url, durable=durable)

            server = Server(
                {"host": str(socket), "port": "5432"},
                passwords,
                base=cluster.base,
                programs=programs,
                leave=lambda: cluster.leave(in_use),
                revive=revive,
            )
            cluster.init(programs, SUPERUSER, passwords[SUPERUSER], durable=durable)
            cluster.run(programs, socket, server.superuser_url, durable=durable)
            _make_roles(server.superuser_url, passwords)
        except BaseException:
            in_use.close()
            raise
    return server


def adopt(superuser_url: str) -> Server:
    """A server that runs already, for tests: makes our two roles on it, with passwords derived from the address."""
    where = {key: str(value) for key, value in conninfo_to_dict(superuser_url).items()}
    passwords = {role: hashlib.sha256(f"{role} {superuser_url}".encode()).hexdigest() for role in (OWNER, APP)}
    if "password" in where:
        passwords[SUPERUSER] = where["password"]
    server = Server(where, passwords)
    _make_roles(superuser_url, passwords)
    return server


def _make_roles(superuser_url: str, passwords: dict[str, str]) -> None:
    """Both roles exist with our passwords and no power beyond logging in."""
    with psycopg.connect(superuser_url, autocommit=True) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ROLES_LOCK])
        for role in (OWNER, APP):
            name, password = sql.Identifier(role), sql.Literal(passwords[role])
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
            elif not _logs_in(superuser_url, role, passwords[role]):
                connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, password))


def _logs_in(superuser_url: str, role: str, password: str) -> bool:
    try:
        psycopg.connect(superuser_url, user=role, password=password).close()
    except psycopg.OperationalError:
        return False
    return True
