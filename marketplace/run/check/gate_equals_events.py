"""Every "yes" and "no" of the gate is the last word of the events: nothing is open that they closed."""

from __future__ import annotations

from marketplace.run.check.invariant import Answer, Context, Invariant, found, skipped
from marketplace.work import regate

NAME = "gate-equals-events"


def check(context: Context) -> Answer:
    """The first row of the gate that the events do not give."""
    if not context.has_owner: return skipped(NAME, "no-owner")
    wrong = regate.check(context.workshop, context.log, context.progress)
    if not wrong.differing:
        return None
    return found(NAME, "differs", wrong.differing[0])


INVARIANT = Invariant(name=NAME, check=check)
