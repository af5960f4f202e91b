from __future__ import annotations

from datetime import date

from domain import treasury
from domain.treasury import INITIAL, Movement, evolve
from tests.domain.money_examples import refused

ON = date(2027, 4, 20)


def created() -> Movement:
    event = treasury.payout_created(INITIAL, payout="po_1", balance_transaction="txn_1", amount_yen=300_000, on=ON)
    return evolve(INITIAL, event)


def test_a_movement_is_told_once() -> None:
    with refused("movement-already-told"):
        treasury.payout_created(created(), payout="po_1", balance_transaction="txn_1", amount_yen=300_000, on=ON)
    for event in (
        treasury.topped_up(INITIAL, balance_transaction="txn_2", amount_yen=5, on=ON),
        treasury.stripe_fee_charged(INITIAL, balance_transaction="txn_2", amount_yen=110, tax_yen=10, on=ON),
        treasury.unknown_movement_seen(INITIAL, balance_transaction="txn_2", kind="reserve_hold", amount_yen=-5, on=ON),
    ):
        told = evolve(INITIAL, event)
        with refused("movement-already-told"):
            treasury.unknown_movement_seen(told, balance_transaction="txn_2", kind="x", amount_yen=1, on=ON)
        with refused("payout-not-on-its-way"): treasury.payout_paid(told, on=ON)


def test_a_payout_arrives_once_with_the_amount_it_left_with() -> None:
    paid = treasury.payout_paid(created(), on=ON)
    assert (paid.payout, paid.amount_yen) == ("po_1", 300_000)
    with refused("payout-not-on-its-way"): treasury.payout_paid(evolve(created(), paid), on=ON)


def test_a_payout_may_come_back_on_its_way_or_from_the_bank() -> None:
    assert not treasury.payout_failed(created(), balance_transaction="txn_3", on=ON).was_paid
    paid = evolve(created(), treasury.payout_paid(created(), on=ON))
    failed = treasury.payout_failed(paid, balance_transaction="txn_3", on=ON)
    assert failed.was_paid
    with refused("payout-not-on-its-way"):
        treasury.payout_failed(evolve(paid, failed), balance_transaction="txn_4", on=ON)


def test_no_movement_is_of_nothing_or_less_unless_nobody_knows_what_it_is() -> None:
    with refused("amount-not-positive"):
        treasury.topped_up(INITIAL, balance_transaction="txn_2", amount_yen=0, on=ON)
    with refused("amount-not-positive"):
        treasury.stripe_fee_charged(INITIAL, balance_transaction="txn_2", amount_yen=10, tax_yen=11, on=ON)
