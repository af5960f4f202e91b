"""What Stripe tells us is only a reason to look: verify who says it and when, keep the id, fetch the object later.

The SDK checks the age of a signature against the machine's clock and lets the future pass, so the moment is checked
here, against our own clock, in both directions (docs.stripe.com/webhooks#verify-official-libraries).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from domain.refusal import Refused
from marketplace.settlement.stripe.wire import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TOLERANCE_SECONDS = 300


class Notification(msgspec.Struct, frozen=True):
    """Something changed at Stripe. `account` is empty for the platform itself."""

    event_id: str
    type: str
    object_id: str
    account: str


class _Object(msgspec.Struct):
    id: str = ""
    object: str = ""


class _Data(msgspec.Struct):
    object: _Object


class _Event(msgspec.Struct):
    """The part of an event that we read; the rest is fetched fresh."""

    id: str
    object: str
    type: str
    api_version: str | None
    livemode: bool
    data: _Data
    account: str | None = None


def verify(
    raw: bytes, header: str | None, secrets: Sequence[str], now: datetime, *, livemode: bool = False
) -> Notification:
    """Read a webhook that one of `secrets` signed within five minutes of `now`. Give the newest secret first.

    Raises Refused: stripe-signature-wrong, stripe-signature-too-old, stripe-signature-from-the-future,
    stripe-event-malformed, stripe-event-of-the-wrong-mode, stripe-event-of-another-version.
    """
    signed_at = _signed_at(raw, header, secrets)
    age_seconds = now.timestamp() - signed_at
    if age_seconds > TOLERANCE_SECONDS:
        raise Refused("stripe-signature-too-old")
    if age_seconds < -TOLERANCE_SECONDS:
        raise Refused("stripe-signature-from-the-future")
    return _read(raw, livemode=livemode)


def _signed_at(raw: bytes, header: str | None, secrets: Sequence[str]) -> int:
    """The moment in a header that fits the body under one of the secrets."""
    import stripe  # noqa: PLC0415  slow to import, and only the web process needs it

    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(raw, header, secret, tolerance=None)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        return next(int(part.split("=")[1]) for part in (header or "").split(",") if part.startswith("t="))
    raise Refused("stripe-signature-wrong")


def _read(raw: bytes, *, livemode: bool) -> Notification:
    try:
        event = msgspec.json.decode(raw, type=_Event)
    except (msgspec.DecodeError, RecursionError) as unreadable:
        raise Refused("stripe-event-malformed") from unreadable
    if event.object != "event" or not event.id:
        raise Refused("stripe-event-malformed")
    if event.livemode is not livemode:
        raise Refused("stripe-event-of-the-wrong-mode")
    if event.api_version != API_VERSION:
        raise Refused("stripe-event-of-another-version", api_version=str(event.api_version))
    # A balance or a cash balance has no id of its own; its kind is enough to know what to fetch.
    return Notification(event.id, event.type, event.data.object.id or event.data.object.object, event.account or "")
