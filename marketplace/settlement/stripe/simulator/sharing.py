"""Connected accounts, transfers, reversals and payouts: how money moves on.

A transfer bound to a charge succeeds while the charge is still pending, and settles with it; together they never exceed
it. A reversal needs the money to be there still. Refunding a charge does not touch transfers
(docs.stripe.com/connect/separate-charges-and-transfers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.settlement.stripe.simulator.collecting import whole
from marketplace.settlement.stripe.simulator.memory import DAY_SECONDS, PLATFORM, Failure, invalid

if TYPE_CHECKING:
    from marketplace.settlement.stripe.simulator.memory import Body, Memory

ARRIVES_AFTER_DAYS = 2


def create_account(memory: Memory, params: Body) -> Body:
    """POST /v1/accounts: inactive until its owner has given Stripe the papers (`World.complete_onboarding`)."""
    if params.get("country") != "JP":
        raise invalid("A platform in Japan connects accounts in Japan alone.", "country_unsupported")
    made = {
        "id": memory.new_id("acct"),
        "object": "account",
        "business_type": params.get("business_type"),
        "capabilities": {"transfers": "inactive"},
        "charges_enabled": False,
        "controller": params.get("controller", {}),
        "country": "JP",
        "created": memory.now,
        "default_currency": "jpy",
        "details_submitted": False,
        "email": None,
        "metadata": params.get("metadata", {}),
        "payouts_enabled": False,
        "type": "none",
    }
    return memory.put("account", made)


def create_transfer(memory: Memory, params: Body) -> Body:
    """POST /v1/transfers."""
    amount = whole(params, "amount")
    account = memory.get("account", params.get("destination"))
    if params.get("currency") != "jpy":
        raise invalid("The simulator holds yen alone.", "invalid_currency")
    if memory.fault == "capability-off" or account["capabilities"]["transfers"] != "active":
        raise Failure(400, "transfers_not_allowed", "The destination account may not receive transfers.")
    available_on = _source_settles_on(memory, params, amount)
    transfer_id, payment_id = memory.new_id("tr"), memory.new_id("py")
    sent = memory.move("transfer", -amount, transfer_id, available_on=available_on)
    got = memory.move("payment", amount, payment_id, account=account["id"], available_on=available_on)
    payment = {"id": payment_id, "object": "charge", "amount": amount, "amount_refunded": 0, "currency": "jpy"}
    moments = {"balance_transaction": got["id"], "created": memory.now, "source_transfer": transfer_id}
    memory.put("charge", {**payment, **moments, "livemode": False, "status": "succeeded"}, account["id"])
    made = {
        "id": transfer_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": sent["id"],
        "created": memory.now,
        "currency": "jpy",
        "description": None,
        "destination": account["id"],
        "destination_payment": payment_id,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "reversals": {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{transfer_id}/reversals"},
        "reversed": False,
        "source_transaction": params.get("source_transaction"),
        "source_type": "card",
        "transfer_group": params.get("transfer_group"),
    }
    memory.put("transfer", made)
    memory.tell("transfer.created", made)
    return made


def _source_settles_on(memory: Memory, params: Body, amount: int) -> int:
    """When the money of a transfer becomes available; refuses what the charge or the balance does not cover."""
    if memory.fault == "balance-insufficient":
        raise _insufficient()
    charge_id = params.get("source_transaction")
    if charge_id is None:
        if memory.balance_yen()[0] < amount:
            raise _insufficient()
        return memory.now
    charge = memory.get("charge", charge_id)
    sent = sum(transfer["amount"] for transfer in memory.all("transfer", source_transaction=charge_id))
    if sent + amount > charge["amount"]:
        raise Failure(400, "amount_too_large", f"Transfers from {charge_id} may not exceed its {charge['amount']} yen.")
    settles_on: int = memory.get("balance_transaction", charge["balance_transaction"])["available_on"]
    return max(settles_on, memory.now)


def reverse_transfer(memory: Memory, params: Body, transfer_id: str) -> Body:
    """POST /v1/transfers/:id/reversals: all of it unless an amount is named."""
    transfer = memory.get("transfer", transfer_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = whole(params, "amount") if "amount" in params else left
    if amount > left or left == 0:
        raise Failure(400, "amount_too_large", f"{transfer_id} has {left} yen left to reverse.")
    account = transfer["destination"]
    if memory.fault == "balance-insufficient" or sum(memory.balance_yen(account)) < amount:
        raise _insufficient()
    reversal_id = memory.new_id("trr")
    settles_on = memory.get("balance_transaction", transfer["balance_transaction"])["available_on"]
    back = memory.move("transfer_refund", amount, reversal_id, available_on=settles_on)
    memory.move("payment_refund", -amount, transfer["destination_payment"], account=account, available_on=settles_on)
    made = {
        "id": reversal_id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": back["id"],
        "created": memory.now,
        "currency": "jpy",
        "metadata": params.get("metadata", {}),
        "transfer": transfer_id,
    }
    memory.put("transfer_reversal", made)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    memory.put("transfer", transfer)
    memory.tell("transfer.reversed", transfer)
    return made


def create_payout(memory: Memory, params: Body) -> Body:
    """POST /v1/payouts, of the platform to its own bank."""
    amount = whole(params, "amount")
    if memory.fault == "balance-insufficient" or memory.balance_yen()[0] < amount:
        raise _insufficient()
    return pay_out(memory, amount, PLATFORM, params.get("metadata", {}), automatic=False)


def pay_out(memory: Memory, amount: int, account: str, labels: Body, *, automatic: bool) -> Body:
    """Take money out of a balance and put it on its way to a bank."""
    payout_id = memory.new_id("po")
    moved = memory.move("payout", -amount, payout_id, account=account)
    made = {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "arrival_date": memory.now + ARRIVES_AFTER_DAYS * DAY_SECONDS,
        "automatic": automatic,
        "balance_transaction": moved["id"],
        "created": memory.now,
        "currency": "jpy",
        "failure_balance_transaction": None,
        "failure_code": None,
        "livemode": False,
        "metadata": labels,
        "method": "standard",
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
    }
    memory.put("payout", made, account)
    memory.tell("payout.created", made, account)
    return made


def _insufficient() -> Failure:
    return Failure(400, "balance_insufficient", "You have insufficient funds in your Stripe account.")
