"""Every way a call can go wrong has one answer that says what is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from marketplace.settlement.stripe import calls, gateway
from marketplace.settlement.stripe.calls import Call, Intent
from marketplace.settlement.stripe.results import Done, Later, Refused, Transfer, Unknown
from tests.conftest import Database
from tests.marketplace.settlement.stripe.example_platform import Platform


@pytest.fixture
def call(platform: Platform) -> Call:
    return platform.transfer_call(platform.account(), platform.charge())


def transfers(platform: Platform, call: Call) -> list[Transfer]:
    return gateway.list_transfers(platform.client, call.params["transfer_group"])


def test_an_answer_lost_after_the_effect_is_unknown_and_the_same_key_finds_it(platform: Platform, call: Call) -> None:
    platform.world.spoil("answer-lost", "post /v1/transfers$")

    assert gateway.send(platform.client, call) == Unknown("no-answer")
    done = platform.done(call)

    assert transfers(platform, call) == [done]
    assert gateway.look_up(platform.client, call) == done


def test_a_request_that_never_arrived_is_unknown_and_the_same_key_does_it_once(platform: Platform, call: Call) -> None:
    platform.world.spoil("never-arrives", "post /v1/transfers$")

    assert gateway.send(platform.client, call) == Unknown("no-answer")
    assert gateway.look_up(platform.client, call) is None
    done = platform.done(call)

    assert transfers(platform, call) == [done]


def test_a_500_is_stored_under_its_key_so_only_a_look_up_finds_the_effect(platform: Platform, call: Call) -> None:
    platform.world.spoil("error-after-effect", "post /v1/transfers$")

    assert gateway.send(platform.client, call) == Unknown("http-500")
    assert gateway.send(platform.client, call) == Unknown("http-500")

    found = gateway.look_up(platform.client, call)
    assert isinstance(found, Transfer)
    assert transfers(platform, call) == [found]


def test_too_many_requests_is_later_and_changes_nothing(platform: Platform, call: Call) -> None:
    platform.world.spoil("rate-limited", "post /v1/transfers$")

    assert isinstance(gateway.send(platform.client, call), Later)
    assert transfers(platform, call) == []
    platform.done(call)


def test_a_key_in_use_is_unknown_and_the_same_bytes_get_through_later(platform: Platform, call: Call) -> None:
    platform.world.spoil("key-in-use", "post /v1/transfers$")

    assert gateway.send(platform.client, call) == Unknown("idempotency_key_in_use")
    platform.done(call)


def test_an_insufficient_balance_is_refused_and_remembered_under_the_key(platform: Platform, call: Call) -> None:
    platform.world.spoil("balance-insufficient", "post /v1/transfers$")

    first = gateway.send(platform.client, call)
    assert isinstance(first, Refused)
    assert first.code == "balance_insufficient"
    assert gateway.send(platform.client, call) == first
    platform.done(calls.regenerate(call, Intent(UUID(call.params["metadata"]["intent_id"]), 2)))


def test_an_account_whose_capability_is_off_refuses_the_transfer(platform: Platform, call: Call) -> None:
    platform.world.restrict(call.params["destination"])

    outcome = gateway.send(platform.client, call)

    assert isinstance(outcome, Refused)
    assert outcome.code == "transfers_not_allowed"
    assert gateway.get_account(platform.client, call.params["destination"]).transfers == "inactive"


def test_the_capability_fault_refuses_one_transfer(platform: Platform, call: Call) -> None:
    platform.world.spoil("capability-off", "post /v1/transfers$")

    outcome = gateway.send(platform.client, call)

    assert isinstance(outcome, Refused)
    assert outcome.code == "transfers_not_allowed"


def test_the_same_key_with_other_parameters_is_unknown_and_says_so(platform: Platform, call: Call) -> None:
    platform.done(call)
    other = Call(call.method_name, {**call.params, "amount": 1}, call.idempotency_key)

    assert gateway.send(platform.client, other) == Unknown("idempotency_error")
    assert [transfer.amount_yen for transfer in transfers(platform, call)] == [770_000]


def test_a_key_is_forgotten_after_a_day_so_the_look_up_must_come_first(platform: Platform) -> None:
    call = platform.transfer_call(platform.account(), platform.charge(), 100_000)
    first = platform.done(call)
    platform.later(hours=23, minutes=59)
    assert platform.done(call) == first

    platform.later(minutes=2)

    assert gateway.look_up(platform.client, call) == first
    assert platform.done(call) != first
    assert len(transfers(platform, call)) == 2


def test_failed_validation_is_not_remembered(platform: Platform, call: Call) -> None:
    nowhere = Call(call.method_name, {**call.params, "destination": "acct_sim000000009999"}, call.idempotency_key)

    outcome = gateway.send(platform.client, nowhere)

    assert isinstance(outcome, Refused)
    assert outcome.code == "resource_missing"
    platform.done(call)


def test_a_refund_may_wait_and_then_arrive(platform: Platform) -> None:
    charge_id = platform.charge()
    platform.later(days=4)
    platform.world.spoil("refund-pending", "post /v1/refunds$")

    refund = platform.done(platform.refund_call(charge_id, 550_000))
    assert (refund.status, refund.movement_id != "") == ("pending", True)
    platform.world.settle_refund(refund.refund_id)

    settled = gateway.get_refund(platform.client, refund.refund_id)
    assert (settled.status, settled.movement_id) == ("succeeded", refund.movement_id)


def test_a_refund_may_ask_the_customer_for_an_account_and_moves_nothing_until_then(platform: Platform) -> None:
    charge_id = platform.charge()
    platform.later(days=4)
    platform.world.spoil("refund-requires-action", "post /v1/refunds$")

    refund = platform.done(platform.refund_call(charge_id, 550_000))
    assert (refund.status, refund.movement_id) == ("requires_action", "")
    assert gateway.get_balance(platform.client).total_yen == 1_083_500
    platform.world.settle_refund(refund.refund_id)

    assert gateway.get_balance(platform.client).total_yen == 533_500


def test_a_refund_may_fail_and_its_money_comes_back(platform: Platform) -> None:
    charge_id = platform.charge()
    platform.later(days=4)
    platform.world.spoil("refund-fails", "post /v1/refunds$")

    refund = platform.done(platform.refund_call(charge_id, 550_000))

    assert (refund.status, refund.reason) == ("failed", "declined")
    assert refund.failure_movement_id
    assert gateway.get_balance(platform.client).total_yen == 1_083_500
    assert gateway.get_charge(platform.client, charge_id).refunded_yen == 0


def test_a_refund_without_funds_waits_for_them(platform: Platform) -> None:
    refund = platform.done(platform.refund_call(platform.charge(), 550_000))

    assert (refund.status, refund.reason, refund.movement_id) == ("pending", "insufficient_funds", "")


def test_a_refund_that_waited_for_funds_and_fails_gives_nothing_back(platform: Platform) -> None:
    refund = platform.done(platform.refund_call(platform.charge(), 550_000))

    platform.world.fail_refund(refund.refund_id)

    failed = gateway.get_refund(platform.client, refund.refund_id)
    assert (failed.status, failed.movement_id, failed.failure_movement_id) == ("failed", "", "")
    assert gateway.get_balance(platform.client).total_yen == 1_083_500


def test_ten_workers_with_the_same_bytes_make_one_transfer(platform: Platform, call: Call) -> None:
    with ThreadPoolExecutor(10) as workers:
        outcomes = list(workers.map(lambda _: gateway.send(platform.client, call), range(10)))

    assert outcomes == [outcomes[0]] * 10
    assert isinstance(outcomes[0], Done)
    assert len(transfers(platform, call)) == 1


def test_a_simulator_whose_database_goes_away_gives_no_answer_and_recovers(
    platform: Platform, call: Call, database: Database
) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'relay_app'",
            (database.name,),
        )

    assert gateway.send(platform.client, call) == Unknown("no-answer")
    platform.done(call)
    assert len(transfers(platform, call)) == 1


@pytest.mark.parametrize("fault", ["answer-lost", "rate-limited", "never-arrives"])
def test_a_read_that_fails_says_that_stripe_is_unavailable(platform: Platform, fault: str) -> None:
    platform.world.spoil(fault, "get /v1/balance$")

    with pytest.raises(gateway.StripeUnavailable):
        gateway.get_balance(platform.client)


def test_an_object_that_is_not_there_is_told_apart_from_an_outage(platform: Platform) -> None:
    with pytest.raises(gateway.NoSuchObject):
        gateway.get_transfer(platform.client, "tr_sim000000009999")


def test_a_fault_that_does_not_exist_is_refused(platform: Platform) -> None:
    with pytest.raises(ValueError, match="lightning"):
        platform.world.spoil("lightning", "post /v1/transfers$")


def test_the_look_up_finds_what_every_kind_of_call_left(platform: Platform) -> None:
    customer_id, charge_id, account_id = platform.customer(), platform.charge(), platform.account()
    transfer = platform.transfer(account_id, charge_id)
    unpaid = platform.invoice(customer_id, 10_000, 1_000)
    platform.later(days=4)
    every_call = [
        calls.build_customer(platform.intent(), company_id=platform.fee_id),
        calls.build_account(platform.intent(), company_id=platform.fee_id),
        platform.invoice_call(customer_id),
        calls.build_void_invoice(platform.intent(), invoice_id=unpaid.invoice_id),
        platform.transfer_call(account_id, charge_id, 1),
        platform.reversal_call(transfer.transfer_id, 1),
        platform.refund_call(charge_id, 1),
        calls.build_payout(platform.intent(), amount_yen=1),
    ]
    for call in every_call:
        assert gateway.look_up(platform.client, call) is None
        done = platform.done(call)
        assert gateway.look_up(platform.client, call) == done
