"""`relay bench growth`: a command over a million events takes as long as one over ten thousand.

Both logs are loaded in bulk, with positions without gaps, the chain and a command for each event, as if the product had
written them; then they are vacuumed and analysed. A command is what every command is: is it carried out already? load a
stream, decide, append. The streams are drawn from all over the log. `bare` is one plain insert into a table as long.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import psycopg

from domain import introduction
from domain.events import AnyEvent
from marketplace.run.bench import sample
from marketplace.run.bench.ground import Effort, Ground, Say
from marketplace.run.bench.table import Notes, Row, Strayed, interleave
from marketplace.run.migrations import migrate
from marketplace.run.wiring import LOG_CONNECTIONS
from marketplace.store.log import Log, open_log
from marketplace.store.mapper import EventMapper, Pending
from marketplace.store.seal import FIRST_LINK

ROWS_A_COPY = 5_000
DRAWN = 3_000
TO_EVENTS = "COPY relay_events (originator_id, originator_version, topic, state, notification_id, chain) FROM STDIN"
TO_COMMANDS = "COPY command (command_id, actor, position, at) FROM STDIN"
PLAIN = """
    CREATE TABLE plain (originator_id uuid NOT NULL, originator_version bigint NOT NULL, state bytea NOT NULL,
        notification_id bigint NOT NULL, PRIMARY KEY (originator_id, originator_version));
    CREATE UNIQUE INDEX plain_notification_id_idx ON plain (notification_id);
    INSERT INTO plain SELECT originator_id, originator_version, state, notification_id FROM relay_events
"""
INSERT = "INSERT INTO plain SELECT %s, 1, %s, max(notification_id) + 1 FROM plain"


def measure(here: Ground, say: Say, effort: Effort) -> list[Row]:
    """Both logs, interleaved, and their table."""
    notes, each = Notes(), -(-effort.appended // effort.rounds)
    with ExitStack() as stack:
        cases: dict[str, Callable[[], None]] = {}
        for size in (effort.few, effort.many):
            there = stack.enter_context(_grown(here, size))
            say(f"loading {size:,} events")
            streams = load(there, size)
            log = open_log(there.app_url, pool_size=LOG_CONNECTIONS)
            stack.callback(log.close)
            plain = stack.enter_context(psycopg.connect(there.owner_url, autocommit=True))
            cases[_bare(size)] = _case(notes, _bare(size), each, partial(_insert, plain))
            cases[_ours(size)] = _case(notes, _ours(size), each, partial(_carry_out, log, streams))
        for case in cases.values():
            case()
        notes.forget()
        interleave(effort.rounds, cases, lambda number, name: say(f"round {number} of {effort.rounds}: {name}"))
    few, many = effort.few, effort.many
    return [
        notes.latency(_bare(few), 50),
        notes.latency(_bare(many), 50, _bare(few)),
        *(notes.latency(_ours(few), percent) for percent in (50, 95)),
        *(notes.latency(_ours(many), percent, _ours(few)) for percent in (50, 95)),
    ]


@contextmanager
def _grown(here: Ground, size: int) -> Iterator[Ground]:
    """A database of its own on the same server, for as long as the block lasts."""
    name = f"grown_{size}"
    here.server.create_database(name)
    try:
        there = Ground(server=here.server, app_url=here.server.app_url(name), owner_url=here.server.owner_url(name))
        migrate(there.owner_url)
        yield there
    finally:
        here.server.drop_database(name)


def _bare(size: int) -> str:
    return f"bare, an insert after {size:,}"


def _ours(size: int) -> str:
    return f"ours, a command after {size:,} events"


def _case(notes: Notes, name: str, count: int, act: Callable[[], None]) -> Callable[[], None]:
    def case() -> None:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            act()
            took.append((time.perf_counter() - begun) * 1000)
        notes.pool(name, took)

    return case


def _insert(connection: psycopg.Connection[Any]) -> None:
    stream = uuid4()
    connection.execute(INSERT, (stream, _encoded(sample.request(stream), stream, 1)[1]), prepare=True)


def _carry_out(log: Log, streams: list[UUID]) -> None:
    """The next step of an introduction somewhere in the log."""
    command, stream = sample.command(), random.choice(streams)  # noqa: S311  which one is no secret
    if log.carried_out(command.id) is not None:
        raise Strayed("a new command is carried out already")
    loaded = log.load(stream, introduction.INITIAL, introduction.evolve)
    if loaded.version < len(sample.STEPS) or loaded.state.introduction != stream:
        raise Strayed(f"a stream of the bulk has {loaded.version} events of {loaded.state.introduction}")
    log.append(command, {stream: (loaded.version, [sample.stage()])})


def load(there: Ground, events: int) -> list[UUID]:
    """Write so many events past the store, vacuum and analyse; answers some of the streams, each with all its steps."""
    drawn: list[UUID] = []
    with there.as_owner() as connection:
        written = _written(events, drawn)
        while rows := list(islice(written, ROWS_A_COPY)):
            with connection.transaction(), connection.cursor() as cursor:
                with cursor.copy(TO_EVENTS) as copy:
                    copy.write("".join(event for event, _ in rows))
                with cursor.copy(TO_COMMANDS) as copy:
                    copy.write("".join(command for _, command in rows))
        connection.execute(PLAIN)
        connection.execute("VACUUM ANALYZE")
    return drawn


def _written(events: int, drawn: list[UUID]) -> Iterator[tuple[str, str]]:
    """A line for each event and one for its command. The steps of an introduction follow each other; which is no matter."""
    position, chain = 0, FIRST_LINK
    every = max(1, events // len(sample.STEPS) // DRAWN)
    at = sample.NOW.isoformat()
    while position < events:
        stream = uuid4()
        if position // len(sample.STEPS) % every == 0 and position + len(sample.STEPS) <= events:
            drawn.append(stream)
        for version, step in enumerate(sample.STEPS, start=1):
            if position == events:
                return
            position += 1
            topic, state = _encoded(step(stream), stream, version)
            content = stream.bytes + version.to_bytes(8) + topic.encode() + b"\x00" + state
            chain = hashlib.sha256(chain + content).digest()
            event = f"{stream}\t{version}\t{topic}\t\\\\x{state.hex()}\t{position}\t\\\\x{chain.hex()}\n"
            yield event, f"{uuid4()}\t{sample.ACTOR}\t{position}\t{at}\n"


def _encoded(event: AnyEvent, stream: UUID, version: int) -> tuple[str, bytes]:
    stored = EventMapper().to_stored_event(Pending(stream, version, sample.meta(), event))
    return stored.topic, stored.state
