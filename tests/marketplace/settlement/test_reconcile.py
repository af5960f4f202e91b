"""The ledger against Stripe: ¥0, or every yen that is missing has a name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import HireId, fee_of
from marketplace.settlement.reconcile import Class, Ours, Theirs, compare
from tests.marketplace.settlement.relay import Relay

NOW = datetime(2027, 5, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=10)


def theirs(key: str, net_yen: int, fee_yen: int = 0, at: datetime = OLD) -> Theirs:
    return Theirs(balance_transaction=key, type="payment", object_id=f"py_{key}", net_yen=net_yen, fee_yen=fee_yen, at=at)


def ours(key: str, net_yen: int, fee_yen: int = 0, at: datetime = OLD) -> Ours:
    return Ours(
        balance_transaction=key,
        kind="payment",
        object_id=f"py_{key}",
        net_yen=net_yen,
        fee_yen=fee_yen,
        position=1,
        at=at,
    )


@pytest.mark.parametrize(
    ("one", "other", "status", "delta_yen"),
    [
        (theirs("a", 985, 15), ours("a", 985, 15), Class.MATCHED, 0),
        (theirs("a", 985, 15), ours("a", 980, 20), Class.FEE_DIFFERS, 5),
        (theirs("a", 985, 15), ours("a", 885, 15), Class.AMOUNT_DIFFERS, 100),
        (theirs("a", 985), None, Class.MISSING_IN_LEDGER, 985),
        (theirs("a", 985, at=NOW - timedelta(days=2)), None, Class.TIMING, 985),
        (None, ours("a", 985), Class.MISSING_IN_STRIPE, -985),
        (None, ours("", 985), Class.MISSING_IN_STRIPE, -985),
    ],
)
def test_every_pair_has_exactly_one_name(
    one: Theirs | None, other: Ours | None, status: Class, delta_yen: int
) -> None:
    (pair,) = compare([one] if one else [], [other] if other else [], NOW)
    assert (pair.status, pair.delta_yen) == (status, delta_yen)


def test_a_movement_that_stands_twice_is_not_paired_at_all() -> None:
    with pytest.raises(ValueError, match="twice"):
        compare([theirs("a", 1)], [ours("a", 1), ours("a", 1)], NOW)


_KEYS = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.integers(-999, 999), st.integers(0, 99)))


@given(_KEYS, _KEYS, st.lists(st.integers(-999, 999), max_size=3))
def test_the_deltas_always_add_up_to_the_difference(
    left: dict[str, tuple[int, int]], right: dict[str, tuple[int, int]], loose: list[int]
) -> None:
    stripe_side = [theirs(key, *yen) for key, yen in left.items()]
    ledger_side = [ours(key, *yen) for key, yen in right.items()] + [ours("", yen) for yen in loose]
    pairs = compare(stripe_side, ledger_side, NOW)
    assert sum(pair.delta_yen for pair in pairs) == sum(t.net_yen for t in stripe_side) - sum(
        o.net_yen for o in ledger_side
    )
    assert len(pairs) == len(set(left) | set(right)) + len(loose)


def collected(relay: Relay) -> HireId:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.work()
    relay.later(days=10)
    assert relay.reconcile().is_settled
    return hire


def plant(relay: Relay, query: str, *values: object) -> None:
    """Change what must not change, as a superuser with the triggers off."""
    relay.rows(f"SET session_replication_role = replica; {query}" if not values else query, *values)


def test_a_ledger_line_that_was_altered_is_named(relay: Relay) -> None:
    collected(relay)
    plant(relay, "UPDATE ledger SET amount_yen = amount_yen - 5 WHERE account = 'clearing' AND amount_yen > 0")
    told = relay.reconcile()
    assert told.difference_yen == 5
    assert [(f.status, f.kind, f.delta_yen) for f in told.findings] == [(Class.AMOUNT_DIFFERS, "payment", 5)]


def test_a_ledger_entry_that_was_deleted_is_named(relay: Relay) -> None:
    hire = collected(relay)
    plant(relay, "DELETE FROM ledger WHERE kind = 'transfer-posted.v1'")
    told = relay.reconcile()
    (sent,) = relay.fee(hire).transfers.values()
    assert told.difference_yen == -770_000
    assert [(f.status, f.object_id) for f in told.findings] == [(Class.MISSING_IN_LEDGER, sent.transfer)]


def test_a_line_that_no_movement_stands_behind_is_named(relay: Relay) -> None:
    collected(relay)
    plant(
        relay,
        "INSERT INTO ledger VALUES (999999001, 999999, gen_random_uuid(), 'planted', 'clearing', NULL, 70, 'JPY', '2027-04-21')",
    )
    told = relay.reconcile()
    assert told.difference_yen == -70
    assert [(f.status, f.position, f.delta_yen) for f in told.findings] == [(Class.MISSING_IN_STRIPE, 999_999, -70)]


def test_a_movement_that_stripe_no_longer_has_is_named(relay: Relay) -> None:
    collected(relay)
    payment = relay.one("SELECT balance_transaction FROM provider_movement WHERE kind = 'payment'")
    relay.rows("DELETE FROM stripe_simulator.object WHERE id = %s", payment)
    relay.rows("DELETE FROM provider_mirror WHERE balance_transaction = %s", payment)
    told = relay.reconcile()
    assert told.difference_yen == -1_083_500
    assert [(f.status, f.balance_transaction) for f in told.findings] == [(Class.MISSING_IN_STRIPE, payment)]


def test_a_balance_that_its_own_movements_do_not_explain_is_said_to_be_unexplained(relay: Relay) -> None:
    collected(relay)
    relay.later(days=30)
    relay.world.move("topup", 1)  # the overlap no longer reaches back to the payment
    assert relay.reconcile().is_settled
    relay.rows(
        "UPDATE stripe_simulator.object SET body = jsonb_set(body, '{net}', '1083400') WHERE kind = 'balance_transaction'"
        " AND body->>'type' = 'payment' AND account = ''"
    )
    told = relay.reconcile()
    assert (told.difference_yen, told.unexplained_yen) == (-100, -100)
    assert not told.is_settled


def test_a_fee_of_stripes_own_and_a_movement_nobody_knows_are_posted_not_dropped(relay: Relay) -> None:
    collected(relay)
    relay.world.move("stripe_fee", -220)
    relay.world.move("climate_order_purchase", -70)
    relay.world.move("topup", 1_000)
    told = relay.reconcile()
    assert told.is_settled
    assert told.suspense_yen == 70
    assert relay.balances()["suspense"] == 70
    assert relay.balances()["bank"] == -1_000
    assert relay.balances()["stripe-fees"] == 16_720


def test_money_from_a_stranger_is_a_matter_of_time_at_first_and_stands_in_suspense_after_three_days(relay: Relay) -> None:
    collected(relay)
    relay.world.move("payment", 5_000)
    told = relay.reconcile()
    assert told.difference_yen == 5_000
    assert [(f.status, f.delta_yen) for f in told.findings] == [(Class.TIMING, 5_000)]
    relay.later(days=4)
    told = relay.reconcile()
    assert (told.is_settled, told.suspense_yen) == (True, -5_000)


def test_reconciling_twice_changes_nothing(relay: Relay) -> None:
    hire = collected(relay)
    relay.reconcile()
    position, kinds = relay.office.log.position(), relay.kinds(fee_of(hire))
    relay.reconcile()
    assert relay.office.log.position() == position
    assert relay.kinds(fee_of(hire)) == kinds


def test_a_payout_of_ours_that_comes_back_is_in_the_balance_again(relay: Relay) -> None:
    collected(relay)
    payout = relay.world.sweep()
    relay.world.arrive(payout)
    relay.work()
    assert relay.balances()["bank"] == 313_500
    relay.later(days=3)
    relay.world.fail_payout(payout)
    relay.work()
    assert relay.balances()["clearing"] == 313_500
    assert "bank" not in relay.balances()
    assert relay.reconcile().is_settled
