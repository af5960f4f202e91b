"""Every projection there is, in the order in which the worker folds them."""

from __future__ import annotations

from typing import Any

from projections import (
    adjustments,
    applicant_pool,
    candidate_inbox,
    catalogue,
    directory,
    disputes,
    due,
    fees,
    glass,
    hire_bases,
    introduction_board,
    jobs,
    ledger,
    months,
    payout_ledger,
    placements,
    privacy_requests,
    provision_records,
    referral_board,
    seen_by,
    story,
    transfer_runs,
    transfers,
)
from projections.projection import Projection

EVERY: tuple[Projection[Any], ...] = (
    due.PROJECTION,
    directory.PROJECTION,
    jobs.PROJECTION,
    applicant_pool.PROJECTION,
    catalogue.PROJECTION,
    candidate_inbox.PROJECTION,
    introduction_board.PROJECTION,
    seen_by.PROJECTION,
    referral_board.PROJECTION,
    placements.PROJECTION,
    privacy_requests.PROJECTION,
    disputes.PROJECTION,
    glass.PROJECTION,
    hire_bases.PROJECTION,
    provision_records.PROJECTION,
    fees.PROJECTION,
    ledger.PROJECTION,
    payout_ledger.PROJECTION,
    transfers.PROJECTION,
    transfer_runs.PROJECTION,
    months.PROJECTION,
    adjustments.PROJECTION,
    story.PROJECTION,
)
BY_NAME = {projection.name: projection for projection in EVERY}
