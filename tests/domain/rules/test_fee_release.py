from __future__ import annotations

from datetime import date
from typing import Any

from domain import account as accounts
from domain.fee import DisputeOpened, Progress, ReversalRequested, TransferRequested
from domain.rules import fee_release
from tests.domain.money_examples import (
    FEE,
    LATE_ON,
    OTHER,
    PAID_ON,
    SOURCE,
    STARTED_ON,
    accrual,
    collected,
    fee_after,
    further,
    in_flight,
    paid,
    ready_account,
    refused,
    returned,
    terms,
    transferred,
)


def request(fee: Any, **changes: Any) -> TransferRequested:
    given: dict[str, Any] = {"beneficiary": SOURCE, "licence_valid": True, "suspended": False, "on": PAID_ON}
    account = changes.pop("account", ready_account())
    return fee_release.request_transfer(fee, account, **(given | changes))


def test_a_part_collected_long_before_the_guarantee_ends_is_released_on_collection() -> None:
    assert (
        fee_release.schedule_release(paid(fee_after(accrual())), terms(), started_on=STARTED_ON).release_on == PAID_ON
    )


def test_a_part_collected_near_the_end_is_held_until_no_leave_can_be_reported_any_more() -> None:
    fee = paid(fee_after(accrual()), on=LATE_ON)
    fee = further(fee, [fee_release.schedule_release(fee, terms(), started_on=STARTED_ON)])
    assert fee.release_on == date(2027, 10, 31)
    with refused("fee-not-released"):
        request(fee, on=date(2027, 10, 30))
    assert request(fee, on=date(2027, 10, 31)).amount_yen == 770_000


def test_eighty_days_are_held_and_eighty_one_are_not() -> None:
    for day, held in ((date(2027, 8, 11), True), (date(2027, 8, 10), False)):
        fee = paid(fee_after(accrual()), on=day)
        release_on = fee_release.schedule_release(fee, terms(), started_on=STARTED_ON).release_on
        assert release_on == (date(2027, 10, 31) if held else day)


def test_nothing_is_released_before_the_fee_is_collected() -> None:
    with refused("fee-not-collected"):
        fee_release.schedule_release(paid(fee_after(accrual()), 1), terms(), started_on=STARTED_ON)
    with refused("fee-not-collected"):
        request(paid(fee_after(accrual()), 1))
    with refused("release-not-scheduled"):
        request(paid(fee_after(accrual())))
    with refused("release-already-scheduled"):
        fee_release.schedule_release(collected(), terms(), started_on=STARTED_ON)


def test_a_held_fee_waits_until_its_release_is_scheduled_again() -> None:
    fee = further(collected(), [fee_release.hold(collected(), cause="ownership-contested")])
    with refused("fee-held"):
        request(fee)
    with refused("fee-already-held"):
        fee_release.hold(fee, cause="again")
    fee = further(fee, [fee_release.schedule_release(fee, terms(), started_on=STARTED_ON)])
    assert request(fee).amount_yen == 770_000


def test_a_disputed_fee_is_not_sent_on() -> None:
    opened = DisputeOpened(
        effective_on=PAID_ON, dispute="du_1", balance_transaction="txn_d", amount_yen=5, provider_fee_yen=1
    )
    with refused("fee-disputed"):
        request(further(collected(), [opened]))


def test_only_a_source_of_this_fee_with_a_licence_and_in_good_standing_is_paid() -> None:
    with refused("not-a-beneficiary"):
        request(collected(), beneficiary=OTHER, account=ready_account(OTHER))
    with refused("not-a-beneficiary"):
        request(collected(), account=ready_account(OTHER))
    with refused("beneficiary-licence-invalid"):
        request(collected(), licence_valid=False)
    with refused("beneficiary-suspended"):
        request(collected(), suspended=True)


def test_an_account_that_may_not_receive_gets_nothing_and_keeps_its_payable() -> None:
    opened = accounts.ConnectedAccountOpened(company=SOURCE, account="acct_1")
    unready = accounts.evolve(accounts.INITIAL, opened)
    with refused("transfers-not-active"):
        request(collected(), account=unready)
    held = accounts.evolve(ready_account(), accounts.TransfersHeld(cause="looking into it"))
    with refused("transfers-held"):
        request(collected(), account=held)
    assert collected().parts[SOURCE].payable_yen == 770_000


def test_the_transfer_is_made_out_of_the_charge_that_paid_the_fee() -> None:
    asked = request(collected())
    assert (asked.amount_yen, asked.charge, asked.tranche) == (770_000, "py_1", 1)


def test_a_fee_paid_in_small_parts_is_sent_out_of_the_balance() -> None:
    fee = paid(paid(fee_after(accrual()), 500_000), 600_000, name="2")
    fee = further(fee, [fee_release.schedule_release(fee, terms(), started_on=STARTED_ON)])
    assert request(fee).charge == ""


def test_a_beneficiary_is_sent_each_tranche_at_most_once() -> None:
    fee, _ = in_flight()
    with refused("tranche-already-sent"):
        request(fee)
    with refused("tranche-already-sent"):
        request(transferred())
    with refused("nothing-payable"):
        request(transferred(), tranche=2)


def test_a_transfer_that_stripe_refused_is_payable_again_and_may_be_asked_for_again() -> None:
    fee, intent = in_flight()
    voided = fee_release.transfer_voided(fee, intent=intent, cause="transfers_not_allowed", on=PAID_ON)
    assert voided.netted_yen == 0
    fee = further(fee, [voided])
    assert fee.transfers[intent].progress is Progress.VOID
    again = request(fee)
    assert (again.amount_yen, again.tranche) == (770_000, 1)
    assert again.intent != intent
    with refused("transfer-not-in-flight"):
        fee_release.transfer_voided(fee, intent=intent, cause="x", on=PAID_ON)


def test_a_leave_while_the_outcome_is_unknown_is_netted_when_the_transfer_turns_out_void() -> None:
    fee, intent = in_flight()
    fee = further(fee, returned(fee))
    assert (fee.parts[SOURCE].clawback_yen, fee.refund_payable_yen) == (385_000, 550_000)
    fee = further(fee, [fee_release.transfer_voided(fee, intent=intent, cause="x", on=LATE_ON)])
    part = fee.parts[SOURCE]
    assert (part.payable_yen, part.in_flight_yen, part.clawback_yen) == (385_000, 0, 0)
    assert request(fee, on=LATE_ON).amount_yen == 385_000


def test_a_leave_while_the_outcome_is_unknown_is_asked_back_when_the_transfer_turns_out_posted() -> None:
    fee, intent = in_flight()
    fee = further(fee, returned(fee))
    assert not fee.reversals
    posted, asked = fee_release.transfer_posted(
        fee, intent=intent, transfer="tr_1", balance_transaction="txn_t", on=LATE_ON
    )
    assert isinstance(asked, ReversalRequested)
    assert (asked.transfer, asked.amount_yen) == ("tr_1", 385_000)
    fee = further(fee, [posted, asked])
    with refused("transfer-not-in-flight"):
        fee_release.transfer_posted(fee, intent=intent, transfer="tr_1", balance_transaction="txn_u", on=LATE_ON)


def test_the_same_request_has_the_same_id_wherever_it_is_decided() -> None:
    assert request(collected()).intent == request(collected()).intent
    assert accrual().fee == FEE
