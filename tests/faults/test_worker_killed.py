"""A worker that is killed anywhere leaves nothing half done, and whoever follows does nothing twice."""

from __future__ import annotations

import os
import signal
import threading
from random import Random

import pytest

from tests.faults.working_place import Place, built, place
from tests.faults.working_scenes import a_hire, comes_out_clean, whole_relay
from tests.faults.working_site import Seam

__all__ = ["built", "place"]

KILLS = 20
MOMENTS = (
    Seam("marketplace.work.project:store", "before", "project"),
    Seam("marketplace.work.project:store", "after", "project"),
    Seam("marketplace.work.project:advance", "after", "project", 7),
    Seam("marketplace.store.log:Log.append", "before", "react"),
    Seam("marketplace.store.log:Log.append", "after", "react"),
    Seam("marketplace.store.log:Log.append", "after", "sweep"),
    Seam("marketplace.store.log:Log.append", "after", "tasks"),
    Seam("marketplace.settlement.intents:begin", "after", "tasks"),
    Seam("marketplace.settlement.stripe.gateway:send", "after", "tasks"),
    Seam("marketplace.settlement.intents:keep_done", "after", "tasks"),
    Seam("marketplace.messages.send:_write", "after", "tasks"),
    Seam("marketplace.messages.smtp:hand_over", "after", "tasks"),
)


def test_a_relay_whose_worker_is_killed_at_every_seam_comes_out_as_if_it_had_not_been(place: Place) -> None:
    site, town = place
    site.armed = list(MOMENTS)
    site.begin()
    a_hire(site, town)
    assert site.armed == []
    assert sorted(map(str, site.died)) == sorted(map(str, MOMENTS))
    site.end()
    comes_out_clean(site, of_a_hire=True)


@pytest.mark.heavy
@pytest.mark.parametrize("turn", [1, 2, 4])
def test_whichever_time_a_seam_is_passed_a_kill_there_changes_nothing(place: Place, turn: int) -> None:
    site, town = place
    site.armed = [seam._replace(nth=turn) for seam in MOMENTS]
    site.begin(2 if turn == 4 else 1)
    whole_relay(site, town)
    assert len(site.died) >= 5
    site.end()
    comes_out_clean(site, of_a_hire=False)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_worker_killed_again_and_again_at_any_moment_leaves_a_clean_relay(place: Place, seed: int) -> None:
    site, town = place
    site.begin(2)
    over, chance = threading.Event(), Random(seed)

    def kill() -> None:
        while len(killed) < KILLS and not over.wait(chance.uniform(0.2, 1.5)):
            for process in site.workers[:1]:
                if process.pid is not None and process.is_alive():
                    os.kill(process.pid, signal.SIGKILL)
                    killed.append(process.pid)

    killed: list[int] = []
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        whole_relay(site, town)
    finally:
        over.set()
        killer.join()
    site.end()
    assert len(killed) >= 5
    comes_out_clean(site, of_a_hire=False, unseen=len(killed))
