"""Rule 6: terms freeze when an introduction is requested."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain.company import RewardMode
from domain.frozen_terms import Fault, Reward, Rung, TaxRate
from domain.partnership import Partnership
from domain.policy import DEFAULT, Policy
from domain.rules.terms import SourceTerms, all_in_yen, fault_of, freeze, tax_rate_on
from tests.domain.share_examples import OTHER_SOURCE, SOURCE, refused, terms

ON = date(2027, 4, 1)
RATES = Partnership(source=SOURCE, fee_rate_bps=3_500, commission_rate_bps=2_000, valid_until=ON)


def frozen(*sources: SourceTerms, policy: Policy = DEFAULT, low: int = 4_000_000, high: int = 6_000_000) -> object:
    return freeze(policy, salary_from_yen=low, salary_to_yen=high, sources=sources, on=ON)


def test_the_default_terms_are_the_numbers_of_the_design() -> None:
    agreed = terms()
    assert agreed.fee_rate_bps == 3_000
    assert agreed.ladder == (
        Rung(until_months=1, return_bps=8_000),
        Rung(until_months=3, return_bps=5_000),
        Rung(until_months=6, return_bps=1_000),
    )
    assert (agreed.report_window_days, agreed.challenge_window_business_days) == (30, 5)
    assert (agreed.ownership_window_days, agreed.prior_contact_days) == (365, 180)
    assert (agreed.prior_contact_proof_business_days, agreed.hold_limit_days) == (5, 80)


def test_the_quote_is_all_in_with_tax_for_both_ends_of_the_salary_range() -> None:
    assert terms().quote_from_yen == 1_320_000
    assert terms().quote_to_yen == 1_980_000


@pytest.mark.parametrize(
    ("base_yen", "rate_bps", "tax_bps", "total_yen"),
    [
        (5_000_000, 3_500, 0, 1_750_000),
        (5_000_000, 3_500, 1_000, 1_925_000),
        (5_000_000, 2_275, 0, 1_137_500),
        (3_333_333, 3_000, 1_000, 1_099_998),
        (1, 3_000, 1_000, 0),
    ],
)
def test_a_fee_is_rounded_down_and_then_its_tax(base_yen: int, rate_bps: int, tax_bps: int, total_yen: int) -> None:
    assert all_in_yen(base_yen, rate_bps, tax_bps) == total_yen


def test_what_changes_later_does_not_touch_frozen_terms() -> None:
    before = terms()
    changed = replace(DEFAULT, fee_rate_bps=3_500, ladder=(), terms_version=2)
    after = frozen(policy=changed)
    assert before == terms()
    assert after != before


def test_a_partnership_sets_its_rates_to_its_last_day_and_no_longer() -> None:
    live = SourceTerms(source=SOURCE, mode=RewardMode.CASH, partnership=RATES)
    over = replace(live, partnership=replace(RATES, valid_until=date(2027, 3, 31)))
    agreed = freeze(DEFAULT, salary_from_yen=5_000_000, salary_to_yen=5_000_000, sources=[live], on=ON)
    assert (agreed.fee_rate_bps, agreed.quote_to_yen) == (3_500, 1_925_000)
    assert agreed.rewards == (Reward(source=SOURCE, mode=RewardMode.CASH, commission_rate_bps=2_000),)
    agreed = freeze(DEFAULT, salary_from_yen=5_000_000, salary_to_yen=5_000_000, sources=[over], on=ON)
    assert (agreed.fee_rate_bps, agreed.quote_to_yen) == (3_000, 1_650_000)
    assert agreed.rewards == (Reward(source=SOURCE, mode=RewardMode.CASH, commission_rate_bps=3_000),)


def test_the_first_source_sets_the_fee_rate_and_each_keeps_its_own_commission_and_reward() -> None:
    first = SourceTerms(source=SOURCE, mode=RewardMode.CREDIT)
    second = SourceTerms(source=OTHER_SOURCE, mode=RewardMode.CASH, partnership=RATES)
    agreed = freeze(DEFAULT, salary_from_yen=1, salary_to_yen=1, sources=[first, second], on=ON)
    assert agreed.fee_rate_bps == 3_000
    assert agreed.rewards == (
        Reward(source=SOURCE, mode=RewardMode.CREDIT, commission_rate_bps=3_000),
        Reward(source=OTHER_SOURCE, mode=RewardMode.CASH, commission_rate_bps=2_000),
    )


def test_a_source_named_twice_is_a_mistake() -> None:
    source = SourceTerms(source=SOURCE, mode=RewardMode.CASH)
    with pytest.raises(ValueError, match="named once"):
        frozen(source, source)


def test_there_is_no_quote_without_a_salary_range() -> None:
    for low, high in ((0, 1), (2, 1), (-5, -1)):
        with refused("salary-range-invalid"):
            frozen(low=low, high=high)


def test_the_tax_rate_is_the_one_in_force_on_the_day() -> None:
    rates = (TaxRate(from_on=date(2028, 4, 1), rate_bps=1_200), TaxRate(from_on=date(2019, 10, 1), rate_bps=1_000))
    agreed = replace(terms(), tax_rates=rates)
    assert tax_rate_on(agreed, date(2028, 3, 31)) == 1_000
    assert tax_rate_on(agreed, date(2028, 4, 1)) == 1_200
    with refused("no-tax-rate-for-day"):
        tax_rate_on(agreed, date(2019, 9, 30))


def test_a_fault_that_is_not_in_the_frozen_table_is_refused() -> None:
    assert fault_of(terms(), "excluded") == Fault(code="excluded", ladder_applies=False)
    with refused("fault-unknown"):
        fault_of(terms(), "illness")
