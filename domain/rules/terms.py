"""Rule 6: terms freeze when an introduction is requested, and nothing that changes later touches them.

The quote is all-in, tax included, from the job's salary range, so that the company asks with the price before its
eyes (手数料表の明示, 職業安定法32条の13). Rates in basis points, amounts in integer yen, always rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from domain import money
from domain.company import RewardMode
from domain.frozen_terms import Fault, Reward, Terms
from domain.ids import CompanyId
from domain.partnership import INITIAL, Partnership
from domain.policy import Policy
from domain.refusal import Refused


class SourceTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One source that stands behind the person: its reward mode as rule 8 has it today, and what it agreed."""

    source: CompanyId
    mode: RewardMode
    partnership: Partnership = INITIAL


def freeze(
    policy: Policy, *, salary_from_yen: int, salary_to_yen: int, sources: Sequence[SourceTerms], on: date
) -> Terms:
    """The terms of an introduction requested on that JST date; `sources` in the order the person confirmed them.

    The fee rate is that of the first source's partnership, since it stands to earn the fee (rule 7), else the default;
    each source keeps the commission of its own partnership. Refuses `salary-range-invalid`, `no-tax-rate-for-day`.
    """
    if not 0 < salary_from_yen <= salary_to_yen: raise Refused("salary-range-invalid")
    if len({each.source for each in sources}) != len(sources): raise ValueError("a source is named once")
    fee_rate_bps = policy.fee_rate_bps
    if sources and sources[0].partnership.in_force(on): fee_rate_bps = sources[0].partnership.fee_rate_bps
    tax_bps = money.tax_rate_on(policy.tax_rates, on)
    return Terms(
        terms_version=policy.terms_version,
        fee_rate_bps=fee_rate_bps,
        ladder=policy.ladder,
        faults=policy.faults,
        report_window_days=policy.report_window_days,
        challenge_window_business_days=policy.challenge_window_business_days,
        ownership_window_days=policy.ownership_window_days,
        prior_contact_days=policy.prior_contact_days,
        prior_contact_proof_business_days=policy.prior_contact_proof_business_days,
        prior_contact_fee_bps=policy.prior_contact_fee_bps,
        hold_limit_days=policy.hold_limit_days,
        payment_due_days=policy.payment_due_days,
        tax_rates=policy.tax_rates,
        rewards=tuple(_reward(each, policy, on) for each in sources),
        quote_from_yen=all_in_yen(salary_from_yen, fee_rate_bps, tax_bps),
        quote_to_yen=all_in_yen(salary_to_yen, fee_rate_bps, tax_bps),
    )


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a hire costs on a base: fee, consumption tax, and both together."""

    base_yen: int
    fee_yen: int
    tax_yen: int

    @property
    def total_yen(self) -> int:
        """All in."""
        return self.fee_yen + self.tax_yen


def price(base_yen: int, fee_rate_bps: int, tax_rate_bps: int) -> Price:
    """The fee on a base with its consumption tax. 5,000,000 at 35 % and 10 % is 1,750,000 and 175,000."""
    fee_yen = money.portion(base_yen, fee_rate_bps)
    return Price(base_yen=base_yen, fee_yen=fee_yen, tax_yen=money.tax_on(fee_yen, tax_rate_bps))


def all_in_yen(base_yen: int, fee_rate_bps: int, tax_rate_bps: int) -> int:
    """The fee on a base with its consumption tax. 5,000,000 at 35 % and 10 % is 1,925,000."""
    return price(base_yen, fee_rate_bps, tax_rate_bps).total_yen


def tax_rate_on(terms: Terms, day: date) -> int:
    """The consumption tax rate, in basis points, that the frozen table gives for a business date.

    Refuses `no-tax-rate-for-day` before the table begins.
    """
    return money.tax_rate_on(terms.tax_rates, day)


def fault_of(terms: Terms, code: str) -> Fault:
    """The line of the frozen fault table. Refuses `fault-unknown`."""
    for fault in terms.faults:
        if fault.code == code: return fault
    raise Refused("fault-unknown", fault=code)


def _reward(source: SourceTerms, policy: Policy, on: date) -> Reward:
    agreed = source.partnership
    commission_bps = agreed.commission_rate_bps if agreed.in_force(on) else policy.commission_rate_bps
    return Reward(source=source.source, mode=source.mode, commission_rate_bps=commission_bps)
