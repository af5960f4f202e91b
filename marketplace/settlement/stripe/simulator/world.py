"""What happens at Stripe without our asking: banks, customers, Stripe itself, and the faults a test wants. SIMULATED.

Also the delivery of webhooks: signed when they go out, in the order, number and completeness that a plan decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import stripe

from marketplace.settlement.stripe.simulator import collecting, returning, sharing
from marketplace.settlement.stripe.simulator.memory import PLATFORM, Memory
from marketplace.settlement.stripe.simulator.transport import BANNER, FAULTS, Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from marketplace.settlement.stripe.simulator.memory import Body

    Post: TypeAlias = Callable[[str, bytes, dict[str, str]], int]
    Plan: TypeAlias = Callable[[Sequence["Pending"]], Iterable["Pending"]]


class Endpoints(msgspec.Struct, frozen=True):
    """Where the two kinds of events go, and what each is signed with."""

    platform_url: str
    platform_secret: str
    connect_url: str
    connect_secret: str


class Pending(msgspec.Struct, frozen=True):
    """A webhook that waits to be sent."""

    event_id: str
    type: str
    object_id: str
    endpoint: str
    body: str


class World:
    """Everything around the platform. Give it the simulator's database, or a DSN of its own."""

    def __init__(self, database: Database | str) -> None:
        self._database = Database(database) if isinstance(database, str) else database

    def close(self) -> None:
        """Let the connection go."""
        self._database.close()

    def complete_onboarding(self, account_id: str) -> None:
        """The source has given Stripe its papers: transfers and payouts are on."""
        self._set_capability(account_id, "active")

    def restrict(self, account_id: str) -> None:
        """Stripe takes the account's capability away."""
        self._set_capability(account_id, "inactive")

    def disconnect(self, account_id: str) -> None:
        """The source takes its account away from the platform, which can neither see nor use it any more."""
        with self._database.transaction() as connection:
            memory = Memory(connection)
            memory.put("account", {**memory.get("account", account_id), "disconnected": True})
            memory.tell("account.application.deauthorized", {"id": "ca_simulated", "object": "application"}, account_id)

    def customer_pays(self, customer_id: str, amount_yen: int, reference: str = "") -> None:
        """A bank transfer arrives on the customer's virtual account."""
        with self._database.transaction() as connection:
            params = {"amount": amount_yen, "reference": reference}
            collecting.fund_cash_balance(Memory(connection), params, customer_id)

    def settle_refund(self, refund_id: str) -> None:
        """A waiting refund reaches the customer's bank."""
        with self._database.transaction() as connection:
            returning.settle_refund(Memory(connection), refund_id)

    def fail_refund(self, refund_id: str) -> None:
        """The customer's bank sends a refund back."""
        with self._database.transaction() as connection:
            returning.fail_refund(Memory(connection), refund_id)

    def open_dispute(self, charge_id: str) -> str:
        """The payer contests a charge. Gives the dispute's id."""
        with self._database.transaction() as connection:
            return str(returning.open_dispute(Memory(connection), charge_id)["id"])

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        """The dispute is decided."""
        with self._database.transaction() as connection:
            returning.close_dispute(Memory(connection), dispute_id, won=won)

    def sweep(self, account_id: str = PLATFORM) -> str:
        """The daily automatic payout of what is available. Gives its id, or nothing when there is nothing."""
        with self._database.transaction() as connection:
            memory = Memory(connection)
            available, _ = memory.balance_yen(account_id)
            if available <= 0:
                return ""
            return str(sharing.pay_out(memory, available, account_id, {}, automatic=True)["id"])

    def arrive(self, payout_id: str, account_id: str = PLATFORM) -> None:
        """A payout reaches the bank."""
        with self._database.transaction() as connection:
            memory = Memory(connection)
            payout = {**memory.get("payout", payout_id, account_id), "status": "paid"}
            if payout["automatic"]:
                payout["reconciliation_status"] = "completed"
            memory.put("payout", payout, account_id)
            memory.tell("payout.paid", payout, account_id)

    def fail_payout(self, payout_id: str, account_id: str = PLATFORM) -> None:
        """The bank refuses a payout: the money comes back."""
        with self._database.transaction() as connection:
            memory = Memory(connection)
            payout = memory.get("payout", payout_id, account_id)
            back = memory.move("payout_failure", payout["amount"], payout_id, account=account_id)
            payout.update(status="failed", failure_code="account_closed", failure_balance_transaction=back["id"])
            memory.put("payout", payout, account_id)
            memory.tell("payout.failed", payout, account_id)

    def move(self, kind: str, amount_yen: int) -> str:
        """A movement nobody asked for: `stripe_fee`, `topup`, or a type we do not know. Signed. Gives its id."""
        with self._database.transaction() as connection:
            memory = Memory(connection)
            return str(memory.move(kind, amount_yen, memory.new_id("ch"))["id"])

    def spoil(self, fault: str, route: str, times: int = 1) -> None:
        """Let the next `times` requests whose `"post /v1/path"` matches the pattern suffer a fault."""
        if fault not in FAULTS:
            raise ValueError(fault)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO stripe_simulator.fault (name, route, remaining) VALUES (%s, %s, %s)", (fault, route, times)
            )

    def deliver(self, post: Post, endpoints: Endpoints, plan: Plan = lambda pending: pending) -> int:
        """Send pending webhooks through `post(url, body, headers) -> status`; gives how many were taken (2xx).

        `plan` gets them oldest first and says what goes out: another order, the same twice, some not now. What is
        refused, or was left out, stays pending. Nothing is locked while posting.
        """
        taken = 0
        for event in plan(self.pending()):
            url, secret = _address(event, endpoints)
            with self._database.transaction() as connection:
                now = Memory(connection).now
            signature = stripe.WebhookSignature.generate_signature_header(event.body, secret, now)
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json", "Simulated": BANNER}
            status = post(url, event.body.encode(), headers)
            is_taken = 200 <= status < 300  # noqa: PLR2004
            taken += is_taken
            self._mark(event.event_id, "delivered" if is_taken else "pending")
        return taken

    def pending(self) -> list[Pending]:
        """The webhooks that wait, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT event_id, type, object_id, endpoint, body FROM stripe_simulator.outbox"
                " WHERE state = 'pending' ORDER BY ordinal"
            ).fetchall()
        return [Pending(*row) for row in rows]

    def lose(self, events: Iterable[Pending]) -> None:
        """These webhooks never arrive."""
        for event in events:
            self._mark(event.event_id, "lost")

    def _mark(self, event_id: str, state: str) -> None:
        """Count the attempt; what was delivered once stays so."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE stripe_simulator.outbox SET attempts = attempts + 1,"
                " state = CASE WHEN state = 'delivered' THEN state ELSE %s END WHERE event_id = %s",
                (state, event_id),
            )

    def _set_capability(self, account_id: str, status: str) -> None:
        with self._database.transaction() as connection:
            memory = Memory(connection)
            account = memory.get("account", account_id)
            account["capabilities"]["transfers"] = status
            account["payouts_enabled"] = account["details_submitted"] = status == "active"
            memory.put("account", account)
            memory.tell("account.updated", account, account_id)
            capability: Body = {"id": "transfers", "object": "capability", "account": account_id, "status": status}
            memory.tell("capability.updated", {**capability, "requested": True}, account_id)


def _address(event: Pending, endpoints: Endpoints) -> tuple[str, str]:
    if event.endpoint == "connect":
        return endpoints.connect_url, endpoints.connect_secret
    return endpoints.platform_url, endpoints.platform_secret
