"""The real `stripe.StripeClient`: telemetry off, retries explicit, every request through the contract.

The SDK takes most of a second to import, so it is imported when a client is made, not when the CLI starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.refusal import Refused
from marketplace.settlement.stripe.wire import API_VERSION

if TYPE_CHECKING:
    import stripe

NETWORK_TIMEOUT_SECONDS = 20
SIMULATED_KEY = "sk_test_simulated"
"""The key a client over the simulator uses; Stripe itself would not know it."""


def make_client(
    secret_key: str, transport: stripe.HTTPClient | None = None, *, retries: int = 2, live_allowed: bool = False
) -> stripe.StripeClient:
    """Make a client over `transport`, or over the network when there is none.

    `retries` are those of the SDK inside one call, with the same key; a worker that keeps its own count gives 0.
    Raises Refused("stripe-key-not-understood"), Refused("stripe-live-key-refused").
    """
    if secret_key.startswith(("sk_live_", "rk_live_")):
        if not live_allowed:
            raise Refused("stripe-live-key-refused")
    elif not secret_key.startswith(("sk_test_", "rk_test_")):
        raise Refused("stripe-key-not-understood")

    import stripe  # noqa: PLC0415  see the module's docstring

    from marketplace.settlement.stripe.contract import ContractTransport  # noqa: PLC0415

    stripe.enable_telemetry = False
    inside = transport or stripe.RequestsClient(timeout=NETWORK_TIMEOUT_SECONDS)
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        http_client=ContractTransport(inside),
        max_network_retries=retries,
    )
