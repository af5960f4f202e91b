"""`relay bench append`: commands written each second, beside plain inserts and the library as released.

Everything is one event to a transaction, to a new stream, with the same bytes: `pgbench` inserts them into a table of the
same columns and indexes without lock, command, chain or notice; `stock` is the library's recorder; `ours` is `Log.append`.
While 64 threads write ours, a reader tails the log; what it missed is in the table.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from uuid import UUID, uuid4

import msgspec
from psycopg.conninfo import conninfo_to_dict

from domain.introduction import IntroductionRequested
from marketplace.run.bench import sample
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.table import TOTAL, Notes, Row, interleave, percentile
from marketplace.run.bench.tail import tailing
from marketplace.run.wiring import LOG_CONNECTIONS
from marketplace.store.log import Log, open_log
from marketplace.store.mapper import EventMapper, Pending
from marketplace.store.stock import StockLog

PGBENCH_CLIENTS = 8
STOCK_THREADS = (1, 4, 16, 64)
MANY = 64
PER_SECOND, MILLISECONDS = "commands/s", "ms"
P50, P99 = "p50", "p99"
MOST_A_SECOND = 16_000
"""So many events a second of a case are made before it begins."""

Ready = tuple[UUID, IntroductionRequested]
"""The id of a command, and its event."""
Write = Callable[[Callable[[], Ready]], None]

PGBENCH = f"pgbench, {PGBENCH_CLIENTS} clients"
OURS_MANY, OURS_ONE = f"ours, {MANY} threads", "ours, one at a time"
READER = "ours, missed by a tailing reader"

_PLAIN_TABLE = """
    CREATE TABLE plain (originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL,
        state bytea NOT NULL, notification_id bigserial, PRIMARY KEY (originator_id, originator_version));
    CREATE UNIQUE INDEX plain_notification_id_idx ON plain (notification_id)
"""
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class Driven(msgspec.Struct, frozen=True):
    """What some threads did: how often a second, and the milliseconds of each call."""

    per_second: float
    milliseconds: list[float]


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """All cases, interleaved, and their table."""
    notes = Notes()
    with ExitStack() as stack:
        log = open_log(here.app_url, pool_size=LOG_CONNECTIONS)
        stack.callback(log.close)
        stock = StockLog(here.owner_url, pool_size=LOG_CONNECTIONS)
        stack.callback(stock.close)
        with here.as_owner() as connection:
            connection.execute(_PLAIN_TABLE)
        cases = _cases(here, log, stock, notes, effort.seconds)
        for write in (partial(_ours, log), partial(_stock, stock)):
            drive(MANY, effort.seconds / 10, partial(write, made(0)))
        interleave(effort.rounds, cases, lambda number, name: say(f"round {number} of {effort.rounds}: {name}"))
    return _rows(notes)


def _cases(here: Ground, log: Log, stock: StockLog, notes: Notes, seconds: float) -> dict[str, Callable[[], None]]:
    def threads(name: str, count: int, write: Write) -> None:
        driven = drive(count, seconds, partial(write, made(math.ceil(seconds * MOST_A_SECOND))))
        notes.add(name, driven.per_second, PER_SECOND)
        notes.add(name, percentile(driven.milliseconds, 50), MILLISECONDS, statistic=P50)
        notes.add(name, percentile(driven.milliseconds, 99), MILLISECONDS, statistic=P99)

    def many() -> None:
        with tailing(here.app_url, lambda count: notes.add(READER, count, "events", statistic=TOTAL)):
            threads(OURS_MANY, MANY, partial(_ours, log))

    script = _script()
    cases: dict[str, Callable[[], None]] = {
        PGBENCH: lambda: notes.add(PGBENCH, pgbench(here, script, PGBENCH_CLIENTS, seconds), PER_SECOND)
    }
    for count in STOCK_THREADS:
        cases[_stock_case(count)] = partial(threads, _stock_case(count), count, partial(_stock, stock))
    cases[OURS_MANY] = many
    cases[OURS_ONE] = partial(threads, OURS_ONE, 1, partial(_ours, log))
    return cases


def _rows(notes: Notes) -> list[Row]:
    every_stock = [_stock_case(count) for count in STOCK_THREADS]
    best = notes.best(every_stock)
    return [
        notes.row(PGBENCH),
        *(notes.row(each, PGBENCH) for each in every_stock),
        notes.row(OURS_MANY, PGBENCH),
        notes.row(OURS_MANY, best),
        notes.row(OURS_ONE, every_stock[0]),
        *(notes.row(OURS_MANY, every_stock[-1], statistic=each) for each in (P50, P99)),
        *(notes.row(OURS_ONE, every_stock[0], statistic=each) for each in (P50, P99)),
        notes.row(READER, statistic=TOTAL),
    ]


def _stock_case(threads: int) -> str:
    return "stock, one at a time" if threads == 1 else f"stock, {threads} threads"


def made(count: int) -> Callable[[], Ready]:
    """Hands out events and ids that were made beforehand, as pgbench has its bytes; when they are used up, new ones.

    Randomness is a call of the system, for which a thread leaves the interpreter and has to wait for it again.
    """
    ready = deque((uuid4(), sample.request(uuid4())) for _ in range(count))

    def take() -> Ready:
        try:
            return ready.popleft()
        except IndexError:
            return uuid4(), sample.request(uuid4())

    return take


def _ours(log: Log, take: Callable[[], Ready]) -> None:
    identity, event = take()
    log.append(sample.command(identity), {event.introduction: (0, [event])})


def _stock(stock: StockLog, take: Callable[[], Ready]) -> None:
    identity, event = take()
    stock.append(event.introduction, 1, sample.meta(identity), event)


def drive(threads: int, seconds: float, act: Callable[[], None]) -> Driven:
    """Let some threads do `act` over and over for so long; a call that fails ends the bench."""
    start = threading.Barrier(threads)

    def one(_number: int) -> tuple[float, float, list[float]]:
        start.wait()
        begun = now = time.perf_counter()
        calls: list[float] = []
        while now - begun < seconds:
            act()
            before, now = now, time.perf_counter()
            calls.append((now - before) * 1000)
        return begun, now, calls

    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(one, range(threads)))
    calls = [each for _, _, several in done for each in several]
    took = max(ended for _, ended, _ in done) - min(begun for begun, _, _ in done)
    return Driven(len(calls) / took, calls)


def _script() -> str:
    """A plain insert of one event of ours."""
    stream = uuid4()
    stored = EventMapper().to_stored_event(Pending(stream, 1, sample.meta(), sample.request(stream)))
    values = f"gen_random_uuid(), 1, '{stored.topic}', '\\x{stored.state.hex()}'"
    return f"INSERT INTO plain (originator_id, originator_version, topic, state) VALUES ({values});"  # noqa: S608  our own bytes


def pgbench(here: Ground, script: str, clients: int, seconds: float) -> float:
    """Transactions a second by PostgreSQL's own load generator, for whole seconds, prepared, without connecting."""
    where = {name: str(value) for name, value in conninfo_to_dict(here.owner_url).items()}
    server = ["-h", where["host"], "-p", where["port"], "-U", where["user"], where["dbname"]]
    load = ["--protocol=prepared", f"--client={clients}", "--jobs=2", f"--time={max(1, math.ceil(seconds))}"]
    answer = subprocess.run(
        [str(here.server.bin / "pgbench"), "--no-vacuum", *load, "--file=-", *server],
        env=os.environ | {"PGPASSWORD": where.get("password", "")},
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    found = _TPS.search(answer.stdout)
    if answer.returncode or found is None:
        message = f"pgbench: {answer.stderr.strip() or answer.stdout.strip()}"
        raise RuntimeError(message)
    return float(found[1])
