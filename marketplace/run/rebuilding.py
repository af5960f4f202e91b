"""`relay rebuild`: projections, and the gate, computed anew from the log; a ledger that differs is left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from domain.refusal import Refused
from marketplace.store.database import Database
from marketplace.store.log import Log
from marketplace.work import rebuild, regate
from projections import every, ledger

OnProgress = Callable[[str, int, int], None]
"""Which one, the position that was reached, the position to reach."""

NAMES: tuple[str, ...] = (regate.NAME, *every.BY_NAME)


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one: how many rows the log gives, the first keys that differed, whether they were put right."""

    name: str
    rows: int
    differing: tuple[str, ...]
    swapped: bool


def rebuild_all(workshop: Database, log: Log, names: Sequence[str] = (), *, on_progress: OnProgress) -> list[Rebuilt]:
    """Rebuild those that are named, or everything; `workshop` is the database as its owner.

    Each is one transaction that readers do not wait for. The ledger stays as it is if it differs. Refuses
    `projection-unknown` and `log-too-short` before anything is begun.
    """
    wanted = [name for name in NAMES if name in names] if names else list(NAMES)
    if unknown := sorted(set(names) - set(NAMES)):
        raise Refused("projection-unknown", name=unknown[0], names=", ".join(NAMES))
    _check_log_is_whole(workshop, log)
    return [_rebuild(workshop, log, name, on_progress) for name in wanted]


def _check_log_is_whole(workshop: Database, log: Log) -> None:
    """What was folded from a log that was longer must not be replaced by a fold of what is left of it."""
    with workshop.transaction() as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM projection_position").fetchone()
    end, read = log.position(), row[0] if row else 0
    if read > end:
        raise Refused("log-too-short", position=read, end=end)


def _rebuild(workshop: Database, log: Log, name: str, on_progress: OnProgress) -> Rebuilt:
    def progress(done: int, of: int) -> None:
        on_progress(name, done, of)

    if name == regate.NAME:
        done = regate.rebuild(workshop, log, progress)
        return Rebuilt(name=name, rows=done.rows, differing=done.differing, swapped=True)
    is_ledger = name == ledger.PROJECTION.name
    done = rebuild.rebuild(workshop, log, every.BY_NAME[name], must_be_equal=is_ledger, progress=progress)
    return Rebuilt(
        name=name, rows=done.rows, differing=done.differing, swapped=not (is_ledger and done.differing)
    )
