"""Reconciliation: the ledger against Stripe, yen for yen, every difference with a name; for the operator's finance."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath

from api import step_up
from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.v1.ledger import FINANCE, Month
from domain.books import month_of
from domain.calendar import jst_date, start_of_jst_day
from marketplace.commands import books
from marketplace.settlement import reconcile as compare
from marketplace.settlement import reconciliations
from marketplace.settlement.reconcile import Reconciliation
from marketplace.settlement.reconciliations import Day, Kept
from marketplace.settlement.stripe import gateway
from marketplace.work import poll

TAGS = ["reconciliations"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One movement that does not match. `delta_yen` is what Stripe has more than the ledger."""

    status: str
    balance_transaction: str
    object_id: str
    kind: str
    stripe_net_yen: int
    ledger_net_yen: int
    stripe_fee_yen: int
    ledger_fee_yen: int
    delta_yen: int
    position: int | None
    at: datetime


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides. `counts` by class; `position` is how far the ledger had been posted of `log_position`."""

    at: datetime
    position: int
    log_position: int
    stripe_yen: int
    stripe_available_yen: int
    stripe_pending_yen: int
    ledger_yen: int
    suspense_yen: int
    difference_yen: int
    unexplained_yen: int
    is_settled: bool
    counts: dict[str, int]
    rows: list[Row]
    id: UUID | None = None
    """Under which it was kept; null for a mere look."""


@query("/reconciliations", policy=FINANCE, tags=TAGS)
def read_reconciliation(visit: ThisVisit) -> Reconciled:
    """How the ledger stands against what was last copied from Stripe, and against its balance now; nothing is posted."""
    balance = gateway.get_balance(visit.house.stripe())
    with visit.house.database.transaction() as connection:
        return _shown(compare.reconcile(connection, balance, visit.now))


@command("/reconciliations", policy=FINANCE, tags=TAGS)
def reconcile(visit: ThisVisit) -> Reconciled:
    """Fetch what moved at Stripe, explain it, and compare now; what came out is kept."""
    found_now = poll.reconciled(visit.house.office, visit.house.stripe(), visit.now)
    with visit.house.database.transaction() as connection:
        reconciliations.keep(connection, visit.command.id, visit.actor.text, found_now)
    return _shown(found_now, visit.command.id)


@query("/reconciliations/history", policy=FINANCE, tags=TAGS)
def list_reconciliations(visit: ThisVisit) -> Listed[Kept]:
    """The last fifty that were asked for, newest first."""
    with visit.house.database.transaction() as connection:
        return Listed(items=reconciliations.newest(connection))


@query("/reconciliations/days", policy=FINANCE, tags=TAGS)
def list_days(visit: ThisVisit, month: Month = None) -> Listed[Day]:
    """Day by day and object by object of a month (this one, if none is named): expected, sent, settled, difference."""
    wanted = month or month_of(jst_date(visit.now))
    since = start_of_jst_day(date.fromisoformat(f"{wanted}-01"))
    with visit.house.database.transaction() as connection:
        return Listed(items=reconciliations.days(connection, since, books.month_ends(wanted)))


@command("/reconciliations/{reconciliation:uuid}/signature", policy=FINANCE, tags=TAGS)
def sign(visit: ThisVisit, reconciliation: FromPath[UUID]) -> Done:
    """Stand for what it showed at the end of the day before. Asks for a fresh proof."""
    step_up.demand(visit)
    return done(books.sign_reconciliation(visit.house.office, visit.command, reconciliation=reconciliation), reconciliation)


def _shown(found: Reconciliation, kept: UUID | None = None) -> Reconciled:
    same = {name: getattr(found, name) for name in Reconciled.__struct_fields__ if name not in {"rows", "id"}}
    rows = [Row(**{name: getattr(pair, name) for name in Row.__struct_fields__}) for pair in found.findings]
    return Reconciled(**same, rows=rows, id=kept)


ROUTES = [read_reconciliation, reconcile, list_reconciliations, list_days, sign]
