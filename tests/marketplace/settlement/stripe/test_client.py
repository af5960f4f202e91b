"""The client: pinned, quiet, and careful with keys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from domain.refusal import Refused
from marketplace.settlement.stripe import wire
from marketplace.settlement.stripe.client import make_client


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_key_is_refused_until_it_is_allowed(key: str) -> None:
    with pytest.raises(Refused) as refused:
        make_client(key)
    assert refused.value.code == "stripe-live-key-refused"

    assert isinstance(make_client(key, live_allowed=True), stripe.StripeClient)


@pytest.mark.parametrize("key", ["", "pk_test_1", "whsec_1", "sk-test-1"])
def test_what_is_no_secret_key_is_refused(key: str) -> None:
    with pytest.raises(Refused) as refused:
        make_client(key)
    assert refused.value.code == "stripe-key-not-understood"


def test_the_version_we_pin_is_the_version_of_the_sdk() -> None:
    assert stripe.api_version == wire.API_VERSION == "2026-10-28.endive"


def test_telemetry_is_off() -> None:
    make_client("sk_test_simulated")
    assert stripe.enable_telemetry is False


def test_the_sdk_is_not_imported_until_a_client_is_made() -> None:
    code = (
        "import sys; from marketplace.settlement.stripe import calls, client, gateway, results, webhooks;"
        "assert 'stripe' not in sys.modules"
    )
    root = Path(wire.__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
