"""`relay bench project`: events folded each second into a real projection, the board of introductions.

`stock` is the library's runner, one event to a transaction; `bare` only reads and decodes; `ours` is the worker's batch
loop. The first and the last fold the same events with the same fold into the same table, which is emptied before each.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg

from domain.event import Recorded
from domain.events import AnyEvent
from marketplace.run.bench import sample
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.table import Notes, Row, interleave
from marketplace.run.wiring import LOG_CONNECTIONS
from marketplace.store import stock
from marketplace.store.database import Database
from marketplace.store.log import Log, open_log
from marketplace.work import project
from marketplace.work.rows import Known
from projections import introduction_board

PROJECTION = introduction_board.PROJECTION
STOCK, BARE, OURS = "stock, one event a transaction", "bare, reading and decoding", "ours, batch loop"
PER_SECOND = "events/s"


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """All cases, interleaved, and their table."""
    notes = Notes()
    with ExitStack() as stack:
        log = open_log(here.app_url, pool_size=LOG_CONNECTIONS)
        stack.callback(log.close)
        database = Database(here.app_url)
        stack.callback(database.close)
        say(f"writing {effort.events} events")
        introductions = sample.fill(log, effort.events)
        with here.as_owner() as connection:
            connection.execute("VACUUM ANALYZE relay_events")
        cases = _cases(here, log, database, notes, introductions, effort.seconds / 2)
        interleave(effort.rounds, cases, lambda number, name: say(f"round {number} of {effort.rounds}: {name}"))
    return [notes.row(STOCK), notes.row(BARE), notes.row(OURS, STOCK), notes.row(OURS, BARE)]


def _cases(
    here: Ground, log: Log, database: Database, notes: Notes, introductions: int, seconds: float
) -> dict[str, Callable[[], None]]:
    events = log.position()

    def by_stock() -> None:
        _empty(here)
        took = stock.run_projection(here.owner_url, _write, until=events, pool_size=LOG_CONNECTIONS)
        _complete(here, introductions)
        notes.add(STOCK, events / took, PER_SECOND)

    def ours_once() -> float:
        _empty(here)
        begun, known = time.perf_counter(), Known()
        while project.advance(database, log, PROJECTION, known):
            pass
        took = time.perf_counter() - begun
        _complete(here, introductions)
        return took

    def bare_once() -> float:
        begun, position = time.perf_counter(), 0
        while entries := log.read(position, project.BATCH):
            position = entries[-1].position
        return time.perf_counter() - begun

    return {
        STOCK: by_stock,
        BARE: lambda: notes.add(BARE, events / _mean(bare_once, seconds), PER_SECOND),
        OURS: lambda: notes.add(OURS, events / _mean(ours_once, seconds), PER_SECOND),
    }


def _mean(once: Callable[[], float], seconds: float) -> float:
    """How long a pass takes, over at least one and until so much time is spent in them."""
    took = [once()]
    while sum(took) < seconds:
        took.append(once())
    return sum(took) / len(took)


def _write(connection: psycopg.Connection[Any], entry: Recorded[AnyEvent]) -> None:
    """One event into the projection's table, by the same statements as ours."""
    project.fold_all(connection, PROJECTION, PROJECTION.name, [entry], set())


def _empty(here: Ground) -> None:
    """Nothing is folded yet, by either."""
    with here.as_owner() as connection:
        connection.execute("TRUNCATE introduction_board")
        connection.execute("DELETE FROM projection_position WHERE name = %s", (PROJECTION.name,))
        stock.forget_projection(connection)


def _complete(here: Ground, introductions: int) -> None:
    """Every introduction reached its last step: who did not do the work has no figure."""
    with here.as_owner() as connection:
        row = connection.execute("SELECT count(*) FROM introduction_board WHERE stage IS NOT NULL").fetchone()
    if row != (introductions,):
        message = f"{row} introductions were folded to their end, not {introductions}"
        raise RuntimeError(message)
