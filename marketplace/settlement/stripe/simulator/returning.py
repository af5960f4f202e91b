"""Refunds and disputes: how money goes back.

A bank transfer is refunded to a bank account, so a refund may wait for the customer or for funds, and may fail after it
left; what failed comes back as a movement of its own (docs.stripe.com/refunds). Stripe keeps its fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.settlement.stripe.simulator.collecting import whole
from marketplace.settlement.stripe.simulator.memory import Failure

if TYPE_CHECKING:
    from marketplace.settlement.stripe.simulator.memory import Body, Memory

DISPUTE_FEE_YEN = 1_500


def create_refund(memory: Memory, params: Body) -> Body:
    """POST /v1/refunds: succeeds at once unless a fault or an empty balance says otherwise."""
    charge = memory.get("charge", params.get("charge"))
    left = charge["amount"] - charge["amount_refunded"]
    amount = whole(params, "amount") if "amount" in params else left
    if left == 0:
        raise Failure(400, "charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
    if charge["disputed"]:
        raise Failure(400, "refund_disputed_payment", f"Charge {charge['id']} is disputed.")
    if amount > left:
        raise Failure(400, "amount_too_large", f"Refund amount ({amount}) is greater than unrefunded amount ({left}).")
    made: Body = {
        "id": memory.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": memory.now,
        "currency": "jpy",
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "status": "pending",
    }
    count_refunded(memory, charge["id"], amount)
    if memory.fault == "refund-requires-action":
        made["status"] = "requires_action"
    elif memory.fault == "balance-insufficient" or memory.balance_yen()[0] < amount:
        made["pending_reason"] = "insufficient_funds"
    else:
        take(memory, made)
        made["status"] = "pending" if memory.fault == "refund-pending" else "succeeded"
    memory.put("refund", made)
    memory.tell("refund.created", made)
    if memory.fault == "refund-fails":
        made = fail_refund(memory, made["id"])
    return made


def take(memory: Memory, refund: Body) -> None:
    """The money of a refund leaves the balance, once."""
    if refund["balance_transaction"] is None:
        refund["balance_transaction"] = memory.move("payment_refund", -refund["amount"], refund["id"])["id"]


def settle_refund(memory: Memory, refund_id: str) -> Body:
    """The customer's bank has the money."""
    refund = memory.get("refund", refund_id)
    take(memory, refund)
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    memory.put("refund", refund)
    memory.tell("refund.updated", refund)
    return refund


def fail_refund(memory: Memory, refund_id: str) -> Body:
    """The bank sent it back, or the customer never named an account."""
    refund = memory.get("refund", refund_id)
    if refund["balance_transaction"] is not None:
        back = memory.move("refund_failure", refund["amount"], refund_id)
        refund["failure_balance_transaction"] = back["id"]
    refund.update(status="failed", failure_reason="declined")
    count_refunded(memory, refund["charge"], -refund["amount"])
    memory.put("refund", refund)
    memory.tell("refund.failed", refund)
    return refund


def count_refunded(memory: Memory, charge_id: str, amount: int) -> None:
    """Keep the charge's own sum of refunds."""
    charge = memory.get("charge", charge_id)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    memory.put("charge", charge)


def open_dispute(memory: Memory, charge_id: str) -> Body:
    """The payer contests the charge: the amount and a fee are withheld."""
    charge = memory.get("charge", charge_id)
    dispute_id, amount = memory.new_id("dp"), charge["amount"]
    moved = memory.move("adjustment", -amount, dispute_id, fee_yen=DISPUTE_FEE_YEN, reporting_category="dispute")
    made = {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [moved],
        "charge": charge_id,
        "created": memory.now,
        "currency": "jpy",
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "general",
        "status": "needs_response",
    }
    memory.put("charge", {**charge, "disputed": True})
    memory.put("dispute", made)
    memory.tell("charge.dispute.created", made)
    memory.tell("charge.dispute.funds_withdrawn", made)
    return made


def close_dispute(memory: Memory, dispute_id: str, *, won: bool) -> Body:
    """The dispute is decided; when won, what was withheld comes back, the fee does not."""
    dispute = memory.get("dispute", dispute_id)
    dispute["status"] = "won" if won else "lost"
    if won:
        moved = memory.move("adjustment", dispute["amount"], dispute_id, reporting_category="dispute_reversal")
        dispute["balance_transactions"].append(moved)
        charge = memory.get("charge", dispute["charge"])
        memory.put("charge", {**charge, "disputed": False})
        memory.tell("charge.dispute.funds_reinstated", dispute)
    memory.put("dispute", dispute)
    memory.tell("charge.dispute.closed", dispute)
    return dispute
