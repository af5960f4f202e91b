"""Finance's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "operator"
PATHS = [
    "/finance",
    "/finance/checks",
    "/finance/documents",
    "/finance/ledger",
    "/finance/ledger?account=revenue",
    "/finance/ledger?introduction={introduction}",
    "/finance/ledger?period=2026-12&kind=fee-accrued.v1",
    "/finance/months",
    "/finance/months/2026-12",
    "/finance/reconciliations",
    "/finance/reconciliations?month=2026-11",
    "/finance/runs",
    "/finance/runs/{run}",
]
