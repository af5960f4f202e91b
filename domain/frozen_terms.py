"""The terms of one introduction, as frozen when it was requested (rule 6). Everything later reads them from here."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.company import RewardMode
from domain.ids import CompanyId


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the guarantee ladder (返戻金): leaving within so many months returns this part of the fee."""

    until_months: int
    return_bps: int


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the fault table: does the ladder apply to a leave of this code? Illness and the like are `excluded`."""

    code: str
    ladder_applies: bool


class TaxRate(msgspec.Struct, frozen=True, kw_only=True):
    """The consumption tax rate from a date on."""

    from_on: date
    rate_bps: int


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """What a source gets, as far as it could be known when terms froze; rule 8 decides again at disclosure and start."""

    source: CompanyId
    mode: RewardMode
    commission_rate_bps: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Fee base, rate, ladder, windows, split, reward modes, release policy and tax, as of the request."""

    terms_version: int
    fee_rate_bps: int
    ladder: tuple[Rung, ...]
    faults: tuple[Fault, ...]
    report_window_days: int
    challenge_window_business_days: int
    ownership_window_days: int
    prior_contact_days: int
    prior_contact_proof_business_days: int
    prior_contact_fee_bps: int
    hold_limit_days: int
    payment_due_days: int
    tax_rates: tuple[TaxRate, ...]
    rewards: tuple[Reward, ...]
    quote_from_yen: int
    quote_to_yen: int
