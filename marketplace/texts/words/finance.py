"""Words for codes that pages show: finance. Kind, then code, then the English sentence; its Japanese is in `locale`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "menu-finance": {
        "/finance": "Finance",
        "/finance/ledger": "Ledger",
    },
    "reconcile": {
        "matched": "Matched",
        "amount_differs": "Amount differs",
        "fee_differs": "Stripe’s fee differs",
        "missing_in_ledger": "Missing in the ledger",
        "missing_in_stripe": "Missing at Stripe",
        "timing": "A matter of time",
    },
    "fee-share": {
        "payable:source": "Source companies",
        "payable:unassigned": "Not allocated yet",
        "commission": "The operator’s commission",
        "revenue": "The operator’s revenue",
        "tax-output": "Consumption tax of the operator",
    },
    "fee-event": {
        "fee-accrued.v1": "Fee accrued",
        "fee-adjusted.v1": "Fee adjusted",
        "payment-settled.v1": "Payment received",
        "overpayment-received.v1": "Paid too much",
        "prepayment-applied.v1": "Prepayment used",
        "transfer-requested.v1": "Transfer asked for",
        "transfer-posted.v1": "Transfer made",
        "transfer-voided.v1": "Transfer not made",
        "return-determined.v1": "Return determined",
        "transfer-reversed.v1": "Transfer reversed",
        "refund-settled.v1": "Refund paid",
        "refund-failed.v1": "Refund came back",
        "dispute-opened.v1": "Payment disputed",
        "dispute-won.v1": "Dispute won",
        "dispute-lost.v1": "Dispute lost",
        "fee-written-off.v1": "Fee written off",
        "fee-recovered.v1": "Fee recovered",
        "shares-allocated.v1": "Shares allocated",
    },
}
