"""`relay bench`: what the store does, measured beside a yardstick in the same run on the same database.

Each bench makes a durable server and database of its own and removes them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

import msgspec

from domain.refusal import Refused
from marketplace.run.bench.ground import Effort, Ground, Say, ground
from marketplace.run.bench.table import Row, document, text

__all__ = ["BENCHES", "FULL", "Bench", "Effort", "Row", "in_terminal"]

FULL = Effort()


class Bench(msgspec.Struct, frozen=True):
    """One thing that can be measured. Its module is imported when it is: the clients and the bare server need none."""

    about: str
    module: str

    def measure(self, here: Ground, say: Say, effort: Effort) -> list[Row]:
        """All cases, and their table."""
        rows: list[Row] = import_module(f"{__name__}.{self.module}").measure(here, say, effort)
        return rows


BENCHES: dict[str, Bench] = {
    "append": Bench("commands written each second, beside pgbench and the stock recorder", "append"),
    "project": Bench("events folded each second, beside the stock runner and bare reading", "project"),
    "visible": Bench("from a command sent to its page complete, and withdrawals raced by readers", "visible"),
    "http": Bench("pages and commands answered each second, 64 clients beside the bare framework", "http"),
    "pages": Bench("every page of the site with a large town behind it, beside the bare framework", "pages"),
    "growth": Bench("a command over a million events, beside one over ten thousand", "growth"),
}


def in_terminal(name: str, as_json: bool, say: Callable[[str], None], effort: Effort = FULL) -> int:  # noqa: FBT001  the command's flag
    """Measure and tell; without a name, list what there is. Progress goes to standard error where the answer is JSON.

    Refuses `bench-unknown`.
    """
    if not name:
        width = max(map(len, BENCHES))
        for each, bench in BENCHES.items():
            say(f"{each:<{width}}  {bench.about}")
        return 0
    if name not in BENCHES:
        raise Refused("bench-unknown", name=name, names=", ".join(BENCHES))
    progress = _aside if as_json else say
    with ground(progress) as here:
        rows = BENCHES[name].measure(here, progress, effort)
    for line in [document(name, rows)] if as_json else text(rows):
        say(line)
    return 0


def _aside(line: str) -> None:
    sys.stderr.write(f"{line}\n")
