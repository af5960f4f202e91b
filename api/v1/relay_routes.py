"""The routes of the introduction's side, from the search to the payout."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from api.v1 import (
    accounts,
    asks,
    catalogue,
    checks,
    disclosures,
    fees,
    hires,
    introductions,
    leaves,
    ledger,
    months,
    payout_ledger,
    prior_contacts,
    provision_records,
    reconciliations,
    stages,
    stories,
    transfer_runs,
)

ROUTES: list[ControllerRouterHandler] = [
    *catalogue.ROUTES,
    *checks.ROUTES,
    *introductions.ROUTES,
    *asks.ROUTES,
    *disclosures.ROUTES,
    *stages.ROUTES,
    *prior_contacts.ROUTES,
    *hires.ROUTES,
    *leaves.ROUTES,
    *fees.ROUTES,
    *ledger.ROUTES,
    *months.ROUTES,
    *payout_ledger.ROUTES,
    *accounts.ROUTES,
    *reconciliations.ROUTES,
    *provision_records.ROUTES,
    *stories.ROUTES,
    *transfer_runs.ROUTES,
]
