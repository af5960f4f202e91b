"""Wait until projections have read as far as a position, so that a page shows what its user just did."""

from __future__ import annotations

import time
from collections.abc import Sequence

from marketplace.store.database import Database

PATIENCE_SECONDS = 0.5
STEP_SECONDS = 0.004


def until(database: Database, names: Sequence[str], position: int, *, patience: float = PATIENCE_SECONDS) -> bool:
    """True once every named projection stands at `position` or beyond; False when patience ran out (still updating)."""
    deadline = time.monotonic() + patience
    while True:
        with database.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM projection_position WHERE name = ANY(%s) AND position >= %s",
                (list(names), position),
            ).fetchone()
        if row is not None and row[0] == len(set(names)):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(STEP_SECONDS)
