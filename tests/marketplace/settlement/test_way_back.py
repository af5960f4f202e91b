"""Someone leaves early: what returns, from whom it is taken back, and that the refund is never late for it."""

from __future__ import annotations

import json
from datetime import date

from domain.fee import RefundRequested, ReversalRequested
from domain.ids import fee_of
from marketplace.commands import fee_return
from tests.marketplace.settlement.relay import HIRING, SOURCE, Relay, determined, said


def test_a_leave_before_the_release_is_only_refunded(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 9, 1))
    relay.pay(hire)
    relay.work()

    relay.go_to(date(2027, 9, 10))
    relay.leave(hire, date(2027, 6, 30))
    relay.work()

    assert relay.balances() == {
        "clearing": 533_500, "stripe-fees": 16_500, "payable:source": -385_000, "commission": -300_000,
        "contra-revenue": 150_000, "tax-output": -15_000,
    }  # fmt: skip
    assert relay.intents("reverse_transfer") == []
    assert relay.intents("create_refund") == [("done", 1)]

    relay.go_to(date(2027, 10, 31))
    relay.work()
    assert relay.one("SELECT sum((body->>'amount')::int) FROM stripe_simulator.object WHERE kind = 'transfer'") == 385_000
    assert relay.reconcile().is_settled


def test_a_leave_after_the_transfer_takes_back_from_exactly_that_transfer(relay: Relay) -> None:
    relay.open_street()
    other, hire = relay.hire(), relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(other)
    relay.pay(hire)
    relay.work()
    assert relay.stripe_posts("transfers") == 2

    relay.go_to(date(2027, 6, 20))
    relay.leave(hire, date(2027, 6, 1))
    relay.work()

    (sent,) = relay.fee(hire).transfers.values()
    events = [recorded.event for recorded in relay.office.log.history(fee_of(hire))]
    assert [(e.transfer, e.amount_yen) for e in events if isinstance(e, ReversalRequested)] == [(sent.transfer, 385_000)]
    assert [e.amount_yen for e in events if isinstance(e, RefundRequested)] == [550_000]
    target, params = relay.rows(
        "SELECT call::jsonb->>'target', call::jsonb->'params' FROM intent WHERE kind = 'reverse_transfer'"
    )[0]
    assert (target, params["amount"]) == (sent.transfer, 385_000)
    assert (sent.reversed_yen, relay.fee(hire).refunded_yen) == (385_000, 550_000)
    assert relay.fee(other).transferred_yen == 770_000
    assert relay.balances() == {
        "clearing": 462_000, "stripe-fees": 33_000, "commission": -600_000, "tax-output": -45_000,
        "contra-revenue": 150_000,
    }  # fmt: skip
    assert relay.reconcile().is_settled


def test_the_reversal_and_the_refund_are_asked_for_in_the_append_that_determines_the_return(relay: Relay) -> None:
    hire = relay.paid_hire()
    relay.leave(hire, date(2027, 4, 20))

    done = fee_return.determine_return(relay.office, relay.by(), hire=hire)

    assert relay.kinds(fee_of(hire))[-3:] == ["ReturnDetermined", "ReversalRequested", "RefundRequested"]
    assert relay.office.log.position() == done.position
    assert [state for state, _ in relay.intents("reverse_transfer") + relay.intents("create_refund")] == ["pending"] * 2


def test_the_refund_is_on_time_though_the_source_has_spent_the_money(relay: Relay) -> None:
    hire = relay.paid_hire()
    relay.later(days=5)
    relay.world.sweep(relay.connected())

    relay.go_to(date(2027, 6, 20))
    relay.leave(hire, date(2027, 6, 1))
    relay.world.customer_pays(relay.customer(), 1)  # nothing to do with it
    top_up = relay.world.move("topup", 500_000)
    relay.work()
    assert relay.balances()["clawback:source"] == 385_000
    assert relay.kinds(fee_of(hire))[-2:] == ["ReversalFellShort", "RefundSettled"]
    assert relay.fee(hire).refunded_yen == 550_000
    assert relay.fee(hire).refund_payable_yen == 0

    told = relay.reconcile()
    assert told.is_settled
    assert relay.one("SELECT kind FROM provider_movement WHERE balance_transaction = %s", top_up) == "topup"


def test_what_a_source_owes_is_netted_before_it_is_paid_again(relay: Relay) -> None:
    hire = relay.paid_hire()
    relay.later(days=5)
    relay.world.sweep(relay.connected())
    relay.leave(hire, date(2027, 4, 20))
    relay.world.move("topup", 900_000)
    relay.work()
    assert relay.balances()["clawback:source"] == 616_000

    after = relay.hire(started_on=date(2027, 4, 26))
    relay.work()
    relay.pay(after)
    relay.work()

    assert relay.kinds(fee_of(after))[-4:] == [
        *("PayableOffset", "PayableReleased", "TransferRequested", "TransferPosted"),
    ]
    assert [sent.amount_yen for sent in relay.fee(after).transfers.values()] == [154_000]
    assert "clawback:source" not in relay.balances()
    assert "payable:source" not in relay.balances()
    assert relay.account(SOURCE).netted_yen == {fee_of(hire): 616_000}
    assert relay.reconcile().is_settled


def test_a_leave_while_nobody_knows_whether_the_transfer_went_is_refunded_at_once_and_taken_back_later(
    relay: Relay,
) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.world.spoil("never-arrives", "post /v1/transfers$", 2)
    relay.work()
    relay.leave(hire, date(2027, 4, 20))
    relay.world.move("topup", 900_000)
    relay.work()
    assert relay.fee(hire).refunded_yen == 880_000
    assert relay.balances()["clawback:source"] == 616_000
    assert relay.balances()["transfer-in-flight"] == -770_000
    assert relay.intents("reverse_transfer") == []

    for _ in range(2):
        relay.later(hours=1)
        relay.work()
    assert relay.kinds(fee_of(hire))[-3:] == ["TransferPosted", "ReversalRequested", "TransferReversed"]
    assert relay.fee(hire).transferred_yen == 154_000
    assert "clawback:source" not in relay.balances()
    assert relay.reconcile().is_settled


def test_a_leave_while_nobody_knows_is_netted_when_the_transfer_turns_out_not_to_have_gone(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.world.spoil("never-arrives", "post /v1/transfers$")
    relay.work()
    relay.leave(hire, date(2027, 4, 20))
    relay.world.move("topup", 900_000)
    relay.world.spoil("capability-off", "post /v1/transfers$")
    relay.work(runs=False)
    relay.later(minutes=30)
    relay.work(runs=False)
    assert relay.kinds(fee_of(hire))[-1] == "TransferVoided"
    assert relay.balances()["payable:source"] == -154_000
    assert "clawback:source" not in relay.balances()
    relay.later(hours=2)
    relay.work()
    assert relay.fee(hire).transferred_yen == 154_000
    assert relay.reconcile().is_settled


def test_a_leave_before_the_invoice_is_paid_makes_the_invoice_smaller_and_refunds_nothing(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    first = relay.fee(hire).invoice
    relay.go_to(date(2027, 4, 25))
    relay.leave(hire, date(2027, 4, 20))
    relay.work()

    second = relay.fee(hire).invoice
    assert first is not None
    assert second is not None
    assert (first.total_yen, second.total_yen, second.invoice_no) == (1_100_000, 220_000, "CR-2027-000123-2")
    assert [state for state, _ in relay.intents("void_invoice")] == ["done"]
    assert relay.intents("create_refund") == []
    lines = relay.one("SELECT body->'lines'->'data' FROM stripe_simulator.object WHERE id = %s", second.provider_invoice)
    assert [(line["description"], line["amount"]) for line in lines] == [
        ("referral-fee", 1_000_000), ("consumption-tax-10", 100_000), ("adjustment", -880_000),
    ]  # fmt: skip
    relay.pay(hire)
    relay.work()
    assert relay.fee(hire).open_yen == 0
    assert relay.reconcile().is_settled


def test_a_leave_that_was_settled_before_the_fee_accrued_returns_with_the_accrual(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.go_to(date(2027, 4, 25))
    relay.leave(hire, date(2027, 4, 20))
    relay.work()
    assert relay.kinds(fee_of(hire))[:2] == ["FeeAccrued", "ReturnDetermined"]
    invoice = relay.fee(hire).invoice
    assert invoice is not None
    assert invoice.total_yen == 220_000


def test_a_refund_that_comes_back_is_owed_again_and_asked_for_by_a_person(relay: Relay) -> None:
    hire = relay.paid_hire(licensed=False)
    relay.later(days=5)
    relay.leave(hire, date(2027, 4, 20))
    relay.work()
    (refund,) = (one.refund for one in relay.fee(hire).refunds.values())
    relay.world.fail_refund(refund)
    relay.work()
    assert relay.balances()["refund-payable"] == -880_000
    assert relay.stripe_posts("refunds") == 1

    fee_return.ask_refund_again(relay.office, relay.by(), fee=fee_of(hire))
    relay.work()
    assert relay.fee(hire).refund_payable_yen == 0
    assert relay.reconcile().is_settled


def test_a_refund_that_waits_posts_no_cash_until_it_moves(relay: Relay) -> None:
    hire = relay.paid_hire(licensed=False)
    relay.leave(hire, date(2027, 4, 20))
    relay.world.spoil("refund-requires-action", "post /v1/refunds")
    relay.work()
    assert relay.balances()["refund-payable"] == -880_000
    assert relay.balances()["clearing"] == 1_083_500

    relay.later(days=4)
    relay.world.settle_refund(relay.one("SELECT id FROM stripe_simulator.object WHERE kind = 'refund'"))
    relay.work()
    assert relay.balances()["clearing"] == 203_500
    assert relay.reconcile().is_settled


def test_a_dispute_stops_everything_and_what_was_due_goes_out_when_it_is_won(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 9, 1))
    relay.pay(hire)
    relay.work()
    relay.go_to(date(2027, 9, 10))
    dispute = relay.world.open_dispute(next(iter(relay.fee(hire).charges)))
    relay.work()
    assert relay.balances()["dispute-withheld"] == 1_100_000
    relay.leave(hire, date(2027, 6, 30))
    relay.work()
    assert relay.intents("create_refund") == []

    relay.world.close_dispute(dispute, won=True)
    relay.work()
    assert relay.fee(hire).refunded_yen == 550_000
    assert "dispute-withheld" not in relay.balances()
    assert relay.reconcile().is_settled


def test_a_lost_dispute_is_borne_by_source_and_platform(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 9, 1))
    relay.pay(hire)
    relay.work()
    dispute = relay.world.open_dispute(next(iter(relay.fee(hire).charges)))
    relay.work()
    relay.world.close_dispute(dispute, won=False)
    relay.work()
    assert relay.balances()["dispute-loss"] == 330_000
    assert "payable:source" not in relay.balances()
    assert relay.reconcile().is_settled


def test_nothing_is_sent_on_while_a_leave_waits_to_be_settled(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.tell(hire, said(date(2027, 4, 20)))
    relay.pay(hire)
    relay.work()
    assert relay.fee(hire).release_on == date(2027, 4, 20)
    assert relay.stripe_posts("transfers") == 0
    assert relay.one("SELECT code FROM refusal WHERE wanted = 'release'") == "leave-not-settled"

    relay.tell(hire, determined(relay, hire, date(2027, 4, 20), 8_000))
    relay.later(days=1)
    relay.work()
    assert [sent.amount_yen for sent in relay.fee(hire).transfers.values()] == [154_000]
    assert relay.stripe_posts("transfers") == 1
    assert relay.intents("reverse_transfer") == []
    assert relay.reconcile().is_settled


def test_no_frozen_request_holds_a_word_about_a_person(relay: Relay) -> None:
    hire = relay.paid_hire()
    person = str(relay.office.hire(hire).state.candidate)
    calls = [row[0] for row in relay.rows("SELECT call FROM intent")]
    assert len(calls) == 4
    for call in calls:
        assert person not in call
        assert json.loads(call)["idempotency_key"].count(":") == 1
    assert str(HIRING) in " ".join(calls)
