"""A notice of Stripe: kept once and only when it is genuine and fresh; read until it is recorded."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import stripe

from domain.ids import fee_of
from domain.refusal import Refused
from marketplace.settlement import inbox
from tests.marketplace.settlement.relay import Relay

EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "transfer.created",
    "api_version": "2026-10-28.endive",
    "livemode": False,
    "data": {"object": {"id": "tr_1", "object": "transfer", "amount": 1}},
}


def arrive(relay: Relay, event: Any = EVENT, *, secret: str = "whsec_platform", late: timedelta = timedelta(0)) -> None:
    raw = json.dumps(event).encode()
    at = int((relay.now() - late).timestamp())
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, at)
    inbox.receive(relay.office.database, raw, header, ["whsec_platform"])


def kept(relay: Relay) -> tuple[int, int]:
    return (
        relay.one("SELECT count(*) FROM webhook_inbox"),
        relay.one("SELECT count(*) FROM task WHERE kind = 'read-webhook'"),
    )


def test_a_notice_is_kept_as_it_came_with_the_task_that_reads_it(relay: Relay) -> None:
    arrive(relay)
    assert kept(relay) == (1, 1)
    assert json.loads(bytes(relay.one("SELECT raw FROM webhook_inbox"))) == EVENT


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"secret": "whsec_forged"}, "stripe-signature-wrong"),
        ({"late": timedelta(seconds=302)}, "stripe-signature-too-old"),
        ({"late": timedelta(hours=-1)}, "stripe-signature-from-the-future"),
    ],
)
def test_a_forged_stale_or_future_notice_leaves_nothing_behind(relay: Relay, how: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        arrive(relay, **how)
    assert refused.value.code == code
    assert kept(relay) == (0, 0)


def test_ten_copies_at_once_are_one_notice(relay: Relay) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: arrive(relay), range(10)))
    assert kept(relay) == (1, 1)


def test_two_notices_about_one_payment_post_it_once(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    invoice = relay.fee(hire).invoice
    assert invoice is not None
    for n, kind in enumerate(["invoice.paid", "invoice.updated", "invoice.finalized"]):
        body = {"id": invoice.provider_invoice, "object": "invoice"}
        arrive(relay, {**EVENT, "id": f"evt_{n}", "type": kind, "data": {"object": body}})
    relay.worker.drain()
    assert relay.kinds(fee_of(hire)).count("PaymentSettled") == 1
    assert relay.rows("SELECT DISTINCT outcome FROM webhook_inbox WHERE event_id < 'evt_3'") == [("folded",)]


def test_a_notice_about_nothing_is_put_away(relay: Relay) -> None:
    arrive(relay, {**EVENT, "data": {"object": {"id": "tr_sim000000000001", "object": "transfer"}}})
    relay.worker.drain()
    assert relay.one("SELECT outcome FROM webhook_inbox") == "no-such-object"


def test_a_notice_waits_while_stripe_cannot_be_read(relay: Relay) -> None:
    relay.open_street()
    hire = relay.hire()
    relay.work()
    relay.go_to(date(2027, 4, 20))
    relay.pay(hire)
    relay.world.spoil("never-arrives", "get /v1/invoices", 10)
    relay.deliver()
    relay.worker.drain()
    assert "PaymentSettled" not in relay.kinds(fee_of(hire))
    for _ in range(12):
        relay.later(hours=1)
        relay.worker.drain()
    assert relay.kinds(fee_of(hire)).count("PaymentSettled") == 1
