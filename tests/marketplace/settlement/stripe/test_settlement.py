"""One fee from invoice to refund over the real SDK, with answers lost and webhooks shuffled, doubled and dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from marketplace.settlement.stripe import calls, gateway, webhooks
from marketplace.settlement.stripe.calls import Call
from marketplace.settlement.stripe.results import Done
from marketplace.settlement.stripe.simulator import Pending
from tests.marketplace.settlement.stripe.example_platform import Platform


class Office:
    """Reads webhooks the way the product does: verify, keep each event once, fetch the object afresh."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.events: dict[str, webhooks.Notification] = {}
        self.posts = 0

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        secret = {"/hooks/platform": "whsec_platform", "/hooks/connect": "whsec_connect"}[url]
        self.posts += 1
        notice = webhooks.verify(body, headers["Stripe-Signature"], [secret], self.platform.now())
        self.events.setdefault(notice.event_id, notice)
        return 200

    def types(self) -> list[str]:
        return sorted(notice.type for notice in self.events.values())


def until_done(platform: Platform, call: Call) -> Any:
    """Send the same bytes until an answer comes."""
    for _ in range(3):
        outcome = gateway.send(platform.client, calls.thaw(calls.freeze(call)))
        if isinstance(outcome, Done):
            return outcome.result
    raise AssertionError(outcome)


def test_a_fee_travels_from_invoice_to_refund_though_every_answer_is_lost_once(platform: Platform) -> None:
    customer_id, account_id = platform.customer(), platform.account()
    platform.world.spoil("answer-lost", "post /v1/invoices$")
    platform.world.spoil("answer-lost", "post /v1/invoices/.*/finalize")
    invoice = until_done(platform, platform.invoice_call(customer_id))
    platform.world.customer_pays(customer_id, 1_100_000, invoice.number)
    (charge,) = gateway.get_invoice(platform.client, invoice.invoice_id).payments

    platform.world.spoil("answer-lost", "post /v1/transfers$")
    transfer = until_done(platform, platform.transfer_call(account_id, charge.charge_id))
    platform.world.spoil("answer-lost", "post /v1/transfers/.*/reversals")
    reversal = until_done(platform, platform.reversal_call(transfer.transfer_id, 385_000))
    platform.later(days=5)
    platform.world.spoil("answer-lost", "post /v1/refunds$")
    refund = until_done(platform, platform.refund_call(charge.charge_id, 550_000))

    assert charge.movement is not None
    movements = gateway.list_movements(platform.client, charge.movement.created_at)
    assert [(m.type, m.amount_yen, m.fee_yen, m.source_id) for m in movements] == [
        ("payment", 1_100_000, 16_500, charge.charge_id),
        ("transfer", -770_000, 0, transfer.transfer_id),
        ("transfer_refund", 385_000, 0, reversal.reversal_id),
        ("payment_refund", -550_000, 0, refund.refund_id),
    ]
    assert gateway.get_balance(platform.client).total_yen == 1_083_500 - 770_000 + 385_000 - 550_000
    assert gateway.get_balance(platform.client, account_id).total_yen == 385_000
    assert gateway.get_transfer(platform.client, transfer.transfer_id).reversed_yen == 385_000
    assert gateway.get_charge(platform.client, charge.charge_id).refunded_yen == 550_000


def test_shuffled_doubled_and_late_webhooks_tell_the_same_story(platform: Platform) -> None:
    customer_id, account_id = platform.customer(), platform.account()
    invoice = platform.invoice(customer_id)
    platform.world.customer_pays(customer_id, 1_100_000)
    charge_id = gateway.get_invoice(platform.client, invoice.invoice_id).payments[0].charge_id
    platform.transfer(account_id, charge_id)
    office = Office(platform)
    sent = platform.world.pending()

    def disorder(pending: Sequence[Pending]) -> list[Pending]:
        shuffled = [*pending, *pending]
        Random(7).shuffle(shuffled)
        return shuffled

    platform.world.deliver(office.post, platform.endpoints, disorder)

    assert office.posts == 2 * len(sent)
    assert office.types() == [
        "account.updated",
        "capability.updated",
        "charge.succeeded",
        "customer.created",
        "customer_cash_balance_transaction.created",
        "customer_cash_balance_transaction.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice_payment.paid",
        "payment_intent.succeeded",
        "transfer.created",
    ]
    assert {notice.account for notice in office.events.values()} == {"", account_id}
    assert platform.world.pending() == []


def test_a_webhook_that_was_not_taken_is_sent_again(platform: Platform) -> None:
    platform.customer()

    assert platform.world.deliver(lambda *_: 500, platform.endpoints) == 0
    assert [event.type for event in platform.world.pending()] == ["customer.created"]
    assert platform.world.deliver(Office(platform).post, platform.endpoints) == 1


def test_a_lost_webhook_never_arrives_and_the_movements_still_tell_all(platform: Platform) -> None:
    platform.charge()
    platform.world.lose(platform.world.pending())
    office = Office(platform)

    assert platform.world.deliver(office.post, platform.endpoints) == 0
    assert gateway.get_balance(platform.client).total_yen == 1_083_500
