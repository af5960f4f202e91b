"""What people look at follows from the events: every projection equals a fresh fold of the log."""

from __future__ import annotations

from marketplace.run.check.invariant import Answer, Context, Finding, Invariant, found, skipped
from marketplace.work import rebuild
from projections.every import EVERY

NAME = "projections-equal-fold"


def check(context: Context) -> Answer:
    """The first row of a projection that its events do not give."""
    if not context.has_owner: return skipped(NAME, "no-owner")
    if (finding := _beyond_the_end(context)) is not None:
        return finding
    for number, projection in enumerate(EVERY, start=1):
        comparison = rebuild.check(context.workshop, context.log, projection)
        if comparison.differing:
            return found(NAME, "differs", f"{projection.name}/{comparison.differing[0]}", projection=projection.name)
        context.progress(number, len(EVERY))
    return None


def _beyond_the_end(context: Context) -> Finding | None:
    """A projection that has read further than the log goes holds what no event says any more."""
    end = context.log.position()
    with context.database.transaction() as connection:
        row = connection.execute(
            "SELECT name, position FROM projection_position WHERE position > %s ORDER BY position DESC, name LIMIT 1",
            (end,),
        ).fetchone()
    return None if row is None else found(NAME, "beyond", row[0], position=row[1], end=end)


INVARIANT = Invariant(name=NAME, check=check)
