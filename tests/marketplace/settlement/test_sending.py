"""Requests to Stripe: sent once whatever happens on the way, under one key as long as Stripe remembers it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.ids import HireId, fee_of
from domain.refusal import Refused
from marketplace.commands import account
from marketplace.settlement import intents
from marketplace.settlement.stripe import gateway
from marketplace.settlement.stripe.results import Done
from marketplace.settlement.stripe.simulator import Pending
from marketplace.work import pay, poll
from marketplace.work.tasks import Again
from tests.marketplace.settlement.relay import HIRING, SOURCE, Relay

PAID_ON = date(2027, 4, 20)


def paid_and_waiting(relay: Relay) -> tuple[HireId, UUID]:
    """A fee whose transfer is asked for and not yet sent: its intent."""
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(PAID_ON)
    relay.pay(hire)
    relay.world.spoil("never-arrives", "post /v1/transfers$")
    relay.work()
    return hire, next(iter(relay.fee(hire).transfers))


def step(relay: Relay, intent: UUID, now: datetime | None = None) -> Again | None:
    return pay.send_intent(relay.office, relay.client, intent, now or relay.now())


def keys(relay: Relay, path: str) -> list[str]:
    """The idempotency keys under which a path was asked."""
    return [
        headers["Idempotency-Key"]
        for method, url, _, headers in relay.wire.seen
        if method == "post" and url.endswith(path)
    ]


def transfers_at_stripe(relay: Relay) -> int:
    return int(relay.one("SELECT count(*) FROM stripe_simulator.object WHERE kind = 'transfer'"))


def state(relay: Relay, intent: UUID) -> tuple[Any, ...]:
    return relay.rows("SELECT state, generation FROM intent WHERE id = %s", intent)[0]


def all_but_transfers(relay: Relay) -> None:
    """Every webhook arrives except those about transfers, which are lost."""
    relay.deliver(lambda pending: [each for each in pending if not each.type.startswith("transfer")])
    relay.worker.drain()
    if relay.send_run(): relay.worker.drain()
    relay.lose_webhooks()


def test_a_request_that_never_arrived_is_sent_again_under_the_same_key(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    assert state(relay, intent) == ("unknown", 1)
    relay.later(hours=1)
    relay.work()
    assert keys(relay, "/transfers") == [f"{intent}:1"] * 2
    assert transfers_at_stripe(relay) == 1
    assert relay.fee(hire).transferred_yen == 770_000


@pytest.mark.parametrize("fault", ["answer-lost", "error-after-effect"])
def test_a_transfer_whose_answer_was_lost_is_found_and_posted_once(relay: Relay, fault: str) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(PAID_ON)
    relay.pay(hire)
    relay.world.spoil(fault, "post /v1/transfers$")
    all_but_transfers(relay)
    relay.later(hours=1)
    relay.work()
    assert transfers_at_stripe(relay) == 1
    assert relay.kinds(fee_of(hire)).count("TransferPosted") == 1
    assert relay.intents("create_transfer") == [("done", 1)]


def test_a_crash_between_answer_and_commit_leads_to_one_transfer(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    with relay.office.database.transaction() as connection:
        asked = intents.load(connection, intent)
    assert asked is not None
    gateway.send(relay.client, asked.request)  # and the process dies before it writes anything down
    relay.later(hours=1)
    relay.work()
    assert transfers_at_stripe(relay) == 1
    assert relay.fee(hire).transferred_yen == 770_000


def test_a_crash_between_the_kept_result_and_the_log_is_made_good(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    with relay.office.database.transaction() as connection:
        asked = intents.load(connection, intent)
        assert asked is not None
        sent = gateway.send(relay.client, asked.request)
        assert isinstance(sent, Done)
        intents.keep_done(connection, intent, sent)
    assert step(relay, intent) is None
    assert relay.fee(hire).transferred_yen == 770_000
    assert len(keys(relay, "/transfers")) == 2


def test_two_workers_at_one_request_make_one_transfer(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    later = relay.now() + timedelta(hours=1)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: step(relay, intent, later), range(2)))
    assert transfers_at_stripe(relay) == 1
    assert relay.kinds(fee_of(hire)).count("TransferPosted") == 1
    assert state(relay, intent) == ("done", 1)


def test_after_23_hours_only_two_empty_look_ups_ten_minutes_apart_make_a_new_key(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    late = relay.now() + timedelta(hours=23)
    sent = len(keys(relay, "/transfers"))

    first = step(relay, intent, late)
    assert first is not None
    assert first.at == late + timedelta(minutes=10)
    too_soon = step(relay, intent, late + timedelta(minutes=9))
    assert too_soon is not None
    assert state(relay, intent) == ("unknown", 1)
    step(relay, intent, late + timedelta(minutes=10))
    assert state(relay, intent) == ("pending", 2)
    assert len(keys(relay, "/transfers")) == sent

    assert step(relay, intent, late + timedelta(minutes=11)) is None
    assert keys(relay, "/transfers")[sent:] == [f"{intent}:2"]
    assert relay.fee(hire).transferred_yen == 770_000


def test_after_23_hours_what_is_found_is_taken_and_nothing_is_sent(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(PAID_ON)
    relay.pay(hire)
    relay.world.spoil("answer-lost", "post /v1/transfers$")
    all_but_transfers(relay)
    relay.later(hours=30)
    relay.work()
    assert len(keys(relay, "/transfers")) == 1
    assert relay.fee(hire).transferred_yen == 770_000


def test_a_rate_limit_is_waited_out_under_the_same_key(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(PAID_ON)
    relay.pay(hire)
    relay.world.spoil("rate-limited", "post /v1/transfers$")
    relay.work()
    assert relay.intents("create_transfer") == [("pending", 1)]
    relay.later(hours=1)
    relay.work()
    assert len(set(keys(relay, "/transfers"))) == 1
    assert relay.intents("create_transfer") == [("done", 1)]


def test_the_same_key_with_other_bytes_waits_for_a_person(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    relay.world.spoil("error-after-effect", "post /v1/transfers$")
    step(relay, intent)
    relay.rows("UPDATE intent SET call = replace(call, '770000', '769999') WHERE id = %s", intent)
    relay.rows("DELETE FROM stripe_simulator.object WHERE kind = 'transfer'")
    assert step(relay, intent) is None
    assert state(relay, intent) == ("blocked", 1)
    assert relay.fee(hire).transferred_yen == 0
    assert step(relay, intent) is None


def test_a_definite_no_gives_the_payable_back_and_is_tried_again_later(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(PAID_ON)
    relay.pay(hire)
    relay.world.spoil("capability-off", "post /v1/transfers$")
    relay.work()
    assert relay.kinds(fee_of(hire))[-1] == "TransferVoided"
    assert relay.balances()["payable:source"] == -770_000
    relay.later(hours=2)
    relay.work()
    assert [sent.progress.value for sent in relay.fee(hire).transfers.values()] == ["void", "done"]
    assert relay.fee(hire).transferred_yen == 770_000


def test_a_source_that_stripe_restricts_is_paid_once_it_may_be_again(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.world.restrict(relay.connected())
    relay.go_to(PAID_ON)
    relay.work()
    relay.pay(hire)
    relay.work()
    assert relay.stripe_posts("transfers") == 0
    assert relay.one("SELECT code FROM refusal WHERE wanted = 'release'") == "transfers-not-active"
    relay.world.complete_onboarding(relay.connected())
    relay.work()
    relay.later(days=1)
    relay.work()
    assert relay.fee(hire).transferred_yen == 770_000


@pytest.mark.parametrize("lost", [False, True])
def test_an_account_taken_away_from_us_is_sent_nothing_and_stops_nobody_else(relay: Relay, lost: bool) -> None:
    relay.open_street()
    poll.start(relay.office, relay.now())
    hire = relay.hire()
    relay.work()
    relay.world.disconnect(relay.connected())
    if lost:
        relay.lose_webhooks()
        relay.later(hours=2)
    relay.work()
    assert not relay.account(SOURCE).transfers_active
    assert relay.rows("SELECT type FROM webhook_inbox WHERE handled_at IS NULL") == []
    relay.go_to(PAID_ON)
    relay.work()
    relay.pay(hire)
    relay.lose_webhooks()
    relay.later(hours=2)
    relay.work()
    assert relay.fee(hire).paid_yen == 1_100_000
    assert relay.stripe_posts("transfers") == 0
    assert relay.reconcile().is_settled


def test_a_refused_customer_waits_for_a_person_who_lets_it_go_out_again(relay: Relay) -> None:
    relay.open_street()
    account.open_customer(relay.office, relay.by(), company=HIRING)
    intent = relay.one("SELECT id FROM intent WHERE kind = 'create_customer'")
    relay.rows("UPDATE intent SET state = 'refused', result = NULL, recorded_at = NULL WHERE id = %s", intent)
    with relay.office.database.transaction() as connection:
        assert [asked.id for asked in intents.stuck(connection)] == [intent]
        intents.ask_again(connection, intent, relay.now())
        assert intents.stuck(connection) == []
    assert state(relay, intent)[0] == "unknown"
    relay.work()
    assert state(relay, intent) == ("done", 1)
    with relay.office.database.transaction() as connection, pytest.raises(Refused) as refused:
        intents.ask_again(connection, intent, relay.now())
    assert refused.value.code == "intent-not-stuck"
    with relay.office.database.transaction() as connection, pytest.raises(Refused) as refused:
        intents.ask_again(connection, uuid4(), relay.now())
    assert refused.value.code == "intent-unknown"


def test_after_a_restore_every_open_request_is_looked_for_before_it_is_sent(relay: Relay) -> None:
    hire, intent = paid_and_waiting(relay)
    with relay.office.database.transaction() as connection:
        asked = intents.load(connection, intent)
    assert asked is not None
    gateway.send(relay.client, asked.request)
    relay.rows("UPDATE intent SET state = 'pending', first_sent_at = NULL WHERE id = %s", intent)
    sent = len(keys(relay, "/transfers"))
    with relay.office.database.transaction() as connection:
        assert intents.look_up_first(connection, relay.now()) == 1
    relay.work()
    assert len(keys(relay, "/transfers")) == sent
    assert relay.fee(hire).transferred_yen == 770_000


def test_an_invoice_waits_for_its_customer(relay: Relay) -> None:
    relay.world.spoil("never-arrives", "post /v1/customers$")
    relay.open_street()
    hire = relay.hire()
    relay.work()
    assert relay.one("SELECT code FROM refusal WHERE wanted = 'request-invoice'") == "customer-not-open-yet"
    relay.later(minutes=10)
    relay.work()
    relay.later(minutes=10)
    relay.work()
    assert relay.fee(hire).invoice is not None


def whole_story(relay: Relay, plan: Any) -> None:
    """A straight line and an early leave, with webhooks as the plan has them."""
    relay.open_street()
    poll.start(relay.office, relay.now())
    kept, left = relay.hire(), relay.hire(started_on=date(2027, 3, 15))
    relay.work()
    relay.go_to(PAID_ON)
    for hire in (kept, left):
        relay.pay(hire)
        relay.worker.drain()
        relay.deliver(plan)
        relay.worker.drain()
        if relay.send_run():
            relay.worker.drain()
            relay.deliver(plan)
            relay.worker.drain()
    relay.go_to(date(2027, 5, 25))
    relay.worker.drain()
    relay.leave(left, date(2027, 5, 20))
    relay.worker.drain()
    relay.world.arrive(relay.world.sweep())
    relay.deliver(plan)
    relay.worker.drain()


def test_shuffled_doubled_and_dropped_webhooks_give_the_same_ledger(relay: Relay) -> None:
    random = Random(11)

    def disorder(pending: Sequence[Pending]) -> list[Pending]:
        mixed = [each for each in pending for _ in range(random.choice([0, 1, 2, 3]))]
        random.shuffle(mixed)
        return mixed

    whole_story(relay, disorder)
    told = relay.reconcile()
    assert told.is_settled
    assert relay.balances() == IN_ORDER


def test_webhooks_that_never_arrive_change_nothing(relay: Relay) -> None:
    def none(_: Sequence[Pending]) -> list[Pending]:
        relay.lose_webhooks()
        for _again in range(2):
            poll.converge(relay.office, relay.client, relay.now())
            relay.worker.drain()
        return []

    whole_story(relay, none)
    assert relay.reconcile().is_settled
    assert relay.balances() == IN_ORDER


def test_webhooks_in_order_give_this_ledger(relay: Relay) -> None:
    whole_story(relay, lambda pending: pending)
    assert relay.reconcile().is_settled
    assert relay.balances() == IN_ORDER


IN_ORDER = {
    "bank": 462_000, "stripe-fees": 33_000, "commission": -600_000, "tax-output": -45_000, "contra-revenue": 150_000,
}  # fmt: skip


def test_a_rebuild_calls_nobody_and_gives_the_same_lines(relay: Relay) -> None:
    whole_story(relay, lambda pending: pending)
    before, calls = relay.ledger(), len(relay.wire.seen)
    with relay.office.database.transaction() as connection:
        connection.execute("DELETE FROM ledger")
        connection.execute("DELETE FROM projection_position WHERE name = 'ledger'")
    relay.worker.project()
    assert relay.ledger() == before
    assert len(relay.wire.seen) == calls


def test_the_hourly_task_exists_once_and_comes_again(relay: Relay) -> None:
    relay.open_street()
    for _ in range(2):
        poll.start(relay.office, relay.now())
    relay.work()
    assert relay.one("SELECT count(*) FROM task WHERE kind = 'mirror'") == 1
    assert relay.one("SELECT run_at > relay_now() FROM task WHERE kind = 'mirror'") is True


def test_a_bank_account_changed_at_stripe_holds_transfers_for_seven_days(relay: Relay) -> None:
    relay.open_street()
    relay.rows(
        "INSERT INTO webhook_inbox VALUES ('evt_x', %s, '', 'account.external_account.updated', 'ba_1', %s, relay_now())",
        UUID(int=900), relay.connected(),
    )  # fmt: skip
    for _ in range(2):
        assert pay.read_webhook(relay.office, relay.client, UUID(int=900), relay.now()) is None
    assert relay.account(SOURCE).payout_held_until == date(2027, 4, 8)
    assert relay.account(SOURCE).held_for == ("payout-account-changed",)


def test_a_foreign_account_and_an_unknown_kind_of_notice_are_kept_and_change_nothing(relay: Relay) -> None:
    relay.open_street()
    position = relay.office.log.position()
    for n, (kind, account_id) in enumerate([("radar.early_fraud_warning.created", ""), ("payout.paid", "acct_foreign1")]):
        relay.rows(
            "INSERT INTO webhook_inbox VALUES (%s, %s, '', %s, 'po_sim000001', %s, relay_now())",
            f"evt_x{n}", UUID(int=900 + n), kind, account_id,
        )  # fmt: skip
        assert pay.read_webhook(relay.office, relay.client, UUID(int=900 + n), relay.now()) is None
    found = relay.rows("SELECT outcome FROM webhook_inbox WHERE event_id LIKE 'evt_x%%' ORDER BY event_id")
    assert found == [("ignored",), ("foreign",)]
    assert relay.office.log.position() == position
    assert relay.account(SOURCE).payouts == {}
