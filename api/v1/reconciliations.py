"""Reconciliation: the ledger against Stripe, yen for yen, every difference with a name; for the operator's finance."""

from __future__ import annotations

from datetime import datetime

import msgspec

from api.route import ThisVisit, command, query
from api.v1.ledger import FINANCE
from marketplace.settlement import reconcile as compare
from marketplace.settlement.reconcile import Reconciliation
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


@query("/reconciliations", policy=FINANCE, tags=TAGS)
def read_reconciliation(visit: ThisVisit) -> Reconciled:
    """How the ledger stands against what was last copied from Stripe, and against its balance now; nothing is posted."""
    balance = gateway.get_balance(visit.house.stripe())
    with visit.house.database.transaction() as connection:
        return _shown(compare.reconcile(connection, balance, visit.now))


@command("/reconciliations", policy=FINANCE, tags=TAGS)
def reconcile(visit: ThisVisit) -> Reconciled:
    """Fetch what moved at Stripe, explain it, and compare now."""
    return _shown(poll.reconciled(visit.house.office, visit.house.stripe(), visit.now))


def _shown(found: Reconciliation) -> Reconciled:
    same = {name: getattr(found, name) for name in Reconciled.__struct_fields__ if name != "rows"}
    rows = [Row(**{name: getattr(pair, name) for name in Row.__struct_fields__}) for pair in found.findings]
    return Reconciled(**same, rows=rows)


ROUTES = [read_reconciliation, reconcile]
