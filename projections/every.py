"""Every projection there is, in the order in which the worker folds them."""

from __future__ import annotations

from typing import Any

from projections import (
    applicant_pool,
    candidate_inbox,
    catalogue,
    directory,
    due,
    fees,
    introduction_board,
    jobs,
    ledger,
    payout_ledger,
    placements,
    privacy_requests,
    provision_records,
    referral_board,
    seen_by,
    story,
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
    provision_records.PROJECTION,
    fees.PROJECTION,
    ledger.PROJECTION,
    payout_ledger.PROJECTION,
    story.PROJECTION,
)
BY_NAME = {projection.name: projection for projection in EVERY}
