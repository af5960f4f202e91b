"""Where Stripe knocks: signed bytes are kept once and read by the worker; nothing is believed but the signature."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request

from api.policies import public
from api.route import ThisVisit, webhook
from api.visit import Visit
from marketplace.settlement import inbox


class Kept(msgspec.Struct, frozen=True):
    """2xx: it is kept and will be read; anything else, and Stripe sends it again."""

    received: bool = True


@webhook("/webhooks/stripe", policy=public)
def from_platform(visit: ThisVisit, request: Request[Any, Any, Any]) -> Kept:
    """What happens at the platform's own account."""
    return _keep(visit, request)


@webhook("/webhooks/stripe-connect", policy=public)
def from_connected(visit: ThisVisit, request: Request[Any, Any, Any]) -> Kept:
    """What happens at the accounts of sources."""
    return _keep(visit, request)


def _keep(visit: Visit, request: Request[Any, Any, Any]) -> Kept:
    house = visit.house
    signature = request.headers.get("stripe-signature")
    livemode = house.settings.payments() == "live"
    inbox.receive(house.database, visit.raw, signature, house.webhook_secrets, livemode=livemode)
    return Kept()


ROUTES = [from_platform, from_connected]
