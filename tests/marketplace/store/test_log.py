"""The event log against the real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.company import CompanyAdmitted, GroupDeclared
from domain.consent import ConsentGiven, ConsentWithdrawn, Paused, Permission, Resumed, Scope, WithdrawalCause
from domain.event import Recorded
from domain.ids import CandidateId, CompanyId, CompanyToken, VaultRef, consent_of
from marketplace.store.database import Database as Pool
from marketplace.store.log import Command, Log, StreamMoved, open_log
from projections import gate

if TYPE_CHECKING:
    from tests.conftest import Database

NOW = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
WHO = CandidateId(UUID(int=7))
LIST = Permission(scope=Scope.LIST)


def a_command(moment: datetime = NOW) -> Command:
    return Command(id=uuid4(), actor="candidate:7", now=moment)


def given(until: datetime = NOW + timedelta(days=180)) -> ConsentGiven:
    return ConsentGiven(
        candidate=WHO, permission=LIST, level=None, text_version="1", language="ja", expires_at=until, receipt="r"
    )


def count_events(count: int, _: object) -> int:
    return count + 1


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    log = open_log(database.app_url)
    yield log
    log.close()


def test_what_was_appended_is_read_back_in_order_with_what_stands_beside_it(log: Log) -> None:
    command = a_command()
    done = log.append(command, {consent_of(WHO): (0, [given(), Paused(candidate=WHO)])})
    assert (done.outcome, done.position) == ("done", 2)
    first, second = log.read(0)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (first.position, first.version, first.event) == (1, 1, given())
    assert (second.position, second.version, second.event) == (2, 2, Paused(candidate=WHO))
    assert (first.meta.actor, first.meta.command, first.meta.recorded_at) == ("candidate:7", command.id, NOW)
    assert log.load(consent_of(WHO), 0, count_events).version == 2


def test_a_command_sent_twice_is_carried_out_once(log: Log) -> None:
    command = a_command()
    log.append(command, {consent_of(WHO): (0, [Paused(candidate=WHO)])})
    again = log.append(command, {consent_of(WHO): (0, [Paused(candidate=WHO)])})
    assert (again.outcome, again.position) == ("again", 1)
    assert log.position() == 1


def test_a_stream_that_moved_refuses_the_whole_command(log: Log) -> None:
    other = uuid4()
    log.append(a_command(), {consent_of(WHO): (0, [Paused(candidate=WHO)])})
    with pytest.raises(StreamMoved):
        log.append(a_command(), {other: (0, [Paused(candidate=WHO)]), consent_of(WHO): (0, [Resumed(candidate=WHO)])})
    assert log.position() == 1
    assert log.history(other) == []


def test_a_stream_that_was_only_read_is_checked_too(log: Log) -> None:
    log.append(a_command(), {consent_of(WHO): (0, [Paused(candidate=WHO)])})
    with pytest.raises(StreamMoved):
        log.append(a_command(), {uuid4(): (0, [Resumed(candidate=WHO)]), consent_of(WHO): (0, [])})


def test_of_many_writers_on_one_stream_one_wins_each_version_and_positions_have_no_gap(log: Log) -> None:
    def write(_: int) -> int:
        for attempt in range(100):
            version = log.load(consent_of(WHO), 0, count_events).version
            try:
                log.append(a_command(), {consent_of(WHO): (version, [Paused(candidate=WHO)])})
            except StreamMoved:
                continue
            return attempt
        return 100

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(24)))
    read = [r for r in log.read(0) if isinstance(r, Recorded)]
    assert [r.position for r in read] == list(range(1, 25))
    assert [r.version for r in read] == list(range(1, 25))


def test_the_gate_closes_in_the_append_that_withdraws(log: Log, database: Database) -> None:
    pool = Pool(database.app_url, size=1)
    log.append(a_command(), {consent_of(WHO): (0, [given()])})
    with pool.transaction() as connection:
        assert gate.is_open(connection, WHO, "list", now=NOW)
        assert not gate.is_open(connection, WHO, "list", now=NOW + timedelta(days=180))
    withdrawal = ConsentWithdrawn(candidate=WHO, permissions=(LIST,), cause=WithdrawalCause.PERSON)
    log.append(a_command(), {consent_of(WHO): (1, [withdrawal])})
    with pool.transaction() as connection:
        assert not gate.is_open(connection, WHO, "list", now=NOW)
    pool.close()


def test_companion_rows_are_written_with_the_events_or_not_at_all(log: Log, database: Database) -> None:
    task = {"id": str(uuid4()), "kind": "mail", "subject": str(WHO), "run_at": NOW.isoformat()}
    log.append(a_command(), {consent_of(WHO): (0, [Paused(candidate=WHO)])}, also={"task": [task]})
    with pytest.raises(StreamMoved):
        log.append(
            a_command(),
            {consent_of(WHO): (0, [Resumed(candidate=WHO)])},
            also={"task": [task | {"id": str(uuid4())}]},
        )
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM task").fetchone() == (1,)


def test_the_application_cannot_edit_or_remove_a_fact(log: Log, database: Database) -> None:
    log.append(a_command(), {consent_of(WHO): (0, [Paused(candidate=WHO)])})
    for statement in ("UPDATE relay_events SET topic = 'x'", "DELETE FROM relay_events", "TRUNCATE relay_events"):
        with psycopg.connect(database.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())
        with psycopg.connect(database.owner_url) as connection, pytest.raises(psycopg.errors.IntegrityError):
            connection.execute(statement.encode())


def admitted(number: int) -> CompanyAdmitted:
    return CompanyAdmitted(
        company=CompanyId(UUID(int=100 + number)),
        name="見本",
        name_en="Sample",
        corporate_number=str(number),
        token=CompanyToken(UUID(int=number)),
        address="東京都",
        representative_ref=VaultRef(uuid4()),
    )


def test_a_group_is_one_whoever_declared_it(log: Log, database: Database) -> None:
    tokens = tuple(CompanyToken(UUID(int=n)) for n in range(1, 4))
    companies = [CompanyId(UUID(int=100 + n)) for n in range(1, 4)]
    for number, company in enumerate(companies, start=1):
        log.append(a_command(), {company: (0, [admitted(number)])})
    group = GroupDeclared(corporate_numbers=("2", "3"), tokens=tokens[1:], left=())
    log.append(a_command(), {companies[0]: (1, [group])})
    pool = Pool(database.app_url, size=1)
    with pool.transaction() as connection:
        for company in companies:
            assert gate.tokens_of(connection, [company]) == frozenset(tokens)
    smaller = GroupDeclared(corporate_numbers=("2",), tokens=tokens[1:2], left=tokens[2:])
    log.append(a_command(), {companies[0]: (2, [smaller])})
    with pool.transaction() as connection:
        assert gate.tokens_of(connection, companies[:2]) == frozenset(tokens[:2])
        assert gate.tokens_of(connection, companies[2:]) == frozenset(tokens[2:])
    pool.close()


def test_a_stream_of_another_kind_is_as_if_it_were_not_there(log: Log) -> None:
    from domain import job

    log.append(a_command(), {consent_of(WHO): (0, [given()])})
    loaded = log.load(consent_of(WHO), job.INITIAL, job.evolve)
    assert (loaded.state, loaded.version) == (job.INITIAL, 0)
