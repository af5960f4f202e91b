"""A call to Stripe, described before it is made: built purely, frozen as bytes in an intent, sent later as it was.

Amounts are whole yen, which is what Stripe wants for JPY (a zero-decimal currency, docs.stripe.com/currencies).
Only ids, codes and numbers go in: `contract` refuses anything else on its way out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stripe.params import (
        AccountCreateParams,
        CustomerCreateParams,
        InvoiceAddLinesParams,
        InvoiceCreateParams,
        PayoutCreateParams,
        RefundCreateParams,
        TransferCreateParams,
        TransferReversalCreateParams,
    )

MethodName = Literal[
    "create_customer",
    "issue_invoice",
    "void_invoice",
    "open_account",
    "create_transfer",
    "reverse_transfer",
    "create_refund",
    "create_payout",
]
LineCode = Literal["referral-fee", "consumption-tax-10", "credit-applied", "prepayment-applied", "adjustment"]


class Call(msgspec.Struct, frozen=True):
    """One outgoing call. `target` is the object in the path, for calls that act on one."""

    method_name: MethodName
    params: dict[str, Any]
    idempotency_key: str
    target: str = ""


class Intent(msgspec.Struct, frozen=True):
    """Whose call it is; the key is made of both, so a new generation is a new key for the same intent."""

    id: UUID
    generation: int = 1

    @property
    def key(self) -> str:
        """The idempotency key: nothing random, so that a restart sends the same one."""
        return f"{self.id}:{self.generation}"


class InvoiceLine(msgspec.Struct, frozen=True):
    """One amount on the invoice; the tax is a line of its own because it is computed once per invoice, by us."""

    code: LineCode
    amount_yen: int


def freeze(call: Call) -> bytes:
    """The bytes an intent keeps; the same call always gives the same bytes."""
    return msgspec.json.encode(call, order="sorted")


def thaw(frozen: bytes) -> Call:
    """The call that was frozen."""
    return msgspec.json.decode(frozen, type=Call)


def regenerate(call: Call, intent: Intent) -> Call:
    """The same request under the key of a later generation, after two look-ups found nothing."""
    return msgspec.structs.replace(call, idempotency_key=intent.key)


def build_customer(intent: Intent, *, company_id: UUID) -> Call:
    """A hiring company at Stripe: named by its public id alone."""
    params: CustomerCreateParams = {
        "name": str(company_id),
        "metadata": {"company_id": str(company_id), "intent_id": str(intent.id)},
    }
    return Call("create_customer", dict(params), intent.key)


def build_invoice(
    intent: Intent,
    *,
    customer_id: str,
    fee_id: UUID,
    introduction_no: str,
    lines: Sequence[InvoiceLine],
    total_yen: int,
    days_until_due: int,
) -> Call:
    """An invoice to be paid by bank transfer: created, given its lines, checked against `total_yen`, finalized."""
    if sum(line.amount_yen for line in lines) != total_yen:
        message = f"the lines of {intent.id} do not add up to {total_yen}"
        raise ValueError(message)
    labels = {"intent_id": str(intent.id), "fee_id": str(fee_id), "introduction_no": introduction_no}
    create: InvoiceCreateParams = {
        "customer": customer_id,
        "currency": "jpy",
        "collection_method": "send_invoice",
        "days_until_due": days_until_due,
        "auto_advance": False,
        "pending_invoice_items_behavior": "exclude",
        "payment_settings": {
            "payment_method_types": ["customer_balance"],
            "payment_method_options": {
                "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
            },
        },
        "metadata": labels,
    }
    add: InvoiceAddLinesParams = {
        "lines": [{"amount": line.amount_yen, "description": line.code, "discountable": False} for line in lines]
    }
    steps = {"create": dict(create), "add_lines": dict(add), "finalize": {"auto_advance": False}}
    return Call("issue_invoice", {**steps, "total_yen": total_yen}, intent.key)


def build_void_invoice(intent: Intent, *, invoice_id: str) -> Call:
    """Take an unpaid invoice back."""
    return Call("void_invoice", {}, intent.key, invoice_id)


def build_account(intent: Intent, *, company_id: UUID) -> Call:
    """A connected account for a source, in Japan, able to receive transfers; Stripe itself asks it for its papers."""
    params: AccountCreateParams = {
        "country": "JP",
        "default_currency": "jpy",
        "business_type": "company",
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"company_id": str(company_id), "intent_id": str(intent.id)},
    }
    return Call("open_account", dict(params), intent.key)


def build_transfer(
    intent: Intent, *, amount_yen: int, account_id: str, fee_id: UUID, charge_id: str | None = None
) -> Call:
    """Platform to source. Bound to the charge it is paid from where there is one; grouped by the fee."""
    params: TransferCreateParams = {
        "amount": amount_yen,
        "currency": "jpy",
        "destination": account_id,
        "transfer_group": str(fee_id),
        "metadata": {"intent_id": str(intent.id), "fee_id": str(fee_id)},
    }
    if charge_id is not None:
        params["source_transaction"] = charge_id
    return Call("create_transfer", dict(params), intent.key)


def build_reversal(intent: Intent, *, transfer_id: str, amount_yen: int, fee_id: UUID) -> Call:
    """Source back to platform: the exact transfer it takes back is the target (rule 9)."""
    params: TransferReversalCreateParams = {
        "amount": amount_yen,
        "metadata": {"intent_id": str(intent.id), "fee_id": str(fee_id)},
    }
    return Call("reverse_transfer", dict(params), intent.key, transfer_id)


def build_refund(intent: Intent, *, charge_id: str, amount_yen: int, fee_id: UUID) -> Call:
    """Platform back to the hiring company. Leaves transfers untouched: those are reversed by their own call."""
    params: RefundCreateParams = {
        "charge": charge_id,
        "amount": amount_yen,
        "metadata": {"intent_id": str(intent.id), "fee_id": str(fee_id)},
    }
    return Call("create_refund", dict(params), intent.key)


def build_payout(intent: Intent, *, amount_yen: int) -> Call:
    """Stripe to the operator's own bank."""
    params: PayoutCreateParams = {
        "amount": amount_yen,
        "currency": "jpy",
        "metadata": {"intent_id": str(intent.id)},
    }
    return Call("create_payout", dict(params), intent.key)
