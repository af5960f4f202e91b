"""Cash is posted from balance transactions, once for each provider object and kind of movement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from marketplace.store.database import Connection

PAYMENT = "payment"
TRANSFER = "transfer"
TRANSFER_REVERSAL = "transfer_reversal"
REFUND = "refund"
REFUND_FAILURE = "refund_failure"
DISPUTE = "dispute"
DISPUTE_REVERSAL = "dispute_reversal"
PAYOUT = "payout"
PAYOUT_FAILURE = "payout_failure"
STRIPE_FEE = "stripe_fee"
TOPUP = "topup"
UNKNOWN = "unknown"


class Posted(msgspec.Struct, frozen=True):
    """One movement that an append posts; the primary key refuses a second one."""

    object_id: str
    kind: str
    balance_transaction: str
    net_yen: int

    def row(self, stream: UUID, command: UUID) -> dict[str, Any]:
        """The companion row."""
        return {**msgspec.structs.asdict(self), "stream": str(stream), "command": str(command)}


def is_posted(connection: Connection, balance_transaction: str) -> bool:
    """Is this balance transaction in the ledger already?"""
    row = connection.execute(
        "SELECT FROM provider_movement WHERE balance_transaction = %s", (balance_transaction,)
    ).fetchone()
    return row is not None


def stream_of(connection: Connection, object_id: str, kind: str) -> UUID | None:
    """The stream into which a provider object's cash was posted; a charge's is its fee."""
    row = connection.execute(
        "SELECT stream FROM provider_movement WHERE object_id = %s AND kind = %s", (object_id, kind)
    ).fetchone()
    return row[0] if row else None
