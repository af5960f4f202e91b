"""Rebuilding beside the living: two at once, and while everything goes on, end as a fresh fold would."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest

from marketplace.run import rebuilding, terminal
from projections.every import EVERY
from tests.faults.test_worker_together import folded, pause, resume
from tests.faults.working_letterbox import eventually
from tests.faults.working_place import Place, built, place

if TYPE_CHECKING:
    from tests.faults.working_site import Site

__all__ = ["built", "place"]


def rebuild(site: Site, *names: str) -> list[rebuilding.Rebuilt]:
    with terminal.workshop(site.house) as owner:
        return rebuilding.rebuild_all(owner, site.house.log, names, on_progress=lambda *_: None)


def test_two_rebuilds_at_once_end_as_one(place: Place) -> None:
    site, _town = place
    site.begin()
    assert eventually(lambda: folded(site))
    site.rows("DELETE FROM story")
    with ThreadPoolExecutor(2) as both, psycopg.connect(site.superuser_url) as held:
        held.execute("LOCK TABLE story IN SHARE MODE")  # neither can put it right before both have come to it
        under_way = [both.submit(rebuild, site) for _ in range(2)]
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        assert eventually(lambda: site.one(waits) == 2)
        held.rollback()
        done = [each.result() for each in under_way]
    assert [len(each) for each in done] == [len(EVERY) + 1] * 2
    assert sum(bool(one.differing) for each in done for one in each) == 1, "the first put it right"
    site.end()
    assert site.check() == []


@pytest.mark.parametrize("turns", [1, pytest.param(25, marks=pytest.mark.heavy)])
def test_a_rebuild_while_people_go_on_ends_as_a_fresh_one(place: Place, turns: int) -> None:
    site, town = place
    site.begin(2)
    over = threading.Event()

    def go_on() -> int:
        done = 0
        while not over.is_set():
            pause(town)
            resume(town)
            done += 1
        return done

    with ThreadPoolExecutor(1) as people:
        going = people.submit(go_on)
        try:
            for _ in range(turns):
                assert all(each.swapped for each in rebuild(site))
        finally:
            over.set()
    assert going.result() >= turns
    assert eventually(lambda: folded(site))
    assert [each.name for each in rebuild(site) if each.differing] == []
    site.end()
    assert site.check() == []


@pytest.mark.heavy
def test_a_rebuild_waits_for_a_worker_in_the_midst_of_a_batch(place: Place) -> None:
    site, _town = place
    site.begin()
    assert eventually(lambda: folded(site))
    site.end()
    with psycopg.connect(site.superuser_url) as batch:
        batch.execute("SELECT FROM projection_position WHERE name = 'story' FOR UPDATE")
        with ThreadPoolExecutor(1) as other:
            rebuilt = other.submit(rebuild, site, "story")
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%projection_position%'"
            assert eventually(lambda: site.one(waits) == 1)
            batch.rollback()
            assert [each.swapped for each in rebuilt.result(30)] == [True]
