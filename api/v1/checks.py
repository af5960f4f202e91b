"""The invariants of the whole database: how each stood when it was last looked at, and looking now; for the operator's finance."""

from __future__ import annotations

from datetime import datetime

import msgspec

from api.reading import Listed
from api.route import ThisVisit, command, query
from api.v1.ledger import FINANCE
from marketplace.work import asked_checks
from marketplace.work.asked_checks import Checked

TAGS = ["checks"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The worker looks as soon as it can; what came of it stands in the list then."""

    asked_at: datetime


@query("/checks", policy=FINANCE, tags=TAGS)
def list_checks(visit: ThisVisit) -> Listed[Checked]:
    """Every invariant as it was found, what is broken first. `updating` while the worker is looking."""
    with visit.house.database.transaction() as connection:
        return Listed(items=asked_checks.everything(connection), updating=asked_checks.is_under_way(connection))


@command("/checks", policy=FINANCE, idempotent=False, status_code=202, tags=TAGS)
def check_now(visit: ThisVisit) -> Asked:
    """Ask the worker to look at all of them now."""
    with visit.house.database.transaction() as connection:
        asked_checks.ask(connection, visit.now)
    return Asked(asked_at=visit.now)


ROUTES = [list_checks, check_now]
