"""One fee from the first day of work to the bank, over the real log, worker, SDK and simulator, in literal yen."""

from __future__ import annotations

from datetime import date

from domain.ids import fee_of
from tests.marketplace.settlement.relay import SOURCE, Relay


def test_a_fee_travels_from_the_first_day_of_work_to_the_sources_bank(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    assert relay.balances() == {
        "receivable:hiring": 1_100_000, "payable:source": -770_000, "commission": -300_000, "tax-output": -30_000,
    }  # fmt: skip

    relay.go_to(date(2027, 9, 1))
    relay.pay(hire)
    relay.work()
    assert relay.balances() == {
        "clearing": 1_083_500, "stripe-fees": 16_500, "payable:source": -770_000, "commission": -300_000,
        "tax-output": -30_000,
    }  # fmt: skip
    assert relay.fee(hire).release_on == date(2027, 10, 31)

    relay.go_to(date(2027, 10, 30))
    relay.work()
    assert relay.stripe_posts("transfers") == 0
    relay.go_to(date(2027, 10, 31))
    relay.work()
    assert relay.balances() == {
        "clearing": 313_500, "stripe-fees": 16_500, "commission": -300_000, "tax-output": -30_000,
    }  # fmt: skip

    payout = relay.world.sweep(relay.connected())
    relay.world.arrive(payout, relay.connected())
    own = relay.world.sweep()
    relay.work()
    assert relay.balances()["in-transit"] == 313_500
    relay.world.arrive(own)
    relay.work()
    assert relay.account(SOURCE).payouts == {payout: True}
    assert relay.balances() == {
        "bank": 313_500, "stripe-fees": 16_500, "commission": -300_000, "tax-output": -30_000,
    }  # fmt: skip
    assert relay.kinds(fee_of(hire)) == [
        "FeeAccrued", "InvoiceRequested", "InvoiceIssued", "PaymentSettled", "ReleaseScheduled", "PayableReleased",
        "TransferRequested", "TransferPosted",
    ]  # fmt: skip
    told = relay.reconcile()
    assert (told.difference_yen, told.findings, told.counts) == (0, (), {"matched": 3})
