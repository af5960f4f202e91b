"""The default numbers in force (DESIGN: default numbers), as one value with a version that stands beside every event."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.frozen_terms import Fault, Rung, TaxRate


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's numbers. Terms copy what they need when they freeze (rule 6)."""

    version: int = 1
    answer_days: int = 7
    undo_minutes: int = 10
    cooling_off_days: int = 90
    decent_from_hour: int = 9
    decent_until_hour: int = 20
    listing_days: int = 180
    card_stale_days: int = 90
    ownership_window_days: int = 365
    fee_rate_bps: int = 3_000
    commission_rate_bps: int = 3_000
    ladder: tuple[Rung, ...] = (
        Rung(until_months=1, return_bps=8_000),
        Rung(until_months=3, return_bps=5_000),
        Rung(until_months=6, return_bps=1_000),
    )
    faults: tuple[Fault, ...] = (
        Fault(code="own-wish", ladder_applies=True),
        Fault(code="dismissed-for-cause", ladder_applies=True),
        Fault(code="employer-breach", ladder_applies=False),
        Fault(code="redundancy", ladder_applies=False),
        Fault(code="excluded", ladder_applies=False),
    )
    report_window_days: int = 30
    challenge_window_business_days: int = 5
    hold_limit_days: int = 80
    payment_due_days: int = 30
    prior_contact_days: int = 180
    prior_contact_proof_business_days: int = 5
    prior_contact_fee_bps: int = 0
    open_asks_at_once: int = 5
    no_solicitation_years: int = 2
    silence_business_days: int = 10
    silence_grace_business_days: int = 5
    deletion_business_days: int = 10
    provision_record_years: int = 3
    seeker_record_years: int = 2
    credit_expires_days: int = 365
    payout_change_hold_days: int = 7
    tax_rates: tuple[TaxRate, ...] = (TaxRate(from_on=date(2019, 10, 1), rate_bps=1_000),)
    terms_version: int = 1


DEFAULT = Policy()
