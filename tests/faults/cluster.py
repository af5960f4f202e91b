"""A PostgreSQL of a test's own, durable, that may be killed, stopped in its tracks and started again.

    def test_...(ground: Ground)                    # one for the whole session (conftest.py), or one's own:
    with standing() as ground:                      # starts a server (durable, a few seconds); stops and removes it
        with ground.house("some_name") as house:    # a migrated database of that name, and everything over it
            ...
        ground.kill()                               # SIGKILL to the postmaster and every child, and waits for their end
        ground.start()                              # the same data again, after recovery
    with frozen(pid): ...                           # SIGSTOP, and SIGCONT at the end of the block

`ground.database(name)` is a `tests.conftest.Database` (addresses of the three roles) without a house over it.
`eventually(holds, within_s)` waits on a condition; nothing here sleeps for a fixed time.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from marketplace.run import postgres
from marketplace.run.accounts import unprivileged
from marketplace.run.database import Addresses
from marketplace.run.migrations import migrate
from marketplace.run.postgres_cluster import Cluster
from marketplace.run.settings import Settings, load
from marketplace.run.wiring import House, open_house
from tests.conftest import Database

PATIENCE_S = 30.0
TEMPLATE = "faults_template"


def eventually(holds: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Whether it comes to hold before the deadline; asked a hundred times a second."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline: return False
        time.sleep(0.01)
    return True


@dataclass
class Ground:
    """One server and its data folder."""

    folder: Path
    server: postgres.Server
    made: list[str] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        """Its files and its process."""
        assert self.server.base is not None
        return Cluster(self.server.base, unprivileged())

    def kill(self) -> int:
        """End every process of the server by SIGKILL, at once; answers how many there were."""
        pid = self.cluster.running()
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # so that it starts nobody new while we count
        family = [pid, *children_of(pid)]
        for each in family:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        assert eventually(lambda: not any(lives(each) for each in family))
        return len(family)

    def start(self) -> float:
        """Start it again on the same data; answers the seconds that recovery took."""
        begun = time.monotonic()
        self.server.revive()
        return time.monotonic() - begun

    def database(self, name: str, *, empty: bool = False) -> Database:
        """A database of that name: migrated, or without any table."""
        if not empty and TEMPLATE not in self.made:
            self.server.create_database(TEMPLATE)
            migrate(self.server.owner_url(TEMPLATE))
            self.made.append(TEMPLATE)
        if name not in self.made:
            self.server.create_database(name, template=None if empty else TEMPLATE)
            self.made.append(name)
        server = self.server
        return Database(name, server.app_url(name), server.owner_url(name), server.superuser_url_of(name))

    def settings(self, database: Database, extra: Mapping[str, str] | None = None) -> Settings:
        """The settings of a process over that database, its folder and master key being the ground's."""
        home = self.folder / "home" / database.name
        home.mkdir(parents=True, exist_ok=True)
        given = {
            "RELAY_DATA": str(home),
            "DATABASE_URL": database.app_url,
            "MIGRATION_DATABASE_URL": database.owner_url,
        }
        return load(given | dict(extra or {}))

    @contextmanager
    def house(
        self, name: str, extra: Mapping[str, str] | None = None, *, through: Callable[[str], str] = str
    ) -> Iterator[House]:
        """A database of that name and everything over it; `through` gives the application another way to it."""
        database = self.database(name)
        addresses = Addresses(through(database.app_url), database.owner_url, None)
        house = open_house(self.settings(database, extra), addresses=addresses)
        try:
            yield house
        finally:
            house.close()


@contextmanager
def standing(*, durable: bool = True) -> Iterator[Ground]:
    """A server of one's own for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="relay-faults-"))
    folder.chmod(0o755)  # as root, PostgreSQL's own account has to get in
    server = postgres.start(folder / "postgres", durable=durable)
    try:
        yield Ground(folder, server)
    finally:
        ground = Ground(folder, server)
        if ground.cluster.running() is not None:
            ground.kill()  # nothing of it is kept, so nothing is written for the last time
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def lives(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """The processes that `pid` has started, wherever their sessions are: PostgreSQL's children call setsid."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """These processes do nothing while the block lasts."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def backends_of(url: str, where: str = "true") -> list[int]:
    """The server processes that clients of this database have, those that `where` (of pg_stat_activity) names."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        f" AND backend_type = 'client backend' AND {where} ORDER BY backend_start"
    )
    with psycopg.connect(url, connect_timeout=10) as connection:
        return [row[0] for row in connection.execute(query.encode()).fetchall()]
