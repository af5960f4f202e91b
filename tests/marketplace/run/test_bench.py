"""`relay bench`: the arithmetic of its table, and one tiny real round of each. Nothing here depends on how fast it was."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from domain.refusal import Refused
from marketplace.run import bench
from marketplace.run.bench import append, project, table
from marketplace.run.bench.ground import Ground, _safe, ground
from marketplace.run.bench.table import Notes, Row
from marketplace.run.bench.tail import Reader, tailing
from marketplace.texts.catalogue import sentence

if TYPE_CHECKING:
    from marketplace.run.postgres import Server
    from tests.conftest import Database

TINY = bench.Effort(rounds=1, seconds=0.1, events=9)
INSERT = "INSERT INTO relay_events VALUES (gen_random_uuid(), 1, 'x', '', %s, '')"


def notes(**cases: list[float]) -> Notes:
    found = Notes()
    for case, values in cases.items():
        for value in values:
            found.add(case, value, "events/s")
    return found


def test_a_row_is_the_median_of_the_rounds_beside_the_median_of_its_yardstick() -> None:
    found = notes(stock=[10, 1, 12], ours=[300, 25, 20])
    assert found.row("ours", "stock") == Row(
        case="ours", statistic="median", unit="events/s", value=25, yardstick="stock", ratio=2.5
    )


def test_a_yardstick_itself_has_no_ratio() -> None:
    assert notes(stock=[10]).row("stock") == Row(case="stock", statistic="median", unit="events/s", value=10)


def test_a_yardstick_of_nothing_gives_no_ratio() -> None:
    assert notes(stock=[0], ours=[1]).row("ours", "stock").ratio is None


def test_a_statistic_stands_beside_the_same_statistic_of_its_yardstick() -> None:
    found = notes(stock=[1], ours=[2])
    for case, value in (("stock", 10), ("ours", 5)):
        found.add(case, value, "ms", statistic="p99")
    assert found.row("ours", "stock", statistic="p99") == Row(
        case="ours", statistic="p99", unit="ms", value=5, yardstick="stock", ratio=0.5
    )


def test_a_percentile_over_all_rounds_stands_beside_the_same_percentile_of_its_yardstick() -> None:
    found = Notes()
    for case, rounds in (("bare", [[2, 10], [2, 2]]), ("ours", [[5, 40], [5, 5]])):
        for milliseconds in rounds:
            found.pool(case, milliseconds)
    assert [found.latency("ours", percent, "bare") for percent in (50, 95, 99)] == [
        Row(case="ours", statistic="median", unit="ms", value=5, yardstick="bare", ratio=2.5),
        Row(case="ours", statistic="p95", unit="ms", value=40, yardstick="bare", ratio=4),
        Row(case="ours", statistic="p99", unit="ms", value=40, yardstick="bare", ratio=4),
    ]
    assert found.latency("bare", 95) == Row(case="bare", statistic="p95", unit="ms", value=10)


def test_stock_is_taken_at_its_best() -> None:
    found = notes(one=[5, 5, 500], four=[9, 8, 7], sixteen=[8, 8, 8])
    assert found.best(["one", "four", "sixteen"]) == "four"


def test_one_missed_event_in_five_rounds_is_not_hidden_by_a_median() -> None:
    found = Notes()
    for missed in (0, 0, 1, 0, 0):
        found.add("ours", missed, "events", statistic="total")
    assert found.row("ours", statistic="total").value == 1


def test_values_of_two_units_are_not_mixed() -> None:
    found = notes(ours=[1])
    with pytest.raises(ValueError, match="ms after events/s"):
        found.add("ours", 1, "ms")


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 50), (99, 99), (100, 100)])
def test_a_percentile_is_a_value_that_was_seen(percent: int, expected: int) -> None:
    assert table.percentile(list(range(100, 0, -1)), percent) == expected
    assert table.percentile([7], percent) == 7


def test_each_round_runs_every_case_once_and_begins_one_later() -> None:
    ran: list[str] = []
    told: list[tuple[int, str]] = []
    cases = {name: (lambda name=name: ran.append(name)) for name in "abc"}
    table.interleave(4, cases, lambda number, name: told.append((number, name)))
    assert "".join(ran) == "abcbcacababc"
    assert told[3:6] == [(2, "b"), (2, "c"), (2, "a")]


def test_the_document_has_the_agreed_shape() -> None:
    row = Row(case="ours", statistic="median", unit="events/s", value=2.5, yardstick="bare", ratio=0.25)
    assert json.loads(table.document("project", [row])) == {
        "bench": "project",
        "rows": [
            {
                "case": "ours",
                "statistic": "median",
                "unit": "events/s",
                "value": 2.5,
                "yardstick": "bare",
                "ratio": 0.25,
            }
        ],
    }


def test_the_text_has_a_line_for_each_row_with_numbers_to_the_right() -> None:
    found = notes(stock=[1000], ours=[25])
    assert table.text([found.row("stock"), found.row("ours", "stock")]) == [
        "case   statistic     value  unit      ratio  yardstick",
        "stock  median     1,000.00  events/s",
        "ours   median        25.00  events/s  0.025  stock",
    ]


def test_threads_count_every_call_and_a_call_that_fails_ends_the_bench() -> None:
    calls: list[int] = []
    begun = time.perf_counter()
    driven = append.drive(3, 0.2, lambda: calls.append(1))
    assert len(driven.milliseconds) == len(calls) >= 3
    assert len(calls) / (time.perf_counter() - begun) < driven.per_second < len(calls) / 0.2

    def fail() -> None:
        raise LookupError("on purpose")

    with pytest.raises(LookupError):
        append.drive(3, 0.01, fail)


def test_a_reader_knows_of_an_event_that_became_visible_behind_it(database: Database) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as reading, psycopg.connect(database.owner_url) as late:
        with psycopg.connect(database.owner_url) as early:
            early.execute(INSERT, (1,))
        reader = Reader(reading)
        late.execute(INSERT, (2,))
        with psycopg.connect(database.owner_url) as fast:
            fast.execute(INSERT, (3,))
        reader.look()
        assert reader.missed() == 0
        late.commit()
        reader.look()
        assert reader.missed() == 1


def test_a_reader_that_saw_everything_missed_nothing(database: Database) -> None:
    told: list[int] = []
    with tailing(database.app_url, told.append), psycopg.connect(database.owner_url) as writing:
        writing.execute(INSERT, (1,))
    assert told == [0]


def test_a_server_that_may_lose_a_commit_is_not_measured(server: Server, database: Database) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database.name}" SET synchronous_commit = off'.encode())
    with pytest.raises(RuntimeError, match="synchronous_commit"):
        _safe(Ground(server=server, app_url=database.app_url, owner_url=database.owner_url))


def test_the_ground_is_durable_and_gone_afterwards_even_after_a_failure() -> None:
    said: list[str] = []
    bases: list[Path | None] = []

    def fail_on_it() -> None:
        with ground(said.append) as here:
            bases.append(here.server.base)
            raise LookupError("on purpose")

    with pytest.raises(LookupError):
        fail_on_it()
    assert said[0].endswith("fsync=on, synchronous_commit=on, full_page_writes=on")
    [base] = bases
    assert base is not None
    assert not base.exists()


def test_without_a_name_what_can_be_measured_is_listed() -> None:
    said: list[str] = []
    assert bench.in_terminal("", False, said.append) == 0
    assert [line.split()[0] for line in said] == list(bench.BENCHES)


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(Refused) as refused:
        bench.in_terminal("apend", False, print)
    assert refused.value.code == "bench-unknown"
    assert "append, project" in sentence(refused.value.code, "en", refused.value.values)
    assert "append, project" in sentence(refused.value.code, "ja", refused.value.values)


def test_a_tiny_round_of_append_puts_ours_beside_pgbench_and_stock(capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    assert bench.in_terminal("append", True, said.append, TINY) == 0
    [answer] = [json.loads(line) for line in said]
    rows = answer["rows"]
    assert answer["bench"] == "append"
    assert all(row["value"] > 0 for row in rows[:-1])
    best = max(row["value"] for row in rows if row["case"].startswith("stock") and row["statistic"] == "median")
    ours = [row for row in rows if row["case"].startswith("ours") and row["statistic"] == "median"]
    assert [row["case"] for row in ours] == ["ours, 64 threads", "ours, 64 threads", "ours, one at a time"]
    assert [row["yardstick"] for row in ours][::2] == ["pgbench, 8 clients", "stock, one at a time"]
    assert next(row["value"] for row in rows if row["case"] == ours[1]["yardstick"]) == best
    assert (rows[-1]["case"], rows[-1]["value"]) == ("ours, missed by a tailing reader", 0)
    assert "round 1 of 1: ours, 64 threads" in capsys.readouterr().err


def test_a_tiny_round_of_project_folds_the_same_events_by_all(server: Server, database: Database) -> None:
    said: list[str] = []
    here = Ground(server=server, app_url=database.app_url, owner_url=database.owner_url)
    rows = project.measure(here, said.append, TINY)
    assert said[0] == "writing 9 events"
    assert [(row.case, row.yardstick) for row in rows] == [
        ("stock, one event a transaction", None),
        ("bare, reading and decoding", None),
        ("ours, batch loop", "stock, one event a transaction"),
        ("ours, batch loop", "bare, reading and decoding"),
    ]
    assert all(row.value > 0 for row in rows)
    with psycopg.connect(database.app_url) as connection:
        assert connection.execute("SELECT count(*), count(stage) FROM introduction_board").fetchone() == (3, 3)


def test_who_has_not_folded_everything_has_no_figure(server: Server, database: Database) -> None:
    here = Ground(server=server, app_url=database.app_url, owner_url=database.owner_url)
    with pytest.raises(RuntimeError, match="not 3"):
        project._complete(here, 3)
