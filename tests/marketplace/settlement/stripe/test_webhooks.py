"""A webhook is believed when one of our secrets signed it within five minutes of now, in our mode and version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from domain.refusal import Refused
from marketplace.settlement.stripe.webhooks import Notification, verify

NOW = datetime(2027, 4, 1, 0, 0, tzinfo=UTC)
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "transfer.created",
    "api_version": "2026-10-28.endive",
    "livemode": False,
    "data": {"object": {"id": "tr_1", "object": "transfer", "amount": 1}},
}


def signed(event: Any, secret: str = "whsec_new", at: datetime = NOW) -> tuple[bytes, str]:
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    return raw, stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, int(at.timestamp()))


def refusal(raw: bytes, header: str | None, secrets: Sequence[str] = ("whsec_new",), now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refused:
        verify(raw, header, secrets, now)
    return refused.value.code


def test_a_signed_webhook_gives_its_ids_and_nothing_else() -> None:
    assert verify(*signed(EVENT), ["whsec_new"], NOW) == Notification("evt_1", "transfer.created", "tr_1", "")


def test_an_event_of_a_connected_account_names_it() -> None:
    raw, header = signed({**EVENT, "type": "payout.paid", "account": "acct_1"})
    assert verify(raw, header, ["whsec_new"], NOW).account == "acct_1"


def test_the_old_secret_holds_while_it_is_listed() -> None:
    raw, header = signed(EVENT, "whsec_old")
    assert verify(raw, header, ["whsec_new", "whsec_old"], NOW).event_id == "evt_1"
    assert refusal(raw, header, ["whsec_new"]) == "stripe-signature-wrong"


@pytest.mark.parametrize("header", [None, "", "t=1", "v1=abc", "t=x,v1=abc", "t=1=2,v1=abc", "nonsense", "t=,v1="])
def test_a_header_that_is_none_is_refused(header: str | None) -> None:
    assert refusal(signed(EVENT)[0], header) == "stripe-signature-wrong"


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_an_empty_secret_opens_nothing(secrets: Sequence[str]) -> None:
    raw, header = signed(EVENT, "")
    assert refusal(raw, header, secrets) == "stripe-signature-wrong"


def test_a_changed_body_is_refused() -> None:
    raw, header = signed(EVENT)
    assert refusal(raw.replace(b"tr_1", b"tr_2"), header) == "stripe-signature-wrong"


@pytest.mark.parametrize(
    ("seconds", "code"), [(-301, "stripe-signature-too-old"), (301, "stripe-signature-from-the-future")]
)
def test_a_moment_more_than_five_minutes_away_is_refused(seconds: int, code: str) -> None:
    assert refusal(*signed(EVENT, at=NOW + timedelta(seconds=seconds))) == code


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_allowed(seconds: int) -> None:
    raw, header = signed(EVENT, at=NOW + timedelta(seconds=seconds))
    assert verify(raw, header, ["whsec_new"], NOW).event_id == "evt_1"


def test_an_hour_ahead_is_refused_though_the_sdk_lets_it_pass() -> None:
    raw, header = signed(EVENT, at=datetime.now(UTC) + timedelta(hours=1))
    assert stripe.WebhookSignature.verify_header(raw, header, "whsec_new", 300)
    assert refusal(raw, header, now=datetime.now(UTC)) == "stripe-signature-from-the-future"


def test_an_event_of_the_other_mode_is_refused() -> None:
    assert refusal(*signed({**EVENT, "livemode": True})) == "stripe-event-of-the-wrong-mode"


def test_an_event_of_another_version_is_refused() -> None:
    assert refusal(*signed({**EVENT, "api_version": "2024-06-20"})) == "stripe-event-of-another-version"


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        {**EVENT, "id": 7},
        {**EVENT, "object": "v2.core.event"},
        {key: value for key, value in EVENT.items() if key != "data"},
    ],
    ids=["empty", "torn", "list", "null", "deep", "number-id", "thin", "no-data"],
)
def test_a_signed_body_that_is_no_event_is_refused(event: Any) -> None:
    assert refusal(*signed(event)) == "stripe-event-malformed"


def test_a_body_that_is_not_even_utf8_is_refused() -> None:
    assert refusal(b"\xff\xfe", f"t={int(NOW.timestamp())},v1=00") == "stripe-signature-wrong"
