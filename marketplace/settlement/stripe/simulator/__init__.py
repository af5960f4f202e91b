"""SIMULATED PAYMENTS: Stripe without Stripe, behind the real SDK, for tests and the demo on loopback."""

from __future__ import annotations

from marketplace.settlement.stripe.simulator.transport import BANNER, SimulatedStripe
from marketplace.settlement.stripe.simulator.world import Endpoints, Pending, World

__all__ = ["BANNER", "Endpoints", "Pending", "SimulatedStripe", "World"]
