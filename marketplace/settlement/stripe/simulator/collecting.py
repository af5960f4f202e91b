"""Customers, invoices and bank transfers: how money comes in.

An invoice is not paid in part: it waits until the customer's cash balance covers it, and what is over stays there.
Money is matched only on evidence: the number quoted, the exact amount, or that there is one open invoice alone
(docs.stripe.com/payments/customer-balance/reconciliation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.settlement.stripe.simulator.memory import DAY_SECONDS, SETTLES_AFTER_DAYS, Failure, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.settlement.stripe.simulator.memory import Body, Memory

FEE_PER_MILLE = 15
"""Stripe's fee for a bank transfer in Japan: 1.5 %."""


def whole(params: Body, name: str, *, least: int = 1) -> int:
    """A whole number of yen or of days from the form."""
    try:
        number = int(params[name])
    except KeyError as missing:
        raise invalid(f"Missing required param: {name}.", "parameter_missing") from missing
    except (TypeError, ValueError) as bad:
        raise invalid(f"Invalid integer: {name}", "parameter_invalid_integer") from bad
    if number < least:
        raise invalid(f"{name} must be at least {least}", "parameter_invalid_integer")
    return number


def create_customer(memory: Memory, params: Body) -> Body:
    """POST /v1/customers."""
    made = {
        "id": memory.new_id("cus"),
        "object": "customer",
        "created": memory.now,
        "currency": "jpy",
        "description": None,
        "email": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
    }
    memory.put("cash_balance", {"id": f"cash_{made['id']}", "customer": made["id"], "available_yen": 0})
    memory.put("customer", made)
    memory.tell("customer.created", made)
    return made


def create_invoice(memory: Memory, params: Body) -> Body:
    """POST /v1/invoices: a draft without lines."""
    memory.get("customer", params.get("customer"))
    if params.get("collection_method") != "send_invoice":
        raise invalid("The simulator collects by send_invoice alone.")
    due_at = memory.now + whole(params, "days_until_due", least=0) * DAY_SECONDS
    made = {
        "id": memory.new_id("in"),
        "object": "invoice",
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": 0,
        "auto_advance": False,
        "billing_reason": "manual",
        "collection_method": "send_invoice",
        "created": memory.now,
        "currency": "jpy",
        "customer": params["customer"],
        "due_date": due_at,
        "hosted_invoice_url": None,
        "lines": {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/lines"},
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "number": None,
        "payment_settings": params.get("payment_settings", {}),
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": 0,
        "total": 0,
    }
    memory.put("invoice", made)
    memory.tell("invoice.created", made)
    return made


def add_lines(memory: Memory, params: Body, invoice_id: str) -> Body:
    """POST /v1/invoices/:id/add_lines."""
    invoice = _in_status(memory, invoice_id, "draft")
    for line in params.get("lines", []):
        invoice["lines"]["data"].append(
            {
                "id": memory.new_id("il"),
                "object": "line_item",
                "amount": whole(line, "amount", least=-(10**12)),
                "currency": "jpy",
                "description": line.get("description"),
                "invoice": invoice_id,
                "livemode": False,
                "metadata": line.get("metadata", {}),
            }
        )
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    if total < 0:
        raise invalid("The total of an invoice may not be negative.")
    invoice.update(total=total, subtotal=total, amount_due=total, amount_remaining=total)
    return memory.put("invoice", invoice)


def finalize_invoice(memory: Memory, _params: Body, invoice_id: str) -> Body:
    """POST /v1/invoices/:id/finalize: number it, and wait for the money; nothing owed is paid at once."""
    invoice = _in_status(memory, invoice_id, "draft")
    invoice.update(status="open", number=f"SIM-{memory.next_number():08d}")
    invoice["status_transitions"]["finalized_at"] = memory.now
    memory.put("invoice", invoice)
    memory.tell("invoice.finalized", invoice)
    if invoice["total"] == 0:
        return _mark_paid(memory, invoice)
    intent = {
        "id": memory.new_id("pi"),
        "object": "payment_intent",
        "amount": invoice["total"],
        "amount_received": 0,
        "created": memory.now,
        "currency": "jpy",
        "customer": invoice["customer"],
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "payment_method_types": ["customer_balance"],
        "status": "requires_action",
    }
    payment = {
        "id": memory.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["total"],
        "created": memory.now,
        "currency": "jpy",
        "invoice": invoice_id,
        "is_default": True,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    memory.put("payment_intent", intent)
    memory.put("invoice_payment", payment)
    match_cash(memory, invoice["customer"])
    return memory.get("invoice", invoice_id)


def void_invoice(memory: Memory, _params: Body, invoice_id: str) -> Body:
    """POST /v1/invoices/:id/void: only while nobody has paid."""
    invoice = _in_status(memory, invoice_id, "open")
    invoice.update(status="void", amount_remaining=0)
    invoice["status_transitions"]["voided_at"] = memory.now
    for payment in memory.all("invoice_payment", invoice=invoice_id):
        memory.put("invoice_payment", {**payment, "status": "canceled"})
        intent = memory.get("payment_intent", payment["payment"]["payment_intent"])
        memory.put("payment_intent", {**intent, "status": "canceled", "canceled_at": memory.now})
    memory.put("invoice", invoice)
    memory.tell("invoice.voided", invoice)
    return invoice


def fund_cash_balance(memory: Memory, params: Body, customer_id: str) -> Body:
    """POST /v1/test_helpers/customers/:id/fund_cash_balance: the customer's bank sends money."""
    customer = memory.get("customer", customer_id)
    made = _cash_moved(memory, customer["id"], whole(params, "amount"), "funded")
    match_cash(memory, customer_id, str(params.get("reference", "")))
    return made


def match_cash(memory: Memory, customer_id: str, reference: str = "") -> None:
    """Pay open invoices from the cash balance, as long as the evidence names one."""
    while True:
        open_ones = memory.all("invoice", customer=customer_id, status="open")
        available = memory.get("cash_balance", f"cash_{customer_id}")["available_yen"]
        named = _named(open_ones, available, reference)
        if named is None:
            return
        _pay(memory, named)


def _named(open_ones: Sequence[Body], available: int, reference: str) -> Body | None:
    """The one open invoice that the money is for, if it covers it."""
    quoted = [invoice for invoice in open_ones if invoice["number"] == reference]
    exact = [invoice for invoice in open_ones if invoice["amount_remaining"] == available]
    for group in (quoted, exact, open_ones):
        if len(group) == 1 and group[0]["amount_remaining"] <= available:
            return group[0]
    return None


def _pay(memory: Memory, invoice: Body) -> None:
    """The cash balance pays the invoice: payment intent, charge, movement, invoice payment, invoice."""
    total = invoice["amount_remaining"]
    _cash_moved(memory, invoice["customer"], -total, "applied_to_payment")
    payment = memory.all("invoice_payment", invoice=invoice["id"], status="open")[0]
    intent = memory.get("payment_intent", payment["payment"]["payment_intent"])
    charge = _charge(memory, intent)
    intent.update(status="succeeded", amount_received=total, latest_charge=charge["id"])
    memory.put("payment_intent", intent)
    payment.update(status="paid", amount_paid=total)
    payment["status_transitions"]["paid_at"] = memory.now
    memory.put("invoice_payment", payment)
    memory.tell("payment_intent.succeeded", intent)
    memory.tell("charge.succeeded", charge)
    memory.tell("invoice_payment.paid", payment)
    _mark_paid(memory, invoice)


def _charge(memory: Memory, intent: Body) -> Body:
    charge_id, total = memory.new_id("py"), intent["amount"]
    moved = memory.move(
        "payment",
        total,
        charge_id,
        fee_yen=total * FEE_PER_MILLE // 1000,
        available_on=memory.now + SETTLES_AFTER_DAYS * DAY_SECONDS,
    )
    return memory.put(
        "charge",
        {
            "id": charge_id,
            "object": "charge",
            "amount": total,
            "amount_captured": total,
            "amount_refunded": 0,
            "balance_transaction": moved["id"],
            "captured": True,
            "created": memory.now,
            "currency": "jpy",
            "customer": intent["customer"],
            "disputed": False,
            "livemode": False,
            "metadata": {},
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method_details": {"type": "customer_balance", "customer_balance": {}},
            "refunded": False,
            "status": "succeeded",
            "transfer_group": None,
        },
    )


def _mark_paid(memory: Memory, invoice: Body) -> Body:
    invoice.update(status="paid", amount_paid=invoice["total"], amount_remaining=0)
    invoice["status_transitions"]["paid_at"] = memory.now
    memory.put("invoice", invoice)
    memory.tell("invoice.paid", invoice)
    return invoice


def _cash_moved(memory: Memory, customer_id: str, amount_yen: int, kind: str) -> Body:
    """Change a customer's cash balance, which is not yet the platform's money."""
    cash = memory.get("cash_balance", f"cash_{customer_id}")
    cash["available_yen"] += amount_yen
    memory.put("cash_balance", cash)
    made = {
        "id": memory.new_id("ccsbtxn"),
        "object": "customer_cash_balance_transaction",
        "created": memory.now,
        "currency": "jpy",
        "customer": customer_id,
        "ending_balance": cash["available_yen"],
        "livemode": False,
        "net_amount": amount_yen,
        "type": kind,
    }
    memory.put("customer_cash_balance_transaction", made)
    memory.tell("customer_cash_balance_transaction.created", made)
    return made


def _in_status(memory: Memory, invoice_id: str, status: str) -> Body:
    invoice = memory.get("invoice", invoice_id)
    if invoice["status"] != status:
        raise Failure(400, "invoice_not_editable", f"The invoice is {invoice['status']}, not {status}.")
    return invoice
