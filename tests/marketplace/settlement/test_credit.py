"""A source without a licence is thanked with credit: when it is granted, when it lapses, when it never comes."""

from __future__ import annotations

from datetime import date

from domain.account import Credit
from domain.ids import fee_of
from tests.marketplace.settlement.relay import SOURCE, Relay, determined, said


def test_a_source_without_a_licence_gets_its_credit_only_when_nothing_can_take_it_back(relay: Relay) -> None:
    hire = relay.paid_hire(licensed=False)
    assert relay.balances() == {
        "clearing": 1_083_500, "stripe-fees": 16_500, "revenue": -1_000_000, "tax-output": -100_000,
    }  # fmt: skip
    relay.go_to(date(2027, 10, 30))
    relay.work()
    assert relay.account(SOURCE).credits == {}

    relay.go_to(date(2027, 10, 31))
    relay.work()
    assert list(relay.account(SOURCE).credits.values()) == [
        Credit(fee=fee_of(hire), left_yen=770_000, expires_on=date(2028, 10, 30))
    ]
    assert relay.stripe_posts("transfers") == 0
    assert relay.reconcile().is_settled


def test_credit_that_nobody_uses_lapses_after_its_last_day_and_the_books_say_so(relay: Relay) -> None:
    relay.paid_hire(licensed=False)
    relay.go_to(date(2027, 10, 31))
    relay.work()
    relay.go_to(date(2028, 10, 30))
    relay.work()
    assert relay.balances()["credit"] == -770_000

    relay.go_to(date(2028, 10, 31))
    relay.work()
    assert [(credit.left_yen, credit.is_expired) for credit in relay.account(SOURCE).credits.values()] == [(0, True)]
    assert (relay.balances()["breakage"], relay.balances().get("credit", 0)) == (-770_000, 0)
    assert relay.rows("SELECT kind FROM due WHERE kind = 'expire-credits'") == []


def test_a_leave_on_day_40_means_that_the_credit_is_never_granted(relay: Relay) -> None:
    hire = relay.paid_hire(licensed=False)
    relay.go_to(date(2027, 5, 12))
    relay.leave(hire, date(2027, 5, 10))
    relay.work()
    assert relay.fee(hire).refunded_yen == 550_000

    relay.go_to(date(2027, 10, 31))
    relay.work()
    relay.go_to(date(2028, 2, 1))
    relay.work()
    assert relay.account(SOURCE).credits == {}
    assert relay.intents("create_transfer") == []
    assert relay.reconcile().is_settled


def test_no_credit_is_granted_for_a_leave_reported_on_the_last_day_and_settled_after_it(relay: Relay) -> None:
    hire = relay.paid_hire(licensed=False)
    relay.go_to(date(2027, 10, 30))
    relay.tell(hire, said(date(2027, 9, 30)))
    relay.go_to(date(2027, 11, 1))
    relay.work()
    assert relay.account(SOURCE).credits == {}

    relay.go_to(date(2027, 11, 9))
    relay.tell(hire, determined(relay, hire, date(2027, 9, 30), 1_000))
    relay.work()
    relay.later(days=2)
    relay.work()
    assert relay.account(SOURCE).credits == {}
    assert relay.fee(hire).refunded_yen == 110_000
    assert relay.reconcile().is_settled
