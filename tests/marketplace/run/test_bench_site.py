"""The benches over HTTP: one tiny real round of each, with web and worker in processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.run import bench
from marketplace.run.bench import http, visible
from marketplace.run.bench.client import Answer
from marketplace.run.bench.ground import Ground
from marketplace.run.bench.site import open_site
from marketplace.run.bench.table import Row, Strayed
from marketplace.run.bench.withdrawal import OF_COMPANY, Look, Surface, race

if TYPE_CHECKING:
    from marketplace.run.postgres import Server
    from tests.conftest import Database

TINY = bench.Effort(rounds=1, seconds=0.2, commands=8, tries=8, people=2, clients=3, sustained_s=1.0)
PLACES = 5


@pytest.fixture
def here(server: Server, database: Database) -> Ground:
    return Ground(server=server, app_url=database.app_url, owner_url=database.owner_url)


def said(_line: str) -> None:
    pass


def values(rows: list[Row]) -> dict[str, float]:
    return {f"{row.case} | {row.statistic} | {row.unit}": row.value for row in rows}


def check_raced(found: dict[str, float], tries: int) -> None:
    """Nobody was seen after the acknowledgement, and everybody was looked for in every place before and after it."""
    assert found["ours, withdrawals raced by readers | total | withdrawals"] == tries
    assert found["ours, sightings before a withdrawal | total | looks"] >= tries * PLACES
    assert found["ours, looks after its acknowledgement | total | looks"] >= tries * PLACES
    assert found["ours, sightings after its acknowledgement | total | looks"] == 0


def test_a_tiny_round_of_visible_shows_every_command_and_nobody_who_withdrew(here: Ground) -> None:
    rows = visible.measure(here, said, TINY)
    assert [(row.case, row.statistic, row.yardstick) for row in rows[:6]] == [
        ("bare, a POST and a page", "median", None),
        ("bare, a POST and a page", "p95", None),
        ("bare, a POST and a page", "p99", None),
        ("ours, a command and its page", "median", "bare, a POST and a page"),
        ("ours, a command and its page", "p95", "bare, a POST and a page"),
        ("ours, a command and its page", "p99", "bare, a POST and a page"),
    ]
    assert all(row.unit == "ms" and row.value > 0 for row in rows[:6])
    found = values(rows)
    assert found["ours, a command and its page, not shown | total | pages"] == 0
    check_raced(found, 8)


@pytest.mark.heavy
def test_of_a_thousand_withdrawals_raced_by_readers_none_is_visible_once_acknowledged(here: Ground) -> None:
    with open_site(here, said, 20) as site:
        check_raced(values(race(site, 1_000)), 1_000)


def test_a_tiny_round_of_http_answers_everybody_without_an_error(here: Ground) -> None:
    rows = http.measure(here, said, TINY)
    assert [(row.case, row.yardstick) for row in rows[::3][:5]] == [
        ("bare, pages", None),
        ("ours, pages", "bare, pages"),
        ("bare, commands", None),
        ("ours, commands", "bare, commands"),
        ("ours, sustained", None),
    ]
    assert [(row.statistic, row.unit) for row in rows[:3]] == [("median", "answers/s"), ("median", "ms"), ("p99", "ms")]
    assert all(row.value > 0 for row in rows[:-1])
    found = values(rows)
    assert found["ours, sustained | total | seconds"] >= 1
    assert found["ours, sustained | total | answers"] > 0
    assert found["ours, sustained | total | errors"] == 0


def test_a_bench_keeps_its_keys_with_its_records_whatever_keyring_is_set(
    here: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEYRING_URL", "KEYRING_MIGRATION_URL"): monkeypatch.setenv(name, "postgresql://nobody@127.0.0.1:9/none")
    with open_site(here, said, 0) as site:
        assert site.client("user", site.town.user).get("/api/v1/session").status == 200


def test_a_site_that_does_not_start_says_why(here: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_ALLOW_LIVE", "perhaps")
    with pytest.raises(Strayed, match="RELAY_ALLOW_LIVE"), open_site(here, said, 0):
        pass


CARD = "2f1c7a52-2d0c-4b8e-9c39-6f0f1b8a4c11"
PLACE = OF_COMPANY[0][0]


def test_a_look_that_was_sent_after_the_acknowledgement_and_still_shows_the_card_is_a_sighting() -> None:
    look = Look()
    look.turn(CARD, gone_since=10.0)
    look.note(PLACE, CARD, begun=10.5, shown=True)
    assert (look.sightings, look.after) == ([PLACE.target], 1)


def test_a_look_that_was_under_way_at_the_acknowledgement_is_none() -> None:
    look = Look()
    look.turn(CARD, gone_since=10.0)
    look.note(PLACE, CARD, begun=9.9, shown=True)
    assert (look.sightings, look.after) == ([], 0)


def test_a_look_for_somebody_else_does_not_count() -> None:
    look = Look()
    look.turn(CARD, gone_since=None)
    look.note(PLACE, "another", begun=1.0, shown=True)
    assert look.before == 0


def test_a_try_begins_only_when_the_card_was_seen_in_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.run.bench.withdrawal.PATIENCE_SECONDS", 0.01)
    look = Look()
    look.turn(CARD, gone_since=None)
    look.note(PLACE, CARD, begun=1.0, shown=True)
    look.note(OF_COMPANY[0][1], CARD, begun=1.0, shown=False)
    look.wait(1, gone=False)
    with pytest.raises(Strayed, match="seen on 1 of 2"):
        look.wait(2, gone=False)


@pytest.mark.parametrize("place", [place for row in OF_COMPANY for place in row], ids=lambda place: place.target)
def test_a_refusal_for_another_reason_ends_the_race_instead_of_hiding_a_sighting(place: Surface) -> None:
    assert place.shows(Answer(200, CARD.encode()), CARD)
    assert not place.shows(Answer(404, b""), CARD)
    for status in (401, 429, 500, 503):
        with pytest.raises(Strayed, match=str(status)):
            place.shows(Answer(status, CARD.encode()), CARD)
