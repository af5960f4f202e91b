from __future__ import annotations

from domain.fee import Fee, ReturnLeg
from domain.rules import fee_dispute, fee_return
from tests.domain.money_examples import LATE_ON, PAID_ON, SOURCE, collected, further, refused, returned, transferred


def disputed(fee: Fee) -> Fee:
    opened = fee_dispute.dispute_opened(
        fee, dispute="du_1", balance_transaction="txn_d", amount_yen=1_100_000, provider_fee_yen=1_500, on=PAID_ON
    )
    return further(fee, [opened])


def test_a_disputed_payment_is_not_refunded_until_it_is_settled() -> None:
    fee = disputed(collected())
    fee = further(fee, returned(fee))
    assert (fee.refund_payable_yen, fee.refunds) == (550_000, {})
    fee = further(fee, [fee_dispute.dispute_won(fee, dispute="du_1", balance_transaction="txn_w", on=LATE_ON)])
    assert [asked.amount_yen for asked in fee_return.request_refunds(fee)] == [550_000]


def test_a_lost_dispute_is_borne_by_each_to_its_part() -> None:
    fee = disputed(transferred())
    lost = fee_dispute.dispute_lost(fee, dispute="du_1", on=LATE_ON)
    assert lost.loss_yen == 330_000
    assert lost.legs == (ReturnLeg(source=SOURCE, from_payable_yen=0, from_clawback_yen=770_000),)
    fee = further(fee, [lost])
    assert fee.kept_yen == 0
    assert [asked.amount_yen for asked in fee_return.request_reversals(fee)] == [770_000]


def test_after_a_lost_dispute_nothing_is_left_to_refund() -> None:
    fee = disputed(collected())
    fee = further(fee, [fee_dispute.dispute_lost(fee, dispute="du_1", on=LATE_ON)])
    (determined,) = returned(fee, 10_000)
    assert getattr(determined, "refund_yen", None) == 0


def test_a_dispute_is_recorded_and_settled_once() -> None:
    fee = disputed(collected())
    with refused("dispute-already-recorded"): disputed(fee)
    fee = further(fee, [fee_dispute.dispute_won(fee, dispute="du_1", balance_transaction="txn_w", on=LATE_ON)])
    with refused("dispute-not-open"): fee_dispute.dispute_lost(fee, dispute="du_1", on=LATE_ON)
