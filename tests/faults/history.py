"""What clients were told, held against what the log holds: the history checker of every fault.

    diary = Diary()
    diary.send(command, lambda: log.append(command, ...), events=1)     # notes acked / refused / unknown, raises nothing
    with writing([house, other_house], diary, writers=8) as writers:    # eight threads of real commands, until its end
        ground.kill(); ground.start()
        diary.wait_for_acks(50)                                         # of every writer together, from now on
    assert audit(house, diary) == []                                    # every sentence that does not hold

`audit` says, in sentences: an acknowledged command that is not stored (or not at the position it was told), one stored
twice, a refused one that is stored, an answer that is no answer (`odd`), gaps in positions or versions, a companion row
lost or doubled. `settled` folds every projection to the end of the log, and says where `relay check` or a rebuild differs.
`repeat` sends what stayed unknown again under the same command ids, as a client with an Idempotency-Key does.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

import psycopg

from domain.company import CompanyRole
from domain.consent import BlockCause, Paused
from domain.event import Recorded
from domain.ids import CandidateId, CompanyId
from domain.refusal import Refused
from marketplace.commands import company, consent
from marketplace.commands.office import new_id
from marketplace.run import rebuilding, terminal
from marketplace.run.wiring import House, open_house
from marketplace.store.log import NO_ANSWER, Appended, Command, Log, StreamMoved, open_log
from marketplace.work import project
from projections.every import EVERY

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
NEVER = "2199-01-01T00:00:00+00:00"
LOST = (*NO_ANSWER, psycopg.OperationalError)
"""Answers that say nothing of what became of the command: at the door they are a 503."""
REFUSALS = (Refused, StreamMoved)
"""No writer writes what could be there already: `AlreadyThere` would be a false failure, and is odd."""
PATIENCE_S = 60.0

Send = Callable[[], Appended]


class Outcome(StrEnum):
    """What a client knows of its command."""

    ACKED = "acked"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ODD = "odd"


@dataclass(frozen=True)
class Entry:
    """One sending of one command, and what was said."""

    command: UUID
    outcome: Outcome
    said: str
    position: int | None = None
    events: int | None = None
    seconds: float = 0.0


@dataclass
class Diary:
    """Every sending of every client, in the order of their answers. Safe to write from several threads."""

    entries: list[Entry] = field(default_factory=list)
    unanswered: dict[UUID, tuple[Command, Send, int | None]] = field(default_factory=dict)

    def send(self, command: Command, do: Send, *, events: int | None = None) -> Entry:
        """Send a command and note what was said; `events` is how many it writes, where that is known."""
        begun = time.monotonic()
        position = None
        try:
            done = do()
        except LOST as lost:
            outcome, said = Outcome.UNKNOWN, f"{type(lost).__name__}: {lost}"
        except REFUSALS as refused:
            outcome, said = Outcome.REFUSED, f"{type(refused).__name__}: {refused}"
        except Exception as odd:  # noqa: BLE001  whatever else a client is told is a finding of the audit
            outcome, said = Outcome.ODD, f"{type(odd).__name__}: {odd}"
        else:
            outcome, said, position = Outcome.ACKED, done.outcome, done.position
        entry = Entry(command.id, outcome, said, position, events, time.monotonic() - begun)
        if outcome is Outcome.UNKNOWN:
            self.unanswered[command.id] = (command, do, events)
        else:
            self.unanswered.pop(command.id, None)
        self.entries.append(entry)
        return entry

    def repeat(self) -> list[Entry]:
        """Send everything again that stayed unknown, under the same ids, until each is answered; the answers."""
        deadline = time.monotonic() + PATIENCE_S
        answers = []
        while self.unanswered:
            assert time.monotonic() < deadline, f"{len(self.unanswered)} are never answered: {self.entries[-1]}"
            answers += [self.send(*sending[:2], events=sending[2]) for sending in list(self.unanswered.values())]
        return [entry for entry in answers if entry.outcome is not Outcome.UNKNOWN]

    def count(self, outcome: Outcome) -> int:
        """How many answers of that kind were given."""
        return sum(entry.outcome is outcome for entry in list(self.entries))

    def wait_for_acks(self, more: int) -> None:
        """Until so many more commands were acknowledged than now; fails after a minute."""
        wanted = self.count(Outcome.ACKED) + more
        deadline = time.monotonic() + PATIENCE_S
        while self.count(Outcome.ACKED) < wanted:
            assert not self.count(Outcome.ODD), [entry for entry in self.entries if entry.outcome is Outcome.ODD][:3]
            assert time.monotonic() < deadline, f"no {more} acknowledgements in {PATIENCE_S} s: {self.entries[-3:]}"
            time.sleep(0.01)


def a_command(actor: str) -> Command:
    """A command of somebody, under an id of its own."""
    return Command(id=uuid4(), actor=actor, now=NOW)


def corporate_number(rest: int) -> str:
    """A valid one: its first digit checks the other twelve."""
    twelve = f"{rest:012d}"
    return str(9 - sum(int(d) * (1 + n % 2) for n, d in enumerate(reversed(twelve))) % 9) + twelve


def count_events(count: int, _: object) -> int:
    """Folds any stream to how many events it has."""
    return count + 1


NOTED = "operator:noted"
"""Whose commands all write one companion row, under the command's own id."""

Deed = tuple[Command, Send, int | None]
"""A command, how it is sent, and how many events it writes where that is known."""

CROWD = UUID(int=0xC0FFEE)
"""One stream that every writer wants at once."""


@dataclass
class Writer:
    """One client: sends one real command after another until it is told to stop, and notes every answer."""

    number: int
    house: House
    diary: Diary
    stop: threading.Event
    patient: bool
    rng: random.Random

    def run(self) -> None:
        """A patient writer asks again until it has an answer; the others turn to the next thing."""
        deeds = (self._consent, self._consent, self._crowd, self._own, self._admit)
        while not self.stop.is_set():
            command, do, events = self.rng.choice(deeds)(CandidateId(UUID(int=self.number + 1)))
            while self.diary.send(command, do, events=events).outcome is Outcome.UNKNOWN:
                if not self.patient or self.stop.is_set(): break

    def _consent(self, person: CandidateId) -> Deed:
        """Through the office: load, decide, append; the gate's row goes along."""
        command, office = a_command(f"candidate:{person}"), self.house.office
        number = corporate_number(self.rng.randrange(10**6, 10**12))
        pick = self.rng.randrange(3)
        if pick == 0:
            return command, lambda: consent.pause(office, command, candidate=person), 1
        if pick == 1:
            return command, lambda: consent.resume(office, command, candidate=person), 1
        cause = BlockCause.CHOSEN
        return (
            command,
            lambda: consent.block(office, command, candidate=person, corporate_number=number, cause=cause),
            1,
        )

    def _crowd(self, person: CandidateId) -> Deed:
        """Straight into the log, on the stream that all want, with a companion row of its own."""
        command = a_command(NOTED)
        return command, lambda: crowd(self.house.log, command, person), 1

    def _own(self, person: CandidateId) -> Deed:
        """Several events on a new stream, with a companion row of its own."""
        command = a_command(NOTED)
        stream = new_id(command, "stream")
        events = [Paused(candidate=person)] * self.rng.randrange(1, 4)
        return command, lambda: self.house.log.append(command, {stream: (0, events)}, also=noted(command)), len(events)

    def _admit(self, _person: CandidateId) -> Deed:
        """A company comes in: a key, a vault record, several events."""
        command, office = a_command("operator:1"), self.house.office
        number = corporate_number(self.rng.randrange(10**6, 10**12))
        who = CompanyId(new_id(command, "company"))
        return (
            command,
            lambda: company.admit(
                office, command, company_id=who, name="見本", name_en="Sample", corporate_number=number,
                address="東京都", representative="見本花子", roles=frozenset({CompanyRole.SOURCE}),
            ),
            None,
        )


def crowd(log: Log, command: Command, person: CandidateId) -> Appended:
    """One event on the stream that all want, as it stands at this moment."""
    version = log.load(CROWD, 0, count_events).version
    return log.append(command, {CROWD: (version, [Paused(candidate=person)])}, also=noted(command))


def noted(command: Command) -> dict[str, list[dict[str, str]]]:
    """The companion row that every command of `NOTED` writes: a task that is never due."""
    return {"task": [{"id": str(command.id), "kind": "noted", "subject": str(command.id), "run_at": NEVER}]}


@contextmanager
def writing(houses: Sequence[House], diary: Diary, *, writers: int = 8, seed: int = 1) -> Iterator[list[Writer]]:
    """Writers over these houses in turn, each a thread, half of them patient; they have stopped at the block's end."""
    stop = threading.Event()
    crew = [
        Writer(n, houses[n % len(houses)], diary, stop, n % 4 < 2, random.Random(f"{seed} {n}")) for n in range(writers)
    ]
    threads = [threading.Thread(target=writer.run, name=f"writer-{writer.number}", daemon=True) for writer in crew]
    for thread in threads:
        thread.start()
    try:
        yield crew
    finally:
        stop.set()
        deadline = time.monotonic() + PATIENCE_S
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
    assert not [thread.name for thread in threads if thread.is_alive()], "a writer hangs"


@contextmanager
def folding(house: House) -> Iterator[None]:
    """Every projection reads along while the block lasts, whatever becomes of the database."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            with suppress(*LOST):
                fold(house)
            stop.wait(0.02)

    thread = threading.Thread(target=run, name="folding", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the folding hangs"


def fold(house: House) -> None:
    """Bring every projection to the end of the log, batch by batch as the worker does: none waits for another's end."""
    while project.advance_all(house.database, house.log, EVERY):
        pass


def audit(house: House, diary: Diary) -> list[str]:
    """What does not hold of the log against what the clients were told; empty: no lost, no doubled, no false failure."""
    with psycopg.connect(house.addresses.app_url) as connection:
        rows = connection.execute("SELECT command_id, position, actor FROM command").fetchall()
        tasks = {row[0] for row in connection.execute("SELECT id FROM task WHERE kind = 'noted'").fetchall()}
    stored: dict[UUID, int] = {command: position for command, position, _actor in rows}
    written: dict[UUID, list[int]] = defaultdict(list)
    versions: dict[UUID, int] = defaultdict(int)
    promised = {command for command, _position, actor in rows if actor == NOTED}
    log = open_log(house.addresses.app_url, pool_size=1)
    wrong = [f"{each} and its companion row are not both there" for each in promised ^ tasks]
    for at, entry in enumerate(_events(log), start=1):
        if entry.position != at: return [*wrong, f"position {at} is missing: {entry.position} follows"]
        versions[entry.stream] += 1
        if entry.version != versions[entry.stream]:
            wrong.append(f"stream {entry.stream} goes on with {entry.version} where {versions[entry.stream]} belongs")
        written[entry.meta.command].append(entry.position)
    for command, positions in written.items():
        if stored.get(command) != positions[-1]:
            wrong.append(f"{command} wrote up to {positions[-1]} and stands as {stored.get(command)}")
        if positions != list(range(positions[0], positions[0] + len(positions))):
            wrong.append(f"{command} was written in parts, or twice: {positions}")
    log.close()
    return wrong + [said for entry in diary.entries if (said := _denied(entry, stored, written))]


def _denied(entry: Entry, stored: dict[UUID, int], written: dict[UUID, list[int]]) -> str | None:
    """What the log has against this answer."""
    there = stored.get(entry.command)
    positions = written.get(entry.command, [])
    match entry.outcome:
        case Outcome.ODD:
            return f"{entry.command} was answered with {entry.said}"
        case Outcome.REFUSED if there is not None:
            return f"{entry.command} was refused ({entry.said}) and stands at {there}"
        case Outcome.ACKED if there is None:
            return f"{entry.command} was acknowledged at {entry.position} and is lost"
        case Outcome.ACKED if there != entry.position:
            return f"{entry.command} was acknowledged at {entry.position} and stands at {there}"
        case Outcome.ACKED if entry.events is not None and entry.events != len(positions):
            return f"{entry.command} has {len(positions)} events where it decided {entry.events}"
        case _:
            return None


def _events(log: Log) -> Iterator[Recorded[object]]:
    position = 0
    while batch := log.read(position, 1000):
        for entry in batch:
            assert isinstance(entry, Recorded), entry
            yield entry
        position = batch[-1].position


def settled(used: House) -> list[str]:
    """What `relay check` finds, and which projections differ from a rebuild, once everything is folded.

    Over connections of its own: those at hand may have died, and each tells so once to whoever meets it.
    """
    wrong: list[str] = []

    def quietly(_what: str, _done: int, _whole: int) -> None:
        pass

    house = open_house(used.settings, addresses=used.addresses)
    try:
        fold(house)
        if terminal.check(house, wrong.append, quietly) == 0:
            wrong.clear()
        with terminal.workshop(house) as owner:
            rebuilt = rebuilding.rebuild_all(owner, house.log, on_progress=quietly)
    finally:
        house.close()
    return wrong + [f"{each.name} differs from its rebuild at {each.differing}" for each in rebuilt if each.differing]
