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
}
