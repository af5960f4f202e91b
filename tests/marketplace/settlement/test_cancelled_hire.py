"""A hire that is cancelled: whatever its fee had done until then comes back."""

from __future__ import annotations

from datetime import date

from domain.hire import HireCancelled
from domain.ids import fee_of
from tests.marketplace.settlement.relay import Relay


def test_a_hire_that_is_cancelled_after_its_fee_was_sent_on_returns_all_of_it(relay: Relay) -> None:
    hire = relay.paid_hire()
    assert relay.fee(hire).transferred_yen == 770_000

    relay.go_to(date(2027, 6, 20))
    relay.world.move("topup", 900_000)
    relay.tell(hire, HireCancelled(cause="never-started"))
    relay.work()
    assert (relay.fee(hire).transferred_yen, relay.fee(hire).refunded_yen) == (0, 1_100_000)
    assert relay.balances() == {
        "clearing": -16_500, "stripe-fees": 16_500, "commission": -300_000, "contra-revenue": 300_000,
    }  # fmt: skip
    assert relay.reconcile().is_settled
    assert relay.balances()["clearing"] == 883_500


def test_a_hire_that_is_cancelled_before_its_invoice_is_paid_owes_nothing(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.tell(hire, HireCancelled(cause="never-started"))
    relay.work()
    assert relay.fee(hire).open_yen == 0
    assert relay.fee(hire).invoice is None
    assert [state for state, _ in relay.intents("void_invoice")] == ["done"]
    assert relay.stripe_posts("invoices") == 1
    relay.go_to(date(2027, 11, 1))
    relay.work()
    assert (relay.stripe_posts("transfers"), relay.stripe_posts("refunds")) == (0, 0)


def test_a_hire_that_is_cancelled_before_its_fee_accrued_never_has_one(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.tell(hire, HireCancelled(cause="never-started"))
    relay.work()
    assert relay.kinds(fee_of(hire)) == []
