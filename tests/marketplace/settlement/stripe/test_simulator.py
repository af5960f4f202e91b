"""The simulator behaves as Stripe would where money depends on it."""

from __future__ import annotations

import psycopg
import pytest
import stripe

from marketplace.settlement.stripe import calls, gateway
from marketplace.settlement.stripe.calls import Call
from marketplace.settlement.stripe.contract import ContractBroken
from marketplace.settlement.stripe.results import Balance, Refused
from tests.marketplace.settlement.stripe.example_platform import Platform


def code(platform: Platform, call: Call) -> str:
    outcome = gateway.send(platform.client, call)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_a_bank_transfer_of_1100000_costs_16500_and_settles_after_four_days(platform: Platform) -> None:
    charge = gateway.get_charge(platform.client, platform.charge())

    assert charge.movement is not None
    assert (charge.movement.type, charge.movement.amount_yen, charge.movement.fee_yen) == ("payment", 1_100_000, 16_500)
    assert charge.movement.status == "pending"
    assert gateway.get_balance(platform.client) == Balance(0, 1_083_500)
    platform.later(days=4)
    assert gateway.get_balance(platform.client) == Balance(1_083_500, 0)
    assert [m.status for m in gateway.list_movements(platform.client, charge.movement.created_at)] == ["available"]


def test_an_under_payment_pays_nothing_until_the_rest_arrives(platform: Platform) -> None:
    customer_id = platform.customer()
    invoice = platform.invoice(customer_id)

    platform.world.customer_pays(customer_id, 1_099_999, invoice.number)
    assert gateway.get_invoice(platform.client, invoice.invoice_id) == invoice
    platform.world.customer_pays(customer_id, 1, invoice.number)

    paid = gateway.get_invoice(platform.client, invoice.invoice_id)
    assert (paid.status, paid.paid_yen, paid.remaining_yen, len(paid.payments)) == ("paid", 1_100_000, 0, 1)


def test_an_over_payment_stays_with_the_customer_and_pays_the_next_invoice(platform: Platform) -> None:
    customer_id = platform.customer()
    platform.invoice(customer_id)

    platform.world.customer_pays(customer_id, 1_210_000)
    assert gateway.get_balance(platform.client).total_yen == 1_083_500
    second = platform.invoice(customer_id, 100_000, 10_000)

    assert second.status == "paid"


def test_two_invoices_of_one_amount_wait_for_evidence(platform: Platform) -> None:
    customer_id = platform.customer()
    first, second = platform.invoice(customer_id), platform.invoice(customer_id)

    platform.world.customer_pays(customer_id, 1_100_000)
    assert gateway.get_invoice(platform.client, second.invoice_id).status == "open"
    platform.world.customer_pays(customer_id, 1, second.number)

    assert gateway.get_invoice(platform.client, second.invoice_id).status == "paid"
    assert gateway.get_invoice(platform.client, first.invoice_id).status == "open"


def test_the_test_helper_of_the_sdk_funds_like_the_customers_bank(platform: Platform) -> None:
    customer_id = platform.customer()
    invoice = platform.invoice(customer_id)

    key = platform.intent().key
    gateway.fund_cash_balance(platform.client, customer_id, 1_100_000, key)
    gateway.fund_cash_balance(platform.client, customer_id, 1_100_000, key)

    assert gateway.get_invoice(platform.client, invoice.invoice_id).status == "paid"
    assert platform.invoice(customer_id).status == "open"


def test_a_void_invoice_is_never_paid(platform: Platform) -> None:
    customer_id = platform.customer()
    invoice = platform.invoice(customer_id)
    call = calls.build_void_invoice(platform.intent(), invoice_id=invoice.invoice_id)

    assert platform.done(call).status == "void"
    platform.world.customer_pays(customer_id, 1_100_000, invoice.number)

    assert gateway.get_invoice(platform.client, invoice.invoice_id).status == "void"
    assert gateway.get_balance(platform.client) == Balance(0, 0)


def test_a_paid_invoice_cannot_be_voided(platform: Platform) -> None:
    customer_id = platform.customer()
    invoice = platform.invoice(customer_id)
    platform.world.customer_pays(customer_id, 1_100_000)

    void = calls.build_void_invoice(platform.intent(), invoice_id=invoice.invoice_id)
    assert code(platform, void) == "invoice_not_editable"


def test_an_invoice_whose_total_is_not_ours_is_never_finalized(platform: Platform) -> None:
    call = platform.invoice_call(platform.customer())
    call.params["total_yen"] = 1_099_999

    assert code(platform, call) == "invoice-total-differs"
    assert gateway.look_up(platform.client, call) is None


def test_transfers_never_exceed_their_charge(platform: Platform) -> None:
    charge_id, account_id = platform.charge(), platform.account()
    platform.transfer(account_id, charge_id, 770_000)

    assert code(platform, platform.transfer_call(account_id, charge_id, 330_001)) == "amount_too_large"
    platform.transfer(account_id, charge_id, 330_000)


def test_a_transfer_from_a_pending_charge_settles_with_it(platform: Platform) -> None:
    account_id = platform.account()
    platform.transfer(account_id, platform.charge())

    assert gateway.get_balance(platform.client, account_id) == Balance(0, 770_000)
    platform.later(days=4)
    assert gateway.get_balance(platform.client, account_id) == Balance(770_000, 0)


def test_a_transfer_without_a_charge_needs_an_available_balance(platform: Platform) -> None:
    account_id = platform.account()
    platform.charge()

    assert code(platform, platform.transfer_call(account_id, None, 1)) == "balance_insufficient"
    platform.later(days=4)
    platform.transfer(account_id, None, 1_083_500)


def test_a_new_account_receives_nothing_before_its_papers_are_in(platform: Platform) -> None:
    made = platform.done(calls.build_account(platform.intent(), company_id=platform.fee_id))

    assert (made.country, made.transfers, made.payouts_enabled) == ("JP", "inactive", False)
    assert code(platform, platform.transfer_call(made.account_id, platform.charge())) == "transfers_not_allowed"
    platform.world.complete_onboarding(made.account_id)
    platform.transfer(made.account_id, platform.charge())


def test_a_reversal_takes_no_more_than_was_sent(platform: Platform) -> None:
    transfer = platform.transfer(platform.account(), platform.charge())
    platform.done(platform.reversal_call(transfer.transfer_id, 385_000))

    assert code(platform, platform.reversal_call(transfer.transfer_id, 385_001)) == "amount_too_large"
    platform.done(platform.reversal_call(transfer.transfer_id, 385_000))
    assert [r.amount_yen for r in gateway.list_reversals(platform.client, transfer.transfer_id)] == [385_000, 385_000]


def test_a_reversal_fails_once_the_source_has_been_paid_out(platform: Platform) -> None:
    account_id = platform.account()
    transfer = platform.transfer(account_id, platform.charge())
    platform.later(days=4)
    payout_id = platform.world.sweep(account_id)
    platform.world.arrive(payout_id, account_id)

    assert code(platform, platform.reversal_call(transfer.transfer_id, 1)) == "balance_insufficient"
    payout = gateway.get_payout(platform.client, payout_id, account_id)
    assert (payout.amount_yen, payout.status, payout.automatic) == (770_000, "paid", True)


def test_a_charge_is_refunded_no_further_than_to_its_end(platform: Platform) -> None:
    charge_id = platform.charge()
    platform.later(days=4)
    platform.done(platform.refund_call(charge_id, 550_000))

    assert code(platform, platform.refund_call(charge_id, 550_001)) == "amount_too_large"
    platform.done(platform.refund_call(charge_id, 550_000))
    assert code(platform, platform.refund_call(charge_id, 1)) == "charge_already_refunded"


def test_refunding_a_charge_leaves_its_transfers_alone(platform: Platform) -> None:
    charge_id, account_id = platform.charge(), platform.account()
    transfer = platform.transfer(account_id, charge_id)

    platform.done(platform.refund_call(charge_id, 550_000))

    assert gateway.get_transfer(platform.client, transfer.transfer_id) == transfer
    assert gateway.get_balance(platform.client, account_id).total_yen == 770_000


def test_a_dispute_withholds_and_blocks_the_refund_and_gives_back_when_won(platform: Platform) -> None:
    charge_id = platform.charge()
    dispute_id = platform.world.open_dispute(charge_id)

    assert gateway.get_balance(platform.client).total_yen == 1_083_500 - 1_100_000 - 1_500
    assert code(platform, platform.refund_call(charge_id, 1)) == "refund_disputed_payment"
    platform.world.close_dispute(dispute_id, won=True)

    dispute = gateway.get_dispute(platform.client, dispute_id)
    assert (dispute.status, dispute.amount_yen, len(dispute.movement_ids)) == ("won", 1_100_000, 2)
    assert gateway.get_balance(platform.client).total_yen == 1_083_500 - 1_500


def test_a_platform_payout_leaves_the_balance_and_comes_back_when_the_bank_refuses(platform: Platform) -> None:
    platform.charge()
    since = platform.now()
    assert code(platform, calls.build_payout(platform.intent(), amount_yen=1_000_000)) == "balance_insufficient"
    platform.later(days=4)

    sent = platform.done(calls.build_payout(platform.intent(), amount_yen=1_000_000))
    assert gateway.get_balance(platform.client) == Balance(83_500, 0)
    platform.world.fail_payout(sent.payout_id)

    (payout,) = gateway.list_payouts(platform.client, since)
    assert (payout.status, payout.automatic, payout.failure_movement_id != "") == ("failed", False, True)
    assert [m.type for m in gateway.list_movements(platform.client, since)][-2:] == ["payout", "payout_failure"]
    assert gateway.get_balance(platform.client) == Balance(1_083_500, 0)


def test_a_movement_of_an_unknown_kind_is_read_like_any_other(platform: Platform) -> None:
    since = platform.now()
    platform.world.move("topup", 50_000)
    platform.world.move("stripe_fee", -300)
    platform.world.move("moon_tax", -1)

    movements = gateway.list_movements(platform.client, since)

    assert [(m.type, m.amount_yen) for m in movements] == [("topup", 50_000), ("stripe_fee", -300), ("moon_tax", -1)]


def test_movements_are_read_page_by_page_oldest_first(platform: Platform) -> None:
    since = platform.now()
    for amount in range(1, 206):
        platform.world.move("topup", amount)
    platform.wire.seen.clear()

    assert [m.amount_yen for m in gateway.list_movements(platform.client, since)] == list(range(1, 206))
    assert len(platform.wire.seen) == 3


def test_movements_before_the_moment_are_left_out(platform: Platform) -> None:
    platform.world.move("topup", 1)
    platform.later(hours=1)
    since = platform.now()
    platform.world.move("topup", 2)

    assert [m.amount_yen for m in gateway.list_movements(platform.client, since)] == [2]


def test_another_currency_never_leaves(platform: Platform) -> None:
    transfer = platform.transfer_call("acct_sim000000000001", None)
    transfer.params["currency"] = "usd"

    with pytest.raises(ContractBroken, match="currency"):
        gateway.send(platform.client, transfer)


def test_every_object_has_only_fields_that_the_sdk_knows(platform: Platform) -> None:
    charge_id, account_id = platform.charge(), platform.account()
    transfer = platform.transfer(account_id, charge_id)
    platform.done(platform.reversal_call(transfer.transfer_id, 1))
    platform.later(days=4)
    platform.done(platform.refund_call(charge_id, 1))
    platform.done(calls.build_payout(platform.intent(), amount_yen=1))
    platform.world.open_dispute(charge_id)
    with psycopg.connect(platform.owner_url) as owner:
        bodies = owner.execute("SELECT body FROM stripe_simulator.object WHERE kind <> 'cash_balance'").fetchall()
        events = owner.execute("SELECT body::jsonb FROM stripe_simulator.outbox").fetchall()

    seen = set()
    for (body,) in bodies + events:
        shape = getattr(stripe, "".join(part.title() for part in body["object"].split("_")))
        assert body.keys() <= set(shape.__annotations__), shape
        seen.add(body["object"])

    assert seen == {
        "account",
        "balance_transaction",
        "charge",
        "customer",
        "customer_cash_balance_transaction",
        "dispute",
        "event",
        "invoice",
        "invoice_payment",
        "payment_intent",
        "payout",
        "refund",
        "transfer",
        "transfer_reversal",
    }


def test_every_event_the_simulator_sends_is_one_that_stripe_knows(platform: Platform) -> None:
    charge_id, account_id = platform.charge(), platform.account()
    platform.transfer(account_id, charge_id)
    platform.world.open_dispute(charge_id)
    known = str(stripe.Event.__annotations__["type"])

    for event in platform.world.pending():
        assert f"'{event.type}'" in known


def test_the_application_may_use_the_simulator_and_nothing_else_sees_it(platform: Platform) -> None:
    with psycopg.connect(platform.owner_url) as owner:
        granted = owner.execute(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants"
            " WHERE table_schema = 'stripe_simulator' ORDER BY 1"
        ).fetchall()
    assert granted == [("relay_app",), ("relay_owner",)]
