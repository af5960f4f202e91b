"""A platform with a customer and a source, over the simulator and the real SDK: what these tests talk to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import stripe

from marketplace import clock
from marketplace.settlement.stripe import calls, gateway, results
from marketplace.settlement.stripe.calls import Call, Intent, InvoiceLine
from marketplace.settlement.stripe.simulator import Endpoints, World

HIRING = UUID("00000000-0000-4000-8000-00000000000a")
SOURCE = UUID("00000000-0000-4000-8000-00000000000b")
FEE = UUID("00000000-0000-4000-8000-00000000000f")


class Recorder(stripe.HTTPClient):
    """Passes every request on and keeps what went over the wire."""

    name = "recorder"

    def __init__(self, inside: stripe.HTTPClient) -> None:
        super().__init__()
        self.inside = inside
        self.seen: list[tuple[str, str, str, Mapping[str, str]]] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | bytes | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        self.seen.append((method, url, str(post_data or ""), headers or {}))
        return self.inside.request(method, url, headers, post_data)

    def close(self) -> None:
        self.inside.close()  # type: ignore[no-untyped-call]


@dataclass
class Platform:
    """What the tests talk to."""

    client: stripe.StripeClient
    world: World
    wire: Recorder
    owner_url: str
    intents: int = 0
    fee_id: UUID = FEE
    endpoints: Endpoints = field(
        default_factory=lambda: Endpoints("/hooks/platform", "whsec_platform", "/hooks/connect", "whsec_connect")
    )

    def intent(self) -> Intent:
        self.intents += 1
        return Intent(UUID(int=self.intents))

    def done(self, call: Call) -> Any:
        outcome = gateway.send(self.client, call)
        assert isinstance(outcome, results.Done), outcome
        return outcome.result

    def customer(self) -> str:
        made = self.done(calls.build_customer(self.intent(), company_id=HIRING))
        assert isinstance(made, results.Customer)
        return made.customer_id

    def invoice_call(self, customer_id: str, fee_yen: int = 1_000_000, tax_yen: int = 100_000) -> Call:
        return calls.build_invoice(
            self.intent(),
            customer_id=customer_id,
            fee_id=self.fee_id,
            introduction_no="CR-2027-000123",
            lines=[InvoiceLine("referral-fee", fee_yen), InvoiceLine("consumption-tax-10", tax_yen)],
            total_yen=fee_yen + tax_yen,
            days_until_due=30,
        )

    def invoice(self, customer_id: str, fee_yen: int = 1_000_000, tax_yen: int = 100_000) -> results.Invoice:
        made = self.done(self.invoice_call(customer_id, fee_yen, tax_yen))
        assert isinstance(made, results.Invoice)
        return made

    def charge(self, fee_yen: int = 1_000_000, tax_yen: int = 100_000) -> str:
        """A customer, an invoice, and the money for it."""
        customer_id = self.customer()
        invoice = self.invoice(customer_id, fee_yen, tax_yen)
        self.world.customer_pays(customer_id, fee_yen + tax_yen, invoice.number)
        return gateway.get_invoice(self.client, invoice.invoice_id).payments[0].charge_id

    def account(self) -> str:
        """A source whose capability is active."""
        made = self.done(calls.build_account(self.intent(), company_id=SOURCE))
        assert isinstance(made, results.Account)
        self.world.complete_onboarding(made.account_id)
        return made.account_id

    def transfer_call(self, account_id: str, charge_id: str | None, amount_yen: int = 770_000) -> Call:
        return calls.build_transfer(
            self.intent(), amount_yen=amount_yen, account_id=account_id, fee_id=self.fee_id, charge_id=charge_id
        )

    def transfer(self, account_id: str, charge_id: str | None, amount_yen: int = 770_000) -> results.Transfer:
        made = self.done(self.transfer_call(account_id, charge_id, amount_yen))
        assert isinstance(made, results.Transfer)
        return made

    def refund_call(self, charge_id: str, amount_yen: int) -> Call:
        return calls.build_refund(self.intent(), charge_id=charge_id, amount_yen=amount_yen, fee_id=self.fee_id)

    def reversal_call(self, transfer_id: str, amount_yen: int) -> Call:
        return calls.build_reversal(self.intent(), transfer_id=transfer_id, amount_yen=amount_yen, fee_id=self.fee_id)

    def later(self, **by: float) -> None:
        """Move the clock."""
        with psycopg.connect(self.owner_url) as owner:
            clock.move_to(owner, clock.now(owner) + timedelta(**by))

    def now(self) -> datetime:
        with psycopg.connect(self.owner_url) as owner:
            return clock.now(owner)
