"""Stripe's balance transactions as Stripe has them, copied again and again with an overlap; the ground of reconciling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from marketplace.settlement.stripe.results import Movement
from marketplace.store.database import Connection

OVERLAP = timedelta(hours=48)
"""What Stripe lists late is still found (the list is ordered by creation, and creation is by many clocks)."""
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

_COLUMNS = (
    "balance_transaction, type, reporting_category, amount_yen, fee_yen, net_yen, object_id, created_at, available_on, status"
)


def since(connection: Connection) -> datetime:
    """From when on to list movements: two days before the newest that is known."""
    row = connection.execute("SELECT max(created_at) FROM provider_mirror").fetchone()
    return BEGINNING if row is None or row[0] is None else row[0] - OVERLAP


def keep(connection: Connection, moved: Iterable[Movement]) -> None:
    """Write down what was listed; a movement listed again says what it says now."""
    rows = [_row(each) for each in moved]
    if rows:
        connection.execute(
            f"INSERT INTO provider_mirror ({_COLUMNS})"  # noqa: S608  our own names
            f" SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::provider_mirror, %s::jsonb)"
            " ON CONFLICT (balance_transaction) DO UPDATE SET amount_yen = excluded.amount_yen,"
            " fee_yen = excluded.fee_yen, net_yen = excluded.net_yen, available_on = excluded.available_on,"
            " status = excluded.status",
            (msgspec.json.encode(rows).decode(),),
        )


def find(connection: Connection, balance_transaction: str) -> Movement | None:
    """One movement."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM provider_mirror WHERE balance_transaction = %s", (balance_transaction,)  # noqa: S608  our own names
    ).fetchone()
    return _movement(found) if found else None


def unposted(connection: Connection) -> Sequence[Movement]:
    """Movements that no entry of ours posts, oldest first."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM provider_mirror m WHERE NOT EXISTS"  # noqa: S608  our own names
        " (SELECT FROM provider_movement p WHERE p.balance_transaction = m.balance_transaction)"
        " ORDER BY created_at, balance_transaction"
    )
    return [_movement(row) for row in found.fetchall()]


def _row(moved: Movement) -> dict[str, Any]:
    fields = msgspec.structs.asdict(moved)
    return {**fields, "balance_transaction": fields.pop("movement_id"), "object_id": fields.pop("source_id")}


def _movement(row: tuple[Any, ...]) -> Movement:
    key, kind, category, amount, fee, net, source, created, available, status = row
    return Movement(key, kind, category, amount, fee, net, source, created, available, status)
