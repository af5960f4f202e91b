"""kill -9 of the whole server, again and again, under eight writers: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.faults.cluster import Ground
from tests.faults.history import Diary, Outcome, audit, folding, settled, writing

ACKS_BETWEEN = 25


def killed_under_writers(ground: Ground, name: str, cycles: int) -> Diary:
    """Two houses, as if two processes, with four writers each; the server dies and comes back `cycles` times."""
    diary = Diary()
    with ExitStack() as stack:
        houses = [stack.enter_context(ground.house(name)) for _ in range(2)]
        with folding(houses[0]), writing(houses, diary, writers=8, seed=cycles):
            diary.wait_for_acks(ACKS_BETWEEN)
            for _ in range(cycles):
                assert ground.kill() > 8, "the server had no children of its own to kill"
                ground.start()
                diary.wait_for_acks(ACKS_BETWEEN)
        assert audit(houses[0], diary) == []
        assert {entry.outcome for entry in diary.repeat()} <= {Outcome.ACKED, Outcome.REFUSED}
        assert audit(houses[1], diary) == []
        assert settled(houses[0]) == []
    return diary


def test_a_server_killed_twice_under_eight_writers_loses_and_doubles_nothing(ground: Ground) -> None:
    diary = killed_under_writers(ground, "twice", 2)
    assert diary.count(Outcome.UNKNOWN) > 0, "no command was under way when the server died"


@pytest.mark.heavy
def test_a_server_killed_again_and_again_under_eight_writers_loses_and_doubles_nothing(ground: Ground) -> None:
    diary = killed_under_writers(ground, "again_and_again", 25)
    assert diary.count(Outcome.UNKNOWN) >= 25
