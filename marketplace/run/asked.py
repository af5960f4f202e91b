"""The worker's side of a rebuild that a person asked for: as `relay rebuild NAME`, with its progress in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.refusal import Refused
from marketplace.run import rebuilding
from marketplace.run.terminal import workshop
from marketplace.run.wiring import House
from marketplace.work import asked_rebuilds


def carry_out(house: House, rebuild: UUID, now: datetime) -> None:
    """Fold the projection anew and note what came of it. What goes wrong ends it: the person may ask again."""
    with house.database.transaction() as connection:
        asked = asked_rebuilds.one(connection, rebuild)
    if asked is None or asked.ended_at is not None: return
    outcome, differing = "failed", 0
    try:
        if house.addresses.owner_url is None:
            outcome = "not-allowed"
            return
        with workshop(house) as owner:
            done = rebuilding.rebuild_all(owner, house.log, [asked.name], on_progress=_noting(house, rebuild))[0]
        differing = len(done.differing)
        outcome = "left-alone" if not done.swapped else "put-right" if differing else "same"
    except Refused as refused:
        outcome = "log-too-short" if refused.code == "log-too-short" else "failed"
    finally:
        with house.database.transaction() as connection:
            asked_rebuilds.end(connection, rebuild, outcome, now=now, differing=differing)


def _noting(house: House, rebuild: UUID) -> rebuilding.OnProgress:
    def note(_name: str, position: int, until: int) -> None:
        with house.database.transaction() as connection:
            asked_rebuilds.note(connection, rebuild, position, until)

    return note
