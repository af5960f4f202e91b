"""`relay rebuild` gives what is there, puts right what is wrong, and never replaces a ledger that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.consent import Paused
from domain.ids import consent_of
from domain.refusal import Refused
from marketplace.run import check
from marketplace.run.rebuilding import NAMES, Rebuilt, rebuild_all
from projections.every import EVERY
from tests.domain.share_examples import CANDIDATE

if TYPE_CHECKING:
    from tests.marketplace.run.conftest import House


def rebuilt(house: House, *names: str) -> list[Rebuilt]:
    return rebuild_all(house.context.workshop, house.office.log, names, on_progress=lambda _name, _done, _of: None)


def everything(house: House) -> dict[str, list[Any]]:
    """The rows of every projection and of the gate in the order of their keys, as text."""
    found = {p.name: house.plant(f"SELECT to_jsonb(t)::text FROM {p.name} t ORDER BY {p.key}") for p in EVERY}
    gate = house.plant("SELECT to_jsonb(g)::text FROM gate g ORDER BY subject, what, object")
    return {**found, "gate": gate}


def test_projections_rebuilt_equal_the_living_ones_row_by_row(house: House) -> None:
    before = everything(house)
    done = rebuilt(house)
    assert [each.name for each in done] == list(NAMES)
    assert [each for each in done if each.differing or not each.swapped] == []
    assert {each.name: each.rows for each in done} == {name: len(before[name]) for name in NAMES}
    assert everything(house) == before
    assert len(before["ledger"]) == 11


def test_only_those_that_are_named_are_rebuilt(house: House) -> None:
    assert [each.name for each in rebuilt(house, "ledger", "catalogue")] == ["catalogue", "ledger"]


def test_a_row_that_no_event_gave_is_put_right(house: House) -> None:
    before = everything(house)
    house.plant("UPDATE introduction_board SET stage = 'screening'")
    house.plant("DELETE FROM story WHERE position = 3")
    assert [each.name for each in rebuilt(house) if each.differing] == ["introduction_board", "story"]
    assert everything(house) == before


def test_a_ledger_that_differs_is_named_and_left_alone(house: House) -> None:
    key = house.plant("DELETE FROM ledger WHERE id = (SELECT min(id) FROM ledger) RETURNING id")[0][0]
    before = everything(house)
    (done,) = rebuilt(house, "ledger")
    assert (done.differing, done.swapped) == ((str(key),), False)
    assert everything(house) == before


def test_the_gate_is_put_right_from_the_events(house: House) -> None:
    house.history.tell(consent_of(CANDIDATE), Paused(candidate=CANDIDATE))
    house.plant("UPDATE gate SET open = NOT open WHERE what IN ('paused', 'list')")
    house.plant("INSERT INTO gate VALUES (%s, 'channel-line', %s, true, NULL, 1)", CANDIDATE, CANDIDATE)
    (done,) = rebuilt(house, "gate")
    assert len(done.differing) == 3
    opened = house.plant("SELECT what, open FROM gate WHERE subject = %s ORDER BY what", CANDIDATE)
    assert opened == [("channel-line", False), ("list", True), ("paused", True)]
    house.project()
    assert check.run(house.context).holds


def test_long_work_shows_how_far_it_has_come(house: House) -> None:
    heard: list[tuple[str, int, int]] = []
    rebuild_all(
        house.context.workshop, house.office.log, on_progress=lambda name, done, of: heard.append((name, done, of))
    )
    end = house.office.log.position()
    assert [(name, end, end) for name in NAMES] == heard


def test_a_name_that_is_no_projection_is_refused(house: House) -> None:
    with pytest.raises(Refused) as refused:
        rebuilt(house, "ledger", "vault_record")
    assert (refused.value.code, refused.value.values["name"]) == ("projection-unknown", "vault_record")


def test_nothing_is_rebuilt_from_a_log_that_lost_its_end(house: House) -> None:
    before = everything(house)
    house.plant("DELETE FROM relay_events WHERE notification_id = %s", house.office.log.position())
    with pytest.raises(Refused, match="log-too-short"):
        rebuilt(house)
    assert everything(house) == before
