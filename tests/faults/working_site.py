"""A town whose work is done by worker processes that may die at any moment, and what must hold of it afterwards."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

import psycopg

from marketplace import clock
from marketplace.run import postgres, terminal
from marketplace.run.database import Addresses
from marketplace.run.settings import Settings, load
from marketplace.run.wiring import House, open_house
from marketplace.settlement import inbox
from marketplace.settlement.stripe.simulator import Endpoints, World
from marketplace.work.worker import Worker, idle
from projections.every import EVERY
from tests.api.doors import door
from tests.api.v1.introductions.town import OPENING, Places, Town
from tests.faults import working_worker
from tests.faults.working_letterbox import Letterbox, eventually, listening
from tests.faults.working_worker import Seam

_numbers = count(1)
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(working_worker.WARM))
KEYS_ARE_KEPT = """
    CREATE TABLE seen_key (key text);
    CREATE FUNCTION keep_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO public.seen_key VALUES (NEW.key); RETURN NEW; END $$;
    CREATE TRIGGER keep_key AFTER INSERT ON stripe_simulator.remembered FOR EACH ROW EXECUTE FUNCTION keep_key();
"""
"""Stripe forgets a key after a day; the test does not."""
PATIENCE_S = 60.0
LEASE_OVER = timedelta(minutes=5, seconds=1)
LEASED = "SELECT EXISTS (SELECT FROM task WHERE done_at IS NULL AND leased_until > relay_now())"
CLOSED_SITE = "http://127.0.0.1:9"
"""Nobody listens there: webhooks are carried by the test."""


@dataclass
class Site:
    """What a test works with."""

    house: House
    environ: Mapping[str, str]
    owner_url: str
    superuser_url: str
    post: Letterbox
    folder: Path
    workers: list[BaseProcess] = field(default_factory=list)
    armed: list[Seam] = field(default_factory=list)
    died: list[Seam] = field(default_factory=list)
    tune: dict[str, Any] = field(default_factory=dict)
    wants: int = 0

    def now(self) -> Any:
        with self.house.database.transaction() as connection:
            return clock.now(connection)

    def later(self, by: timedelta) -> None:
        with psycopg.connect(self.owner_url) as connection:
            clock.move_to(connection, clock.now(connection) + by)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    # The processes.

    def begin(self, several: int = 1) -> list[BaseProcess]:
        """Let so many more workers work; one that dies at a seam is followed by another."""
        self.wants += several
        return [self._fork() for _ in range(several)]

    def _fork(self) -> BaseProcess:
        note = self.folder / f"seam-{next(_numbers)}"
        process = _forks.Process(
            target=working_worker.work, args=(dict(self.environ), list(self.armed), str(note), self.tune), name=str(note)
        )
        process.start()
        self.workers.append(process)
        return process

    def fell(self, process: BaseProcess) -> Seam | None:
        """The seam at which a worker died or stopped."""
        try:
            where, when, room, nth = Path(process.name).read_text().split("\n")
        except FileNotFoundError:
            return None
        return next((s for s in self.armed if (s.where, s.when, s.room, str(s.nth)) == (where, when, room, nth)), None)

    def tend(self) -> None:
        """Whoever died is followed by another; what it had leased is free after the lease."""
        for process in [each for each in self.workers if not each.is_alive()]:
            self.workers.remove(process)
            process.join()
            if seam := self.fell(process):
                self.armed.remove(seam)
                self.died.append(seam)
            assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
        while len(self.workers) < self.wants:
            if self.one(LEASED):
                self.later(LEASE_OVER)
            self._fork()

    def drain(self) -> None:
        """Wait until the workers have nothing left to do now."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.tend()
            with self.house.database.transaction() as connection:
                if idle(connection, EVERY):
                    return
            assert time.monotonic() < deadline, self.busy()
            time.sleep(0.02)

    def busy(self) -> list[Any]:
        """What is left to do, for a test that waited in vain."""
        return [
            self.rows("SELECT name, position FROM projection_position"),
            self.rows("SELECT kind, attempts, last_error FROM task WHERE done_at IS NULL AND run_at <= relay_now()"),
            self.rows("SELECT id, kind FROM due WHERE due_at <= relay_now()"),
        ]

    def end(self) -> None:
        """End all workers, however they stand."""
        self.wants = 0
        for process in self.workers:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGCONT)
                process.terminate()
        for process in self.workers:
            process.join(20)
            if process.is_alive():
                process.kill()
                process.join()
        self.workers.clear()

    # Stripe's side.

    def deliver(self, plan: Callable[[Any], Any] = lambda pending: pending) -> int:
        """Carry the simulator's webhooks into the inbox."""
        secret = self.house.webhook_secrets[0]
        world = World(self.house.addresses.app_url)

        def take(_url: str, body: bytes, headers: Mapping[str, str]) -> int:
            inbox.receive(self.house.database, body, headers["Stripe-Signature"], [secret])
            return 200

        try:
            return world.deliver(take, Endpoints("platform", secret, "connect", secret), plan)
        finally:
            world.close()

    # What must hold.

    def check(self) -> list[str]:
        """What `relay check` finds wrong."""
        said: list[str] = []
        if terminal.check(self.house, said.append, lambda *_: None) == 0:
            return []
        return [line for line in said if line.startswith("✗")]

    def sent_twice(self) -> dict[str, int]:
        """Messages of which more than one mail arrived, and how many too many."""
        return {key: copies - 1 for key, copies in self.post.copies().items() if copies > 1}

    def never_arrived(self) -> list[Any]:
        """Messages to a person that are marked as sent and of which nothing arrived."""
        sent = self.rows(
            "SELECT id::text FROM message WHERE sent_at IS NOT NULL AND recipient_kind <> 'company' AND created_at > %s",
            OPENING + timedelta(minutes=59),
        )
        return [key for (key,) in sent if key not in self.post.copies()]

    def asked_of_stripe(self) -> dict[str, tuple[int, int, int]]:
        """For each request that was sent: its generation, its keys that Stripe saw, the objects that came of it."""
        return {
            f"{kind} {key}": (generation, keys, objects)
            for key, kind, generation, keys, objects in self.rows(
                "SELECT i.id::text, i.kind, i.generation,"
                " (SELECT count(DISTINCT split_part(k.key, ':', 2)) FROM seen_key k WHERE position(i.id::text in k.key) > 0),"
                " (SELECT count(*) FROM stripe_simulator.object o WHERE o.body->'metadata'->>'intent_id' = i.id::text)"
                " FROM intent i WHERE i.first_sent_at IS NOT NULL AND i.created_at > %s",
                OPENING + timedelta(minutes=59),
            )
        }

    def events(self, topic: str) -> int:
        return int(self.one("SELECT count(*) FROM relay_events WHERE topic LIKE %s", f"{topic}%"))


@contextmanager
def built_site(
    server: postgres.Server, built: tuple[str, Path, Places], folder: Path
) -> Iterator[tuple[Site, Town]]:
    """A copy of the town, an hour after its opening, with no worker yet."""
    template, keys, places = built
    name = f"{template}_site_{next(_numbers)}"
    server.create_database(name, template=template)
    with psycopg.connect(server.owner_url(name)) as connection:
        clock.move_to(connection, OPENING + timedelta(hours=1))
    with ExitStack() as stack:
        post = stack.enter_context(listening())
        site = stack.enter_context(opened_site(server, name, keys, folder, post))
        site.rows(KEYS_ARE_KEPT)
        town = Town(site.house, cast("Worker", site), stack.enter_context(door(site.house)), site.owner_url, places)
        yield site, town
    server.drop_database(name)


@contextmanager
def opened_site(
    server: postgres.Server, name: str, keys: Path, folder: Path, post: Letterbox
) -> Iterator[Site]:
    """A site over a database that is there."""
    environ = {
        "DATABASE_URL": server.app_url(name),
        "MIGRATION_DATABASE_URL": server.owner_url(name),
        "RELAY_DATA": str(keys),
        "RELAY_MASTER_KEY_FILE": str(keys / "master.key"),
        "RELAY_PUBLIC_URL": CLOSED_SITE,
        "SMTP_URL": post.url,
    }
    settings: Settings = load(environ)
    house = open_house(settings, addresses=Addresses(server.app_url(name), server.owner_url(name), None))
    site = Site(house, environ, server.owner_url(name), server.superuser_url_of(name), post, folder)
    try:
        yield site
    finally:
        site.end()
        house.close()


def consents_to_mail(town: Town) -> None:
    """The person agreed to mail."""
    from domain.applicant import Channel
    from domain.consent import Permission, Scope
    from marketplace.commands import consent

    mail = Permission(scope=Scope.CHANNEL, channel=Channel.EMAIL)
    consent.give(
        town.office, town.by(), candidate=town.aoi, permission=mail, level=None, text_version="v1", language="ja"
    )


__all__ = ["Seam", "Sequence", "Site", "built_site", "consents_to_mail", "eventually", "opened_site"]
