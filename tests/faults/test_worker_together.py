"""Several workers, deaf ones, stopped ones: what is to be done is done once, and nothing stays undone."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from domain.ids import CandidateId
from marketplace.commands import consent
from marketplace.run import working
from projections.every import EVERY
from tests.api.v1.introductions.test_introduction import ask, yes
from tests.api.v1.introductions.town import Town
from tests.faults.working_letterbox import eventually
from tests.faults.working_place import Place, built, place
from tests.faults.working_scenes import AOI
from tests.faults.working_site import Seam, Site, consents_to_mail

__all__ = ["built", "place"]

LISTENING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN relay_events'"
TURN = "marketplace.work.react:TURN_SECONDS"


def folded(site: Site) -> bool:
    """Has everyone who reads the log read it to its end?"""
    end = site.house.log.position()
    standing = dict(site.rows("SELECT name, position FROM projection_position"))
    return all(standing.get(name) == end for name in [*(p.name for p in EVERY), "react"])


def pause(town: Town, who: CandidateId | None = None) -> None:
    consent.pause(town.office, town.by(), candidate=who or town.aoi)


def resume(town: Town) -> None:
    consent.resume(town.office, town.by(), candidate=town.aoi)


def test_a_worker_whose_listening_connection_is_killed_listens_again_and_leaves_nothing_undone(place: Place) -> None:
    site, town = place
    site.begin()
    assert eventually(lambda: site.rows(LISTENING))
    for turn in range(3):
        ((before,),) = site.rows(LISTENING)
        site.rows("SELECT pg_terminate_backend(%s)", before)
        (resume if turn % 2 else pause)(town)
        assert eventually(lambda: folded(site))
        assert eventually(lambda: [pid for (pid,) in site.rows(LISTENING) if pid != before])  # noqa: B023  this turn's
    (worker,) = site.workers
    assert worker.is_alive()


def test_a_worker_that_hears_nothing_of_the_log_still_finds_what_is_new(place: Place) -> None:
    site, town = place
    site.tune = {"deaf": True}
    site.begin()
    assert eventually(lambda: folded(site))
    assert site.rows(LISTENING) == []
    for step in (pause, resume, pause):
        step(town)
        assert eventually(lambda: folded(site), 15)


def approved(town: Town) -> str:
    """A share that is to be disclosed in ten minutes."""
    consents_to_mail(town)
    made = ask(town)
    aoi = town.candidate(town.aoi)
    aoi.post(f"/me/asks/{made}/approval", yes(aoi.get(f"/me/asks/{made}")))
    return made


def stopped(site: Site, seam: Seam) -> Any:
    """A worker that stands still at a seam, and whose clock of turns is short."""
    site.tune = {TURN: 1.0}
    site.armed = [seam]
    (old,) = site.begin()
    return old


def stands(site: Site, old: Any) -> bool:
    return site.fell(old) is not None


def wake(old: Any) -> None:
    assert old.pid is not None
    os.kill(old.pid, signal.SIGCONT)


def successor(site: Site) -> None:
    """Another worker, who is not stopped by anything."""
    kept, site.armed = site.armed, []
    site.begin()
    site.armed = kept


@pytest.mark.parametrize(
    "moment",
    [
        Seam("marketplace.commands.disclosure:disclose", "before", "sweep", how=signal.SIGSTOP),
        pytest.param(
            Seam("marketplace.store.log:Log.append", "before", "sweep", how=signal.SIGSTOP), marks=pytest.mark.heavy
        ),
    ],
)
def test_a_leader_that_stands_still_is_succeeded_and_does_no_harm_when_it_wakes(place: Place, moment: Seam) -> None:
    site, town = place
    first = site.begin()
    approved(town)
    site.drain()
    site.end()
    assert not any(each.is_alive() for each in first)
    site.later(timedelta(minutes=11))
    old = stopped(site, moment)
    assert eventually(lambda: stands(site, old))
    successor(site)
    assert eventually(lambda: site.events("identity-disclosed") == 1), "the successor never got its turn"
    wake(old)
    site.drain()
    assert old.is_alive()
    # The old leader works on like any other: the next thing to do is done once as well.
    pause(town)
    site.drain()
    site.end()  # and with it whatever the old leader still had in hand
    assert (site.events("identity-disclosed"), site.events("share-revoked")) == (1, 0)
    assert site.check() == []
    assert site.sent_twice() == {}


def test_a_worker_that_stood_still_with_a_mail_in_hand_does_not_send_it_to_who_withdrew_meanwhile(place: Place) -> None:
    site, town = place
    consents_to_mail(town)
    old = stopped(site, Seam("marketplace.messages.send:_write", "after", "tasks", how=signal.SIGSTOP))
    town.company("hiring").post("/introductions", asking(town))
    assert eventually(lambda: stands(site, old))
    town.candidate(town.aoi).post("/me/erasure", {"confirm": True})
    wake(old)
    site.drain()
    assert [letter.subject for letter in site.post.to(AOI)] == ["情報の消去についてのお知らせ"]
    assert site.rows("SELECT not_sent FROM message WHERE recipient = %s", town.aoi) == []


def asking(town: Town) -> dict[str, Any]:
    from domain.ids import card_of

    return {"card": str(card_of(town.aoi)), "job": str(town.job), "job_version": 1, "items": ["name", "email", "career"]}


@pytest.mark.heavy
def test_a_worker_that_stood_still_before_stripe_and_its_successor_ask_for_one_thing(place: Place) -> None:
    site, town = place
    old = stopped(site, Seam("marketplace.settlement.intents:begin", "after", "tasks", how=signal.SIGSTOP))
    town.company("source").post("/accounts/connected")
    assert eventually(lambda: stands(site, old))
    site.later(timedelta(minutes=6))
    # The old one's transaction holds the row; the server ends it, as it would for a machine that was lost.
    site.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
    successor(site)
    assert eventually(lambda: site.events("connected-account-opened") == 1)
    wake(old)
    site.drain()
    site.end()  # and with it whatever the old one still had in hand
    assert set(site.asked_of_stripe().values()) == {(1, 1, 1)}
    assert site.check() == []


@pytest.mark.heavy
def test_three_workers_carry_out_each_timer_and_each_effect_once(place: Place) -> None:
    site, town = place
    site.begin(3)
    approved(town)
    site.drain()
    site.later(timedelta(minutes=11))
    site.drain()
    site.end()
    assert site.events("identity-disclosed") == 1
    assert site.never_arrived() == []
    assert site.sent_twice() == {}
    assert site.check() == []


def test_two_sealers_at_once_sign_a_head_once(place: Place) -> None:
    site, town = place
    for _ in range(3):
        pause(town)
        now = site.now()
        with ThreadPoolExecutor(4) as sealers:
            list(sealers.map(lambda _: working._upkeep(site.house, now), range(4)))  # noqa: B023  this turn's
        assert site.one("SELECT count(*) FROM log_seal WHERE position = %s", site.house.log.position()) == 1
        resume(town)
    assert site.check() == []
