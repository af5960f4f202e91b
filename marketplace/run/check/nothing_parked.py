"""No event waits: nothing was put aside as unreadable, by any projection or by the reactions."""

from __future__ import annotations

from marketplace.run.check.invariant import Answer, Context, Invariant, found
from marketplace.store.log import Unreadable

NAME = "nothing-parked"


def check(context: Context) -> Answer:
    """The first event that some reader put aside, or that this program cannot read."""
    with context.database.transaction() as connection:
        row = connection.execute(
            "SELECT reader, stream, position, error FROM parked ORDER BY position, reader LIMIT 1"
        ).fetchone()
    if row is not None:
        return found(NAME, "parked", row[2], reader=row[0], stream=row[1], error=row[3])
    for entry in context.entries():
        if isinstance(entry, Unreadable):
            return found(NAME, "unreadable", entry.position, stream=entry.stream, error=entry.error)
    return None


INVARIANT = Invariant(name=NAME, check=check)
