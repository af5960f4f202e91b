from __future__ import annotations

from datetime import date

from domain import account as accounts
from domain.account import Account
from tests.domain.money_examples import SOURCE, ready_account, refused

ON = date(2027, 4, 20)


def changed() -> Account:
    return accounts.evolve(
        ready_account(), accounts.change_payout_account(ready_account(), by="aki", on=ON, hold_days=7)
    )


def test_an_account_is_opened_once_and_only_in_japan_and_yen() -> None:
    with refused("connected-account-already-open"):
        accounts.open_connected(ready_account(), SOURCE, connected="acct_2", country="JP", currency="jpy")
    for country, currency in (("US", "jpy"), ("JP", "usd")):
        with refused("payouts-in-japan-only"):
            accounts.open_connected(accounts.INITIAL, SOURCE, connected="a", country=country, currency=currency)
    opened = accounts.open_connected(accounts.INITIAL, SOURCE, connected="a", country="JP", currency="JPY")
    assert accounts.evolve(accounts.INITIAL, opened).connected == "a"


def test_a_customer_is_opened_once() -> None:
    opened = accounts.evolve(accounts.INITIAL, accounts.open_customer(accounts.INITIAL, SOURCE, customer="cus_1"))
    assert opened.customer == "cus_1"
    with refused("customer-already-open"): accounts.open_customer(opened, SOURCE, customer="cus_2")


def test_money_goes_only_to_an_open_account_that_stripe_lets_receive() -> None:
    with refused("payout-account-missing"): accounts.check_transferable(accounts.INITIAL)
    accounts.check_transferable(ready_account())
    stopped = accounts.evolve(ready_account(), accounts.change_capability(ready_account(), transfers_active=False))
    with refused("transfers-not-active"): accounts.check_transferable(stopped)
    with refused("capability-unchanged"): accounts.change_capability(stopped, transfers_active=False)


def test_a_hold_lasts_until_it_is_resumed() -> None:
    held = accounts.evolve(ready_account(), accounts.hold_transfers(ready_account(), cause="checking"))
    with refused("transfers-held"): accounts.check_transferable(held)
    with refused("transfers-already-held"): accounts.hold_transfers(held, cause="checking")
    resumed = accounts.evolve(held, accounts.resume_transfers(held, by="ben", on=ON))
    accounts.check_transferable(resumed)
    with refused("transfers-not-held"): accounts.resume_transfers(resumed, by="ben", on=ON)


def test_a_changed_bank_account_is_held_for_seven_days() -> None:
    with refused("transfers-held"): accounts.check_transferable(changed())
    with refused("payout-change-on-hold"): accounts.resume_transfers(changed(), by="ben", on=date(2027, 4, 26))
    accounts.resume_transfers(changed(), by="ben", on=date(2027, 4, 27))


def test_whoever_changed_the_bank_account_cannot_resume() -> None:
    with refused("second-person-needed"): accounts.resume_transfers(changed(), by="aki", on=date(2027, 5, 1))


def test_a_payout_is_told_once_and_may_fail_after_it_was_paid() -> None:
    paid = accounts.evolve(
        ready_account(), accounts.payout_paid(ready_account(), payout="po_1", amount_yen=770_000, arrived_on=ON)
    )
    with refused("payout-already-recorded"): accounts.payout_paid(paid, payout="po_1", amount_yen=1, arrived_on=ON)
    failed = accounts.evolve(paid, accounts.payout_failed(paid, payout="po_1", amount_yen=770_000, cause="closed"))
    assert failed.payouts == {"po_1": False}
    with refused("payout-already-recorded"): accounts.payout_failed(failed, payout="po_1", amount_yen=1, cause="x")


def test_a_statement_is_final_once_its_month_is_over() -> None:
    with refused("month-not-over"):
        accounts.close_statement(ready_account(), month="2027-04", position=9, this_month="2027-04")
    closed = accounts.close_statement(ready_account(), month="2027-04", position=9, this_month="2027-05")
    with refused("statement-already-closed"):
        accounts.close_statement(
            accounts.evolve(ready_account(), closed), month="2027-04", position=10, this_month="2027-05"
        )
