"""The worker: projections, reactions, timers and effects, each in a thread of its own, woken by the log.

Several may run: rows are locked by whoever is at them. `drain` does the same work in the caller's thread until nothing is
left to do now; the demo and the tests use it after they have moved the clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg

from domain import reactions
from marketplace import clock
from marketplace.commands.office import Office
from marketplace.store.database import Connection
from marketplace.work import project, react, sweep, tasks
from marketplace.work.rows import Known
from projections.projection import Projection

POLL_SECONDS = 1.0
BACKOFF_SECONDS = 2.0
FIRST = "project"

logger = logging.getLogger(__name__)


class Jobs(msgspec.Struct, frozen=True):
    """What the worker knows how to do, by name."""

    projections: Sequence[Projection[Any]]
    reactions: Mapping[str, react.Reaction]
    timers: Mapping[str, sweep.Timer]
    effects: Mapping[str, tasks.Effect]


class Worker:
    """Does the work of one database."""

    def __init__(self, office: Office, jobs: Jobs) -> None:
        self._office = office
        self._jobs = jobs
        self._known = Known()
        self._stop = threading.Event()
        self._rooms: dict[str, Callable[[], int]] = {
            "project": self.project,
            "react": lambda: react.advance(office, jobs.reactions),
            "sweep": lambda: sweep.advance(office, jobs.timers),
            "tasks": lambda: tasks.advance(office.database, jobs.effects),
        }
        self._wake = {name: threading.Event() for name in self._rooms}

    def project(self) -> int:
        """Fold one batch of every projection; answers how many events were folded."""
        return project.advance_all(self._office.database, self._office.log, self._jobs.projections, self._known)

    def drain(self) -> None:
        """Work until nothing is left to do now."""
        while sum(room() for room in self._rooms.values()):
            pass

    def run(self) -> None:
        """Work until `stop`, woken by the log and at the latest every second."""
        threads = [threading.Thread(target=self._loop, args=(name,), name=f"relay-{name}") for name in self._rooms]
        for thread in threads:
            thread.start()
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error:
                logger.warning("the listening connection was lost; polling until it is back")
                self._wake_all()
                self._stop.wait(POLL_SECONDS)
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._stop.set()
        self._wake_all()

    def _listen(self) -> None:
        with psycopg.connect(self._office.database.url, autocommit=True) as connection:
            connection.execute("LISTEN relay_events")
            self._wake_all()
            while not self._stop.is_set():
                for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass
                self._wake[FIRST].set()

    def _wake_all(self) -> None:
        for event in self._wake.values():
            event.set()

    def _wake_others(self) -> None:
        for name, event in self._wake.items():
            if name != FIRST:
                event.set()

    def _loop(self, name: str) -> None:
        room, wake = self._rooms[name], self._wake[name]
        while not self._stop.is_set():
            wake.wait(POLL_SECONDS)
            wake.clear()
            try:
                while self._once(name, room) and not self._stop.is_set():
                    pass
            except Exception:
                # Whatever it was (a cut connection, a full disk), the other rooms go on and this one tries again.
                logger.exception("%s failed; trying again", name)
                self._stop.wait(BACKOFF_SECONDS)

    def _once(self, name: str, room: Callable[[], int]) -> int:
        """One turn of a room. Once the first has come to rest it wakes the others: what they do rests on what was folded."""
        done = 0
        try:
            done = room()
        finally:
            if name == FIRST and not done:
                self._wake_others()
        return done


def idle(connection: Connection, projections: Sequence[Projection[Any]]) -> bool:
    """Is nothing left to do now? Every reader is at the end of the log, no timer and no task is due."""
    now = clock.now(connection)
    names = [*(p.name for p in projections), react.READER]
    row = connection.execute(
        """
        SELECT NOT EXISTS (SELECT FROM unnest(%(names)s::text[]) AS reader(name)
                           LEFT JOIN projection_position p USING (name)
                           WHERE coalesce(p.position, 0) < (SELECT coalesce(max(notification_id), 0) FROM relay_events))
           AND NOT EXISTS (SELECT FROM task WHERE done_at IS NULL AND run_at <= %(now)s)
           AND NOT EXISTS (SELECT FROM due d LEFT JOIN refusal r ON r.id = d.id
                           WHERE d.due_at <= %(now)s AND (r.next_at IS NULL OR r.next_at <= %(now)s))
           AND NOT EXISTS (SELECT FROM refusal WHERE wanted = ANY(%(reactions)s) AND next_at <= %(now)s)
        """,
        {"names": names, "now": now, "reactions": list(reactions.NAMES)},
    ).fetchone()
    return row == (True,)
