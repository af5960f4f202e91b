"""How long the machines of the laws run: briefly in every `make test`, at length among the heavy tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def brief(examples: int, steps: int) -> settings:
    """As found: shrinking a history of real commands takes minutes, which the long form has."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def long(examples: int, steps: int) -> settings:
    """With shrinking, so that what is found can be read."""
    return settings(brief(examples, steps), phases=[Phase.generate, Phase.shrink])


def play(machine: Callable[[], RuleBasedStateMachine], how: settings) -> None:
    """Run a machine that needs something of the test's."""
    run_state_machine_as_test(cast("type[RuleBasedStateMachine]", machine), settings=how)
