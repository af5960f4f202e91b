"""What harms the speed that is claimed: a group that goes wrong, a page that comes too early, a bench that looks away."""

from __future__ import annotations

from tests.plants.plant import Plant, plant

GROUP = "marketplace/store/group.py"

PLANTS: tuple[Plant, ...] = (
    plant(
        "a waiter who is interrupted leaves its turn to nobody",
        GROUP,
        "            interrupted = error\n        else:",
        "            raise error\n        else:",
        "test_a_waiter_who_is_interrupted_passes_the_turn_on_and_hears_of_it_afterwards",
    ),
    plant(
        "all who followed are woken at once",
        GROUP,
        "            self._hand_over(followers[:1])",
        "            self._hand_over(followers)",
        "test_all_who_followed_wake_one_after_the_other",
    ),
    plant(
        "a page does not wait for what its reader has just done",
        "marketplace/work/wait.py",
        "        if time.monotonic() >= deadline:",
        "        if time.monotonic() < deadline:",
        "test_a_tiny_round_of_visible_shows_every_command_and_nobody_who_withdrew",
    ),
    plant(
        "a bench counts an error as an answer",
        "marketplace/run/bench/load.py",
        "if not 200 <= status < 300)",
        "if not 200 <= status < 600)",
        "test_whatever_is_not_answered_well_is_an_error",
    ),
    plant(
        "a bench does not see the events that its reader missed",
        "marketplace/run/bench/tail.py",
        "        return self._after(self._first)[0] - self._seen",
        "        return self._after(self._last)[0]",
        "test_a_reader_knows_of_an_event_that_became_visible_behind_it",
    ),
    plant(
        "a bench measures on a database that may lose what it acknowledged",
        "marketplace/run/bench/ground.py",
        'MUST_BE_ON if settings[name] != "on"]',
        'MUST_BE_ON if settings[name] == ""]',
        "test_a_server_that_may_lose_a_commit_is_not_measured",
    ),
)
