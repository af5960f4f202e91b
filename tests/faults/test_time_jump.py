"""The clock jumps, back by an hour, on by a day, on by four hundred: nothing revives, nothing happens twice."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from marketplace import clock
from marketplace.links import mint_login_link, mint_merge_link, open_merge_link, use_login_link
from marketplace.run import terminal
from marketplace.work import poll
from tests.api.v1.introductions.conftest import built, town
from tests.api.v1.introductions.test_introduction import ask, yes
from tests.marketplace.settlement.relay import Relay, move_in, move_out

if TYPE_CHECKING:
    from tests.api.v1.introductions.town import Town
    from tests.conftest import Database

__all__ = ["built", "town"]

BACK, DAY, LONG = timedelta(hours=-1), timedelta(days=1), timedelta(days=400)
ORDERS = list(permutations((BACK, DAY, LONG)))
PRODUCT = ("domain", "projections", "marketplace", "api")
HOST_CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
    ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
}  # fmt: skip


def times(town: Town, topic: str) -> int:
    return int(town.rows("SELECT count(*)::int FROM relay_events WHERE topic LIKE %s", f"{topic}.%")[0][0])


def in_order(town: Town) -> bool:
    """Positions without a gap, versions without a gap: whatever the clock said."""
    gaps = town.rows(
        "SELECT FROM (SELECT notification_id - row_number() OVER (ORDER BY notification_id) AS off,"
        " originator_version - row_number() OVER (PARTITION BY originator_id ORDER BY notification_id) AS step"
        " FROM relay_events) n WHERE off <> 0 OR step <> 0"
    )
    return gaps == []


@pytest.mark.parametrize("used", [True, False], ids=["used", "expired"])
def test_no_link_comes_back_to_life(town: Town, used: bool) -> None:
    for jump in (BACK, DAY, LONG):
        with town.house.database.transaction() as connection:
            login = mint_login_link(connection, "candidate", town.aoi, town.now()).rpartition("/")[2]
            merge = mint_merge_link(connection, town.aoi, town.aoi, town.now()).rpartition("/")[2]
            if used:
                assert use_login_link(connection, login, town.now()) is not None
                assert open_merge_link(connection, merge, town.aoi, town.now()) == town.aoi
        if not used:
            jumps(town, timedelta(minutes=30))
        jumps(town, jump)
        with town.house.database.transaction() as connection:
            assert use_login_link(connection, login, town.now()) is None
            assert open_merge_link(connection, merge, town.aoi, town.now()) is None


def jumps(town: Town, by: timedelta) -> None:
    with psycopg.connect(town.owner_url) as owner:
        clock.move_to(owner, clock.now(owner) + by)


@pytest.mark.parametrize("jumps", [ORDERS[0], *(pytest.param(each, marks=pytest.mark.heavy) for each in ORDERS[1:])])
def test_a_deadline_fires_once_and_the_order_stays_that_of_the_log(town: Town, jumps: tuple[timedelta, ...]) -> None:
    made = ask(town)
    for n, jump in enumerate(jumps):
        if n == 0:
            aoi = town.candidate(town.aoi)
            aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}")))
        town.later(jump)
        town.later(timedelta(minutes=11))
        town.later(BACK)
    town.worker.drain()
    assert times(town, "share-approved") == 1
    assert times(town, "identity-disclosed") + times(town, "share-expired") + times(town, "share-cancelled") == 1
    assert times(town, "consent-expired") == 1, "400 days are over in every order"
    assert times(town, "consent-renewed") == 0
    assert in_order(town)
    assert terminal.check(town.house, lambda _: None, lambda *_: None) == 0


@pytest.fixture
def relay(database: Database) -> Iterator[Relay]:
    it = move_in(database)
    poll.start(it.office, it.now())
    yield it
    move_out(it)


@pytest.mark.parametrize("jumps", [ORDERS[0], *(pytest.param(each, marks=pytest.mark.heavy) for each in ORDERS[1:])])
def test_nothing_is_charged_or_paid_twice(relay: Relay, jumps: tuple[timedelta, ...]) -> None:
    relay.open_street()
    relay.world.spoil("answer-lost", "post /v1/invoices$", 1)
    hire = relay.hire()
    relay.work()
    relay.later(hours=-1)
    relay.work()
    for _ in range(3):
        relay.later(hours=13)
        relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.world.spoil("answer-lost", "post /v1/transfers$", 1)
    relay.work()
    for jump in jumps:
        with psycopg.connect(relay.database.owner_url) as owner:
            clock.move_to(owner, clock.now(owner) + jump)
        relay.work()
        relay.later(minutes=35)
        relay.work()
    assert relay.reconcile().is_settled
    for kind in ("invoice", "transfer"):
        assert relay.one("SELECT count(*) FROM stripe_simulator.object WHERE kind = %s", kind) == 1, kind
    kinds = dict(relay.rows("SELECT topic, count(*)::int FROM relay_events GROUP BY topic"))
    assert (kinds["fee-accrued.v1"], kinds["invoice-issued.v1"], kinds["payment-settled.v1"]) == (1, 1, 1)
    assert (kinds["transfer-requested.v1"], kinds["transfer-posted.v1"]) == (1, 1)


def test_nothing_of_the_product_reads_the_hosts_clock() -> None:
    found = [
        f"{path}:{node.lineno} {node.func.value.id}.{node.func.attr}"
        for room in PRODUCT
        for path in sorted(Path(room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in HOST_CLOCKS
    ]
    assert found == []


ENDS = """
from datetime import date, timedelta
from domain.calendar import end_of_jst_day, jst_date, month_rung_end
day = date(2027, 1, 31)
while day.year < 2029:
    end = end_of_jst_day(day)
    assert jst_date(end - timedelta(microseconds=1)) == day, day
    assert jst_date(end) == day + timedelta(days=1), day
    assert end - end_of_jst_day(day - timedelta(days=1)) == timedelta(hours=24), day
    day += timedelta(days=1)
print(end_of_jst_day(date(2028, 2, 29)).isoformat(), month_rung_end(date(2027, 8, 31), 6).isoformat())
"""


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Apia"])
def test_a_day_in_japan_ends_when_it_ends_there_whatever_zone_the_machine_keeps(zone: str) -> None:
    environ = {**os.environ, "TZ": zone}
    done = subprocess.run(
        [sys.executable, "-c", ENDS], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "2028-03-01T00:00:00+09:00 2028-02-29"
