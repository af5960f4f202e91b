"""What the simulator remembers, inside one transaction: objects, movements of money, events to send.

Bodies are plain JSON as Stripe shows it. The balance is nothing but the sum of the movements, so it cannot drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from psycopg.types.json import Jsonb

from marketplace.settlement.stripe.wire import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import LiteralString

    from psycopg import Connection

Body: TypeAlias = dict[str, Any]

PLATFORM = ""
DAY_SECONDS = 86_400
SETTLES_AFTER_DAYS = 4
"""From payment to available balance; Stripe's for Japan is four business days."""


class Failure(Exception):
    """An error answer. `kept` says whether Stripe would store it under the key: not when only validation failed."""

    def __init__(self, status: int, code: str | None, message: str, *, kept: bool = True) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.kept = status, code, message, kept


def invalid(message: str, code: str | None = None) -> Failure:
    """A request that failed validation: 400, and not stored."""
    return Failure(400, code, message, kept=False)


class Memory:
    """The simulator's rows, seen from one request or one act of the world."""

    def __init__(self, connection: Connection, fault: str = "") -> None:
        self._connection = connection
        self.fault = fault
        """The fault this request must suffer, or empty."""
        self.now: int = self._row("SELECT floor(extract(epoch FROM relay_now()))::bigint")[0]

    def new_id(self, prefix: str) -> str:
        """An id that says it is simulated."""
        return f"{prefix}_sim{self.next_number():012d}"

    def next_number(self) -> int:
        """A number that was not given before."""
        number: int = self._row("SELECT nextval('stripe_simulator.number')")[0]
        return number

    def put(self, kind: str, body: Body, account: str = PLATFORM) -> Body:
        """Write a new object or a new state of one."""
        self._connection.execute(
            "INSERT INTO stripe_simulator.object (id, kind, account, created, body) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], kind, account, body.get("created", self.now), Jsonb(body)),
        )
        return body

    def find(self, object_id: str) -> Body | None:
        """Any object by its id."""
        row = self._connection.execute(
            "SELECT body FROM stripe_simulator.object WHERE id = %s", (object_id,)
        ).fetchone()
        return self._shown(row[0]) if row else None

    def get(self, kind: str, object_id: object, account: str = PLATFORM) -> Body:
        """The object of that kind and account, or Stripe's 404."""
        row = self._connection.execute(
            "SELECT body FROM stripe_simulator.object WHERE id = %s AND kind = %s AND account = %s",
            (object_id, kind, account),
        ).fetchone()
        if row is None:
            raise Failure(404, "resource_missing", f"No such {kind}: '{object_id}'", kept=False)
        if row[0].get("disconnected"):
            raise Failure(403, "account_invalid", "The key has no access to this account.", kept=False)
        return self._shown(row[0])

    def all(self, kind: str, account: str = PLATFORM, **where: object) -> list[Body]:
        """Every object of a kind, newest first, whose fields equal `where`."""
        rows = self._connection.execute(
            "SELECT body FROM stripe_simulator.object WHERE kind = %s AND account = %s AND body @> %s"
            " ORDER BY ordinal DESC",
            (kind, account, Jsonb(where)),
        ).fetchall()
        return [self._shown(body) for (body,) in rows]

    def move(
        self,
        kind: str,
        amount_yen: int,
        source: str,
        *,
        account: str = PLATFORM,
        fee_yen: int = 0,
        available_on: int | None = None,
        reporting_category: str = "",
    ) -> Body:
        """Write a balance transaction. The amount is signed; the fee is taken off."""
        fees = [{"amount": fee_yen, "currency": "jpy", "type": "stripe_fee", "description": "SIMULATED fee"}]
        return self.put(
            "balance_transaction",
            {
                "id": self.new_id("txn"),
                "object": "balance_transaction",
                "amount": amount_yen,
                "available_on": max(available_on or self.now, self.now),
                "balance_type": "payments",
                "created": self.now,
                "currency": "jpy",
                "description": "SIMULATED",
                "exchange_rate": None,
                "fee": fee_yen,
                "fee_details": fees if fee_yen else [],
                "net": amount_yen - fee_yen,
                "reporting_category": reporting_category or _CATEGORY.get(kind, kind),
                "source": source,
                "status": "pending",
                "type": kind,
            },
            account,
        )

    def balance_yen(self, account: str = PLATFORM) -> tuple[int, int]:
        """Available and pending."""
        available, pending = self._row(
            "SELECT coalesce(sum((body->>'net')::bigint) FILTER (WHERE (body->>'available_on')::bigint <= %(now)s), 0),"
            " coalesce(sum((body->>'net')::bigint) FILTER (WHERE (body->>'available_on')::bigint > %(now)s), 0)"
            " FROM stripe_simulator.object WHERE kind = 'balance_transaction' AND account = %(account)s",
            {"now": self.now, "account": account},
        )
        return int(available), int(pending)

    def tell(self, event_type: str, about: Mapping[str, Any], account: str = PLATFORM) -> None:
        """Write an event to the outbox; what concerns a connected account goes to the Connect endpoint."""
        event: Body = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": dict(about)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": event_type,
        }
        if account:
            event["account"] = account
        self._connection.execute(
            "INSERT INTO stripe_simulator.outbox (event_id, type, object_id, endpoint, body)"
            " VALUES (%s, %s, %s, %s, %s)",
            (
                event["id"],
                event_type,
                about.get("id", ""),
                "connect" if account else "platform",
                msgspec.json.encode(event).decode(),
            ),
        )

    def _row(self, query: LiteralString, values: Mapping[str, object] | None = None) -> tuple[Any, ...]:
        """The row of a query that always has one."""
        return next(iter(self._connection.execute(query, values)))

    def _shown(self, body: Body) -> Body:
        """A balance transaction becomes available by time alone."""
        if body.get("object") == "balance_transaction" and body["available_on"] <= self.now:
            return {**body, "status": "available"}
        return body


_CATEGORY = {
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
    "refund_failure": "refund_failure",
    "stripe_fee": "fee",
    "payout_failure": "payout_reversal",
}
