"""Whatever is bent at a valid request, at every handler: no 5xx, a clear refusal, nothing changed by it, none of it slow."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from litestar.routes import HTTPRoute

from marketplace.run import postgres
from tests.hostile.mutate import AS_LINE, bent, broken
from tests.hostile.mutate_knock import SEED, Knocker, Listener
from tests.hostile.seeds import Handler, Place, Played, play_once

IN_ALL = int(os.environ.get("HOSTILE_REQUESTS", "10000"))
AT_ONCE = 2_500
"""So many requests go to one copy of the play; then what was accepted by chance has changed too much of it."""


def routes(place: Place) -> set[Handler]:
    """The route table."""
    return {
        (method, route.path_format) for route in place.app.routes if isinstance(route, HTTPRoute)
        for handler in route.route_handlers for method in handler.http_methods - {"OPTIONS"}
    }  # fmt: skip


def send_bent(place: Place, played: Played, random: Random, requests: int) -> Knocker:
    """Every handler's seed bent by chance, in an order of chance, over and over."""
    knocker, seeds = Knocker(place), list(played.seeds.values())
    for n in range(requests):
        if n % len(seeds) == 0: random.shuffle(seeds)
        if n % 100 == 99:
            place.settle()
            knocker.again()
        seed = seeds[n % len(seeds)]
        asked = place.asked(seed)
        knocker.again()  # a link may have been minted
        what, asked = (broken(seed, asked, random) if random.random() < 0.2 else bent(asked, random))
        answer = knocker.knock(f"{SEED}/{n}: {what}", asked)
        if answer.status in {401, 410} or answer.headers.get("location") == "/sign-in":
            place.forget(seed.who)
    return knocker


def test_every_handler_has_a_seed_that_was_accepted(place: Place, played: Played) -> None:
    assert routes(place) - set(played.seeds) == set()
    assert set(played.seeds) - routes(place) == set()
    assert {seed.status for seed in played.seeds.values()} <= {200, 201, 202, 303}


def test_what_is_broken_is_refused_while_the_same_request_whole_is_accepted(played: Played) -> None:
    # The play sent a broken form of each handler's request right before the whole one, which it then needed to go on.
    assert played.wrong == []
    assert played.knocked >= len(played.seeds)


def test_a_seed_sent_again_is_let_in_or_refused_by_a_rule(place: Place, played: Played) -> None:
    knocker, strange = Knocker(place), []
    for seed in played.seeds.values():
        asked = place.asked(seed)
        knocker.again()
        answer = knocker.knock("again", asked)
        if seed.path.startswith(AS_LINE) or "stripe-signature-too-old" in answer.text: continue
        if answer.status in {400, 403, 405, 413, 415, 428}: strange.append((seed.path, answer.status, answer.text[:200]))
        if answer.status in {401, 410}: place.forget(seed.who)
    assert knocker.wrong == []
    assert strange == []
    assert knocker.counted[200] + knocker.counted[303] > 120, knocker.counted


def test_no_bent_request_breaks_the_door_or_changes_what_refused_it(
    place: Place, played: Played, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "relay.web"):
        knocker = send_bent(place, played, Random(SEED), 2 * len(played.seeds))
    assert knocker.wrong[:10] == []
    assert [record.getMessage() for record in caplog.records if record.name == "relay.web"] == []
    assert knocker.counted[200] > 40, knocker.counted
    assert knocker.slow() == []


@pytest.mark.heavy
def test_ten_thousand_bent_requests_break_nothing(
    server: postgres.Server, played: Played, caplog: pytest.LogCaptureFixture
) -> None:
    counted: Counter[int] = Counter()
    with caplog.at_level(logging.ERROR, "relay.web"):
        for n, part in enumerate(parts(IN_ALL)):
            with played.copy(server) as place:
                knocker = send_bent(place, played, Random(SEED + n), part)
                assert knocker.wrong[:10] == [], f"HOSTILE_SEED={SEED + n}"
                assert knocker.slow() == [], f"HOSTILE_SEED={SEED + n}"
                counted += knocker.counted
    assert [record.getMessage() for record in caplog.records if record.name == "relay.web"] == []
    assert counted.total() == IN_ALL
    assert counted[200] + counted[303] > IN_ALL // 10, counted


@pytest.mark.heavy
def test_everything_that_is_broken_is_refused_at_every_step_of_the_whole_play(
    server: postgres.Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = f"hostile_steps_{os.getpid()}"
    try:
        played = play_once(server, template, name, tmp_path_factory.mktemp("steps"), lambda place: Listener(place, at_each=8))
    finally:
        server.drop_database(name)
    assert played.wrong[:10] == []
    assert played.knocked > 3_000


def parts(whole: int) -> Iterator[int]:
    while whole > 0:
        yield min(AT_ONCE, whole)
        whole -= AT_ONCE
