from __future__ import annotations

from datetime import date
from typing import cast
from uuid import UUID

from domain.fee import Fee, RefundRequested, ReturnDetermined, ReturnLeg, ReversalRequested
from domain.rules import fee_return
from tests.domain.money_examples import (
    HALVES,
    HIRING,
    LEFT_ON,
    SOURCE,
    accrual,
    collected,
    fee_after,
    further,
    paid,
    refused,
    returned,
    transferred,
)


def determined(fee: Fee, return_bps: int = 5_000) -> ReturnDetermined:
    return cast("ReturnDetermined", returned(fee, return_bps)[0])


def test_half_of_the_worked_example_returns_to_the_yen() -> None:
    event, reversal, refund = returned(transferred())
    assert isinstance(event, ReturnDetermined)
    assert (event.total_yen, event.contra_revenue_yen, event.tax_yen) == (550_000, 150_000, 15_000)
    assert event.legs == (ReturnLeg(source=SOURCE, from_payable_yen=0, from_clawback_yen=385_000),)
    assert isinstance(reversal, ReversalRequested)
    assert (reversal.source, reversal.transfer, reversal.amount_yen) == (SOURCE, "tr_1", 385_000)
    assert isinstance(refund, RefundRequested)
    assert (refund.hiring, refund.charge, refund.amount_yen) == (HIRING, "py_1", 550_000)
    assert event.refund_due_on == date(2027, 6, 30)


def test_a_leave_before_the_transfer_needs_no_reversal() -> None:
    event, refund = returned(collected())
    assert cast("ReturnDetermined", event).legs == (
        ReturnLeg(source=SOURCE, from_payable_yen=385_000, from_clawback_yen=0),
    )
    assert isinstance(refund, RefundRequested)


def test_what_is_still_open_is_credited_before_anything_is_paid_back() -> None:
    unpaid = determined(fee_after(accrual()))
    assert (unpaid.receivable_credited_yen, unpaid.refund_yen) == (550_000, 0)
    part_paid = determined(paid(fee_after(accrual()), 700_000), 8_000)
    assert (part_paid.receivable_credited_yen, part_paid.refund_yen) == (400_000, 480_000)
    little_paid = determined(paid(fee_after(accrual()), 100_000), 5_000)
    assert (little_paid.receivable_credited_yen, little_paid.refund_yen) == (550_000, 0)


def test_a_return_is_determined_once_and_only_grows() -> None:
    fee = further(collected(), returned(collected(), 5_000))
    with refused("return-already-determined"): returned(fee, 5_000)
    more = determined(fee, 8_000)
    assert (more.total_yen, more.refund_yen) == (330_000, 330_000)
    assert more.legs == (ReturnLeg(source=SOURCE, from_payable_yen=231_000, from_clawback_yen=0),)


def test_all_of_it_returns_exactly_even_with_odd_yen() -> None:
    fee = paid(fee_after(accrual(base_yen=1_666_665, shares=HALVES)), 366_666)
    fee = further(fee, returned(fee, 5_000))
    fee = further(fee, returned(fee, 10_000))
    assert fee.kept_yen == 0
    assert [part.payable_yen for part in fee.parts.values()] == [0, 0]
    assert fee.refund_due_yen == 366_666


def test_the_hiring_companys_refund_does_not_wait_for_the_source() -> None:
    fee = transferred()
    fee = further(fee, returned(fee))
    (reversal,), (refund,) = fee.reversals, fee.refunds
    fee = further(fee, [fee_return.reversal_fell_short(fee, intent=reversal)])
    fee = further(
        fee, [fee_return.refund_settled(fee, intent=refund, refund="re_1", balance_transaction="txn_r", on=LEFT_ON)]
    )
    assert (fee.refund_payable_yen, fee.parts[SOURCE].clawback_yen) == (0, 385_000)


def test_a_short_reversal_takes_what_there_is_and_the_rest_stays_owed() -> None:
    fee = transferred()
    fee = further(fee, returned(fee))
    (intent,) = fee.reversals
    taken = fee_return.transfer_reversed(
        fee, intent=intent, reversal="trr_1", balance_transaction="txn_v", amount_yen=300_000, on=LEFT_ON
    )
    fee = further(fee, [taken])
    short = fee_return.reversal_fell_short(fee, intent=intent)
    assert short.amount_yen == 85_000
    fee = further(fee, [short])
    assert (fee.parts[SOURCE].clawback_yen, fee.transferred_yen) == (85_000, 470_000)
    with refused("reversal-not-asked-for"): fee_return.reversal_fell_short(fee, intent=intent)
    (again,) = fee_return.request_reversals(fee)
    assert again.amount_yen == 85_000
    assert again.intent != intent


def test_what_was_asked_back_is_not_asked_back_again_while_stripe_has_not_answered() -> None:
    fee = further(transferred(), returned(transferred()))
    assert fee_return.request_reversals(fee) == ()
    assert fee_return.request_refunds(fee) == ()


def test_no_more_is_reversed_than_was_asked_back() -> None:
    fee = transferred()
    fee = further(fee, returned(fee))
    (intent,) = fee.reversals
    with refused("reversal-not-asked-for"):
        fee_return.transfer_reversed(
            fee, intent=intent, reversal="trr_1", balance_transaction="txn_v", amount_yen=385_001, on=LEFT_ON
        )


def test_a_refund_that_came_back_is_owed_again_and_asked_for_anew() -> None:
    fee = further(collected(), returned(collected()))
    (intent,) = fee.refunds
    settled = fee_return.refund_settled(fee, intent=intent, refund="re_1", balance_transaction="txn_r", on=LEFT_ON)
    fee = further(fee, [settled])
    assert fee_return.request_refunds(fee) == ()
    failed = fee_return.refund_failed(
        fee, refund="re_1", balance_transaction="txn_s", cause="account_closed", on=LEFT_ON
    )
    fee = further(fee, [failed])
    assert fee.refund_payable_yen == 550_000
    (again,) = fee_return.request_refunds(fee)
    assert again.amount_yen == 550_000
    assert again.intent != intent
    with refused("refund-not-settled"):
        fee_return.refund_failed(fee, refund="re_1", balance_transaction="txn_t", cause="x", on=LEFT_ON)


def test_a_refund_that_stripe_refused_is_still_owed() -> None:
    fee = further(collected(), returned(collected()))
    (intent,) = fee.refunds
    fee = further(fee, [fee_return.refund_voided(fee, intent=intent, cause="refund_disputed_payment")])
    assert [asked.amount_yen for asked in fee_return.request_refunds(fee)] == [550_000]
    with refused("refund-not-asked-for"):
        fee_return.refund_settled(fee, intent=intent, refund="re_1", balance_transaction="txn_r", on=LEFT_ON)
    with refused("refund-not-asked-for"): fee_return.refund_voided(fee, intent=UUID(int=0), cause="x")


def test_a_refund_goes_back_to_the_charges_it_came_from() -> None:
    fee = paid(paid(fee_after(accrual()), 300_000), 800_000, name="2")
    _, first, second = returned(fee)
    assert isinstance(first, RefundRequested)
    assert isinstance(second, RefundRequested)
    assert (first.charge, first.amount_yen, second.charge, second.amount_yen) == ("py_1", 300_000, "py_2", 250_000)


def test_a_double_click_determines_one_return() -> None:
    fee = further(collected(), returned(collected()))
    with refused("return-already-determined"): returned(fee)
