"""What people look at follows from the events: every projection equals a fresh fold of the log."""

from __future__ import annotations

from marketplace.run.check.invariant import Answer, Context, Invariant, found
from marketplace.work import rebuild
from projections.every import EVERY

NAME = "projections-equal-fold"


def check(context: Context) -> Answer:
    """The first row of a projection that its events do not give."""
    for number, projection in enumerate(EVERY, start=1):
        comparison = rebuild.check(context.workshop, context.log, projection)
        if comparison.differing:
            return found(NAME, "differs", f"{projection.name}/{comparison.differing[0]}", projection=projection.name)
        context.progress(number, len(EVERY))
    return None


INVARIANT = Invariant(name=NAME, check=check)
