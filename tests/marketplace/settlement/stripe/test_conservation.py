"""No yen is lost or made: whatever happens, in whatever order, what came in is somewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.settlement.stripe import calls, gateway
from marketplace.settlement.stripe.calls import Call
from marketplace.settlement.stripe.results import Done
from tests.marketplace.settlement.stripe.example_platform import Platform

ACTS = ["pay", "transfer", "reverse", "refund", "fail-refund", "payout", "fail-payout", "sweep", "dispute", "days"]
OFTEN = ["transfer", "reverse", "refund", "fail-refund"]
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from(OFTEN + ACTS), st.integers(1, 60_000)), min_size=8, max_size=24)


class Outside:
    """What the banks see: the money that came into Stripe and the money that left it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.account_id = platform.account()
        self.customer_id = platform.customer()
        self.came_yen = self.left_yen = 0
        self.charges: list[str] = []
        self.transfers: list[Any] = []
        self.refunds: list[Any] = []
        self.payouts: list[Any] = []

    def act(self, name: str, yen: int) -> None:
        getattr(self, name.replace("-", "_"))(yen)

    def pay(self, yen: int) -> None:
        invoice = self.platform.invoice(self.customer_id, yen, yen // 10)
        self.platform.world.customer_pays(self.customer_id, yen + yen // 10 + yen % 7, invoice.number)
        self.came_yen += yen + yen // 10 + yen % 7
        paid = gateway.get_invoice(self.platform.client, invoice.invoice_id)
        self.charges += [payment.charge_id for payment in paid.payments]

    def transfer(self, yen: int) -> None:
        charge_id = self.charges[yen % len(self.charges)] if self.charges else None
        self._keep(self.transfers, self.platform.transfer_call(self.account_id, charge_id, yen))

    def reverse(self, yen: int) -> None:
        if self.transfers:
            transfer = self.transfers[yen % len(self.transfers)]
            self._keep([], self.platform.reversal_call(transfer.transfer_id, yen))

    def refund(self, yen: int) -> None:
        if self.charges:
            call = self.platform.refund_call(self.charges[yen % len(self.charges)], yen)
            refund = self._keep(self.refunds, call)
            self.left_yen += yen if refund and refund.movement_id else 0

    def fail_refund(self, _yen: int) -> None:
        if self.refunds:
            refund = self.refunds.pop()
            self.platform.world.fail_refund(refund.refund_id)
            self.left_yen -= refund.amount_yen if refund.movement_id else 0

    def payout(self, yen: int) -> None:
        if self._keep(self.payouts, calls.build_payout(self.platform.intent(), amount_yen=yen)):
            self.left_yen += yen

    def fail_payout(self, _yen: int) -> None:
        if self.payouts:
            payout = self.payouts.pop()
            self.platform.world.fail_payout(payout.payout_id)
            self.left_yen -= payout.amount_yen

    def sweep(self, _yen: int) -> None:
        payout_id = self.platform.world.sweep(self.account_id)
        if payout_id:
            self.left_yen += gateway.get_payout(self.platform.client, payout_id, self.account_id).amount_yen

    def dispute(self, yen: int) -> None:
        if self.charges:
            charge_id = self.charges.pop(yen % len(self.charges))
            dispute_id = self.platform.world.open_dispute(charge_id)
            self.platform.world.close_dispute(dispute_id, won=yen % 2 == 0)
            if yen % 2:
                self.left_yen += gateway.get_dispute(self.platform.client, dispute_id).amount_yen

    def days(self, yen: int) -> None:
        self.platform.later(days=yen % 5)

    def _keep(self, kept: list[Any], call: Call) -> Any:
        outcome = gateway.send(self.platform.client, call)
        if not isinstance(outcome, Done):
            return None
        kept.append(outcome.result)
        return outcome.result

    def unpaid_cash_yen(self) -> int:
        with psycopg.connect(self.platform.owner_url) as owner:
            (row,) = owner.execute(
                "SELECT (body->>'available_yen')::bigint FROM stripe_simulator.object WHERE id = %s",
                (f"cash_{self.customer_id}",),
            ).fetchall()
        return int(row[0])


# Examples share one database, so a failing one is shown as it was found: shrinking would replay it on another state.
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_what_came_in_is_at_stripe_or_with_the_banks_or_was_stripes_fee(
    platform: Platform, steps: list[tuple[str, int]]
) -> None:
    """Each example has its own customer and source; the platform is shared, so its balance is taken as a difference."""
    client = platform.client
    before_yen = gateway.get_balance(client).total_yen
    known = {movement.movement_id for movement in gateway.list_movements(client, EPOCH)}
    outside = Outside(platform)

    outside.pay(1_000_000)
    outside.transfer(60_000)
    for name, yen in steps:
        outside.act(name, yen)

    movements = gateway.list_movements(client, EPOCH)
    fees_yen = sum(movement.fee_yen for movement in movements if movement.movement_id not in known)
    held_yen = gateway.get_balance(client).total_yen - before_yen
    source_yen = gateway.get_balance(client, outside.account_id).total_yen
    assert outside.came_yen == held_yen + source_yen + outside.unpaid_cash_yen() + fees_yen + outside.left_yen
    for account in ("", outside.account_id):
        everything = gateway.list_movements(client, EPOCH, account)
        assert sum(movement.net_yen for movement in everything) == gateway.get_balance(client, account).total_yen
        assert all(movement.net_yen == movement.amount_yen - movement.fee_yen for movement in everything)
