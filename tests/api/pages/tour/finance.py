"""Finance's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "operator"
PATHS = [
    "/finance",
    "/finance/ledger",
    "/finance/ledger?account=revenue",
    "/finance/ledger?introduction={introduction}",
]
