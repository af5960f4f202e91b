"""The ledger against Stripe, yen for yen: every movement is paired over all history, and every difference has a name.

Pairs are made by the balance transaction that an entry was posted from. `delta = Stripe's net − the ledger's net`; the
sum of all deltas is the difference between both sums, always. Roll-forward: the ledger's clearing account must equal
Stripe's balance, available and pending; what even the list of movements does not explain is `unexplained`.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from marketplace.settlement.stripe.results import Balance
from marketplace.store.database import Connection

SLA = timedelta(days=3)
"""Younger than this, a movement that only one side has is a matter of time."""


class Class(StrEnum):
    """What a pair comes to; exactly one of these."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    FEE_DIFFERS = "fee_differs"
    MISSING_IN_LEDGER = "missing_in_ledger"
    MISSING_IN_STRIPE = "missing_in_stripe"
    TIMING = "timing"


class Theirs(msgspec.Struct, frozen=True, kw_only=True):
    """A movement as Stripe has it: `net = amount - fee`, signed."""

    balance_transaction: str
    type: str
    object_id: str
    net_yen: int
    fee_yen: int
    at: datetime


class Ours(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger posted to the clearing account for one movement, and to fees in the same entry.

    `balance_transaction` is empty for lines that no movement stands behind (an adjustment, or a planted line).
    """

    balance_transaction: str
    kind: str
    object_id: str
    net_yen: int
    fee_yen: int
    position: int
    at: datetime


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of one movement, or the one that there is."""

    status: Class
    balance_transaction: str
    object_id: str
    kind: str
    stripe_net_yen: int
    ledger_net_yen: int
    stripe_fee_yen: int
    ledger_fee_yen: int
    position: int | None
    at: datetime

    @property
    def delta_yen(self) -> int:
        """What Stripe has more than the ledger."""
        return self.stripe_net_yen - self.ledger_net_yen


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """One reconciliation. `position`: how far the ledger had been posted, `log_position`: how far it could have been."""

    at: datetime
    position: int
    log_position: int
    stripe_available_yen: int
    stripe_pending_yen: int
    movements_yen: int
    ledger_yen: int
    suspense_yen: int
    counts: dict[str, int]
    findings: tuple[Pair, ...]
    unexplained_yen: int

    @property
    def stripe_yen(self) -> int:
        """What Stripe holds for us."""
        return self.stripe_available_yen + self.stripe_pending_yen

    @property
    def difference_yen(self) -> int:
        """What Stripe holds more than the ledger says."""
        return self.stripe_yen - self.ledger_yen

    @property
    def is_settled(self) -> bool:
        """Not a yen and not a line is open."""
        return self.difference_yen == 0 and not self.findings and self.unexplained_yen == 0


def compare(theirs: list[Theirs], ours: list[Ours], now: datetime) -> list[Pair]:
    """Pair both sides over all history. Raises ValueError if one movement stands twice on a side."""
    posted = {each.balance_transaction: each for each in ours if each.balance_transaction}
    moved = {each.balance_transaction: each for each in theirs}
    loose = [each for each in ours if not each.balance_transaction]
    if len(posted) + len(loose) != len(ours) or len(moved) != len(theirs):
        message = "a balance transaction stands twice on one side"
        raise ValueError(message)
    pairs = [_pair(moved.get(key), posted.get(key), now) for key in dict.fromkeys([*moved, *posted])]
    pairs += [_pair(None, each, now) for each in loose]
    if sum(pair.delta_yen for pair in pairs) != sum(t.net_yen for t in theirs) - sum(o.net_yen for o in ours):
        message = "the deltas do not add up to the difference"
        raise AssertionError(message)
    return pairs


def _pair(theirs: Theirs | None, ours: Ours | None, now: datetime) -> Pair:
    at = theirs.at if theirs else ours.at if ours else now
    return Pair(
        status=_class(theirs, ours, now),
        balance_transaction=theirs.balance_transaction if theirs else ours.balance_transaction if ours else "",
        object_id=theirs.object_id if theirs else ours.object_id if ours else "",
        kind=ours.kind if ours else theirs.type if theirs else "",
        stripe_net_yen=theirs.net_yen if theirs else 0,
        ledger_net_yen=ours.net_yen if ours else 0,
        stripe_fee_yen=theirs.fee_yen if theirs else 0,
        ledger_fee_yen=ours.fee_yen if ours else 0,
        position=ours.position if ours else None,
        at=at,
    )


def _class(theirs: Theirs | None, ours: Ours | None, now: datetime) -> Class:
    if theirs is None or ours is None:
        only = theirs or ours
        if only is not None and ours is None and now - only.at < SLA: return Class.TIMING
        return Class.MISSING_IN_STRIPE if theirs is None else Class.MISSING_IN_LEDGER
    if theirs.net_yen + theirs.fee_yen != ours.net_yen + ours.fee_yen: return Class.AMOUNT_DIFFERS
    if theirs.fee_yen != ours.fee_yen: return Class.FEE_DIFFERS
    return Class.MATCHED


def reconcile(connection: Connection, balance: Balance, now: datetime) -> Reconciliation:
    """Compare the mirror, the ledger and the balance that Stripe has just stated."""
    theirs, ours = _theirs(connection), _ours(connection)
    pairs = compare(theirs, ours, now)
    movements_yen, ledger_yen = sum(each.net_yen for each in theirs), sum(each.net_yen for each in ours)
    position, log_position, suspense_yen = _standing(connection)
    return Reconciliation(
        at=now,
        position=position,
        log_position=log_position,
        stripe_available_yen=balance.available_yen,
        stripe_pending_yen=balance.pending_yen,
        movements_yen=movements_yen,
        ledger_yen=ledger_yen,
        suspense_yen=suspense_yen,
        counts=dict(Counter(str(pair.status) for pair in pairs)),
        findings=tuple(pair for pair in pairs if pair.status is not Class.MATCHED),
        unexplained_yen=balance.total_yen - movements_yen,
    )


def _theirs(connection: Connection) -> list[Theirs]:
    found = connection.execute(
        "SELECT balance_transaction, type, object_id, net_yen, fee_yen, created_at FROM provider_mirror"
        " ORDER BY created_at, balance_transaction"
    )
    return [
        Theirs(balance_transaction=key, type=kind, object_id=source, net_yen=net, fee_yen=fee, at=at)
        for key, kind, source, net, fee, at in found.fetchall()
    ]


# An append is one block of the log that ends at its command's position; the first such end at or after a line is its own.
# (A command without events has the position of the one before it, and no movement.)
_OURS = """
    WITH cash AS (
        SELECT l.position, l.stream, sum(l.amount_yen) FILTER (WHERE l.account = 'clearing') AS net_yen,
               coalesce(sum(l.amount_yen) FILTER (WHERE l.account IN ('stripe-fees', 'tax-input')), 0) AS fee_yen,
               (SELECT min(c.position) FROM command c WHERE c.position >= l.position) AS block
        FROM ledger l WHERE l.currency = 'JPY' AND l.account IN ('clearing', 'stripe-fees', 'tax-input')
        GROUP BY l.position, l.stream
    ), told AS (
        SELECT m.*, c.position AS block, c.at FROM provider_movement m JOIN command c ON c.command_id = m.command
    )
    SELECT coalesce(t.balance_transaction, ''), coalesce(t.kind, ''), coalesce(t.object_id, ''),
           sum(c.net_yen)::bigint, sum(c.fee_yen)::bigint, min(c.position),
           coalesce(min(t.at), '2020-01-01 00:00Z')
    FROM cash c LEFT JOIN told t ON t.block = c.block AND t.stream = c.stream
    WHERE c.net_yen IS NOT NULL
    GROUP BY t.balance_transaction, t.kind, t.object_id, CASE WHEN t.balance_transaction IS NULL THEN c.position END
    ORDER BY min(c.position)
"""


def _ours(connection: Connection) -> list[Ours]:
    """What the ledger's clearing account says, movement by movement."""
    return [
        Ours(
            balance_transaction=key,
            kind=kind,
            object_id=object_id,
            net_yen=net,
            # Stripe's own fee is the movement itself; it has no fee on top.
            fee_yen=0 if kind == "stripe_fee" else fee,
            position=position,
            at=at,
        )
        for key, kind, object_id, net, fee, position, at in connection.execute(_OURS).fetchall()
    ]


def _standing(connection: Connection) -> tuple[int, int, int]:
    row = connection.execute(
        "SELECT coalesce((SELECT position FROM projection_position WHERE name = 'ledger'), 0),"
        " coalesce((SELECT max(notification_id) FROM relay_events), 0),"
        " coalesce((SELECT sum(amount_yen) FROM ledger WHERE account = 'suspense'), 0)::bigint"
    ).fetchone()
    return (0, 0, 0) if row is None else (row[0], row[1], row[2])
