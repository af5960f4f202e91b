"""The worker's side of the invariants: as `relay check`, with what came of it kept for the page."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from marketplace.run import check as checks
from marketplace.run.check import Context, Invariant, Skipped
from marketplace.run.check.invariant import Answer
from marketplace.run.terminal import context_of, workshop
from marketplace.run.wiring import House
from marketplace.work import asked_checks
from marketplace.work.asked_checks import Checked


def carry_out(house: House, now: datetime) -> None:
    """Look at every invariant, one after the other. Where the owner's address is not known, what needs it is left out."""
    if house.addresses.owner_url is None:
        _look(house, replace(context_of(house, house.database), has_owner=False), now)
        return
    with workshop(house) as owner:
        _look(house, context_of(house, owner), now)


def _look(house: House, context: Context, now: datetime) -> None:
    for invariant in checks.INVARIANTS:
        answer = invariant.check(context)
        with house.database.transaction() as connection:
            asked_checks.keep(connection, _checked(invariant, answer, now))


def _checked(invariant: Invariant, answer: Answer, now: datetime) -> Checked:
    outcome = "holds" if answer is None else "skipped" if isinstance(answer, Skipped) else "broken"
    return Checked(
        name=invariant.name,
        checked_at=now,
        outcome=outcome,
        title_ja=invariant.ja,
        title_en=invariant.en,
        ja="" if answer is None else answer.ja,
        en="" if answer is None else answer.en,
    )
