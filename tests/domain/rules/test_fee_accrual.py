from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import fee as fees
from domain.company import RewardMode
from domain.fee import FeeAdjusted, Model
from domain.hire import Share
from domain.ids import CompanyId
from domain.rules import fee_accrual
from tests.domain.money_examples import (
    CASH,
    HALVES,
    LEFT_ON,
    OTHER,
    PAID_ON,
    SOLE,
    SOURCE,
    accrual,
    collected,
    facts,
    fee_after,
    further,
    paid,
    refused,
    returned,
    terms,
    transferred,
)

MIXED = {SOURCE: RewardMode.CASH, OTHER: RewardMode.CREDIT}
MODES = st.sampled_from(list(RewardMode))


def amounts(accrued: fees.FeeAccrued) -> list[tuple[CompanyId, str, int]]:
    return [(leg.source, leg.mode.value, leg.amount_yen) for leg in accrued.legs]


def test_a_source_paid_in_cash_makes_it_the_agent_model() -> None:
    accrued = accrual()
    assert accrued.model is Model.AGENT
    assert (accrued.fee_yen, accrued.tax_yen, accrued.total_yen) == (1_000_000, 100_000, 1_100_000)
    assert (accrued.commission_yen, accrued.commission_tax_yen) == (300_000, 30_000)
    assert amounts(accrued) == [(SOURCE, "cash", 770_000)]


def test_the_dates_come_from_the_frozen_terms() -> None:
    accrued = accrual()
    assert accrued.effective_on == date(2027, 4, 1)
    assert accrued.due_on == date(2027, 5, 1)
    assert accrued.guarantee_ends_on == date(2027, 9, 30)
    assert accrued.release_on == date(2027, 10, 31)


@pytest.mark.parametrize("mode", [RewardMode.CREDIT, RewardMode.SLOT, RewardMode.NONE])
def test_without_a_cash_leg_the_whole_fee_is_ours(mode: RewardMode) -> None:
    accrued = accrual(modes={SOURCE: mode})
    assert accrued.model is Model.PRINCIPAL
    assert (accrued.commission_yen, accrued.commission_tax_yen) == (1_000_000, 100_000)
    assert amounts(accrued) == [(SOURCE, mode.value, 770_000 if mode is RewardMode.CREDIT else 0)]


def test_of_two_sources_only_the_cash_one_is_payable_and_the_other_part_is_ours() -> None:
    accrued = accrual(modes=MIXED, shares=HALVES)
    assert accrued.model is Model.AGENT
    assert amounts(accrued) == [(SOURCE, "cash", 385_000), (OTHER, "credit", 385_000)]
    assert (accrued.commission_yen, accrued.commission_tax_yen) == (650_000, 65_000)


def test_a_hire_on_a_slot_costs_nothing_and_earns_nobody_anything() -> None:
    accrued = fee_accrual.accrue(fees.INITIAL, facts(on_slot=True), terms(), CASH)
    assert (accrued.total_yen, accrued.legs, accrued.release_on) == (0, (), None)


def test_prior_contact_reduces_the_fee_by_what_was_decided() -> None:
    assert fee_accrual.accrue(fees.INITIAL, facts(fee_bps=5_000), terms(), CASH).total_yen == 550_000
    assert fee_accrual.accrue(fees.INITIAL, facts(fee_bps=0), terms(), CASH).total_yen == 0


def test_a_fee_accrues_once() -> None:
    with refused("fee-already-accrued"): fee_accrual.accrue(fee_after(accrual()), facts(), terms(), CASH)


def test_a_source_that_the_terms_do_not_know_earns_nothing() -> None:
    stranger = CompanyId(UUID(int=77))
    shares = (Share(source=stranger, share_bps=10_000),)
    with refused("source-not-in-terms"):
        fee_accrual.accrue(fees.INITIAL, facts(shares=shares), terms(), {stranger: RewardMode.CASH})


def test_what_nobody_has_earned_yet_is_set_aside_and_allocated_later() -> None:
    fee = fee_after(accrual(shares=None))
    assert fee.unassigned_yen == 770_000
    fee = further(fee, [fee_accrual.allocate_shares(fee, HALVES, terms(), CASH, on=LEFT_ON)])
    assert fee.unassigned_yen == 0
    assert (fee.parts[SOURCE].payable_yen, fee.parts[OTHER].payable_yen) == (385_000, 385_000)
    with refused("nothing-unassigned"): fee_accrual.allocate_shares(fee, SOLE, terms(), CASH, on=LEFT_ON)


def test_an_adjustment_after_the_allocation_reverses_the_accrual_as_allocated() -> None:
    fee = fee_after(accrual(shares=None))
    fee = further(fee, [fee_accrual.allocate_shares(fee, SOLE, terms(), CASH, on=LEFT_ON)])
    adjusted = fee_accrual.adjust(fee, facts(base_yen=4_500_000), terms(), CASH, on=LEFT_ON)
    assert (adjusted.old.unassigned_yen, amounts(adjusted.old)) == (0, [(SOURCE, "cash", 770_000)])


def test_a_return_before_the_allocation_is_borne_by_whoever_earned_it() -> None:
    fee = paid(fee_after(accrual(shares=None)))
    fee = further(fee, returned(fee))
    assert (fee.unassigned_yen, fee.refund_payable_yen) == (385_000, 550_000)
    fee = further(fee, [fee_accrual.allocate_shares(fee, SOLE, terms(), CASH, on=LEFT_ON)])
    assert fee.parts[SOURCE].payable_yen == 385_000


def test_odd_yen_of_an_allocation_after_a_return_are_the_platforms() -> None:
    fee = fee_after(accrual(shares=None, base_yen=5_000_055))
    fee = further(fee, returned(fee))
    thirds = (Share(source=SOURCE, share_bps=3_333), Share(source=OTHER, share_bps=6_667))
    allocated = fee_accrual.allocate_shares(fee, thirds, terms(), CASH, on=LEFT_ON)
    assert sum(leg.amount_yen for leg in allocated.legs) == fee.unassigned_yen + allocated.rounding_yen
    assert allocated.rounding_yen in (0, 1)
    further(fee, [allocated])


def test_an_allocation_that_would_change_the_accrual_is_an_adjustment() -> None:
    fee = fee_after(accrual(shares=None, modes=MIXED))
    with refused("allocation-needs-adjustment"): fee_accrual.allocate_shares(fee, HALVES, terms(), MIXED, on=LEFT_ON)
    with refused("allocation-needs-adjustment"): fee_accrual.allocate_shares(fee, (), terms(), MIXED, on=LEFT_ON)
    adjusted = fee_accrual.adjust(fee, facts(shares=HALVES), terms(), MIXED, on=LEFT_ON)
    assert further(fee, [adjusted]).parts[SOURCE].payable_yen == 385_000


def test_a_lower_fee_turns_what_was_paid_too_much_into_prepayment() -> None:
    fee = collected()
    adjusted = fee_accrual.adjust(fee, facts(base_yen=4_500_000), terms(), CASH, on=LEFT_ON)
    assert adjusted.excess_yen == 110_000
    fee = further(fee, [adjusted])
    assert (fee.open_yen, fee.kept_yen, fee.prepayment_yen) == (0, 990_000, 110_000)
    assert fee.parts[SOURCE].payable_yen == 693_000


def test_a_higher_fee_is_open_again_and_has_to_be_released_anew() -> None:
    fee = further(collected(), [adjusted_up()])
    assert (fee.open_yen, fee.collected_on, fee.release_on) == (110_000, None, None)


def adjusted_up() -> FeeAdjusted:
    return fee_accrual.adjust(collected(), facts(base_yen=5_500_000), terms(), CASH, on=PAID_ON)


def test_a_fee_that_was_sent_on_or_returned_is_not_accrued_anew() -> None:
    for fee in (transferred(), further(collected(), returned(collected()))):
        with refused("adjustment-too-late"): fee_accrual.adjust(fee, facts(base_yen=1), terms(), CASH, on=LEFT_ON)
    with refused("adjustment-changes-nothing"):
        fee_accrual.adjust(collected(), facts(), terms(), CASH, on=LEFT_ON)


@given(st.integers(min_value=0, max_value=50_000_000), st.integers(min_value=0, max_value=10_000), MODES, MODES)
def test_the_legs_and_the_platforms_part_are_always_the_whole(
    base_yen: int, share_bps: int, one: RewardMode, two: RewardMode
) -> None:
    shares = (Share(source=SOURCE, share_bps=share_bps), Share(source=OTHER, share_bps=10_000 - share_bps))
    accrued = fee_accrual.accrual_of(facts(base_yen=base_yen, shares=shares), terms(), {SOURCE: one, OTHER: two})
    cash_yen = sum(leg.amount_yen for leg in accrued.legs if leg.mode is RewardMode.CASH)
    assert cash_yen + accrued.commission_yen + accrued.commission_tax_yen == accrued.total_yen
    assert min(cash_yen, accrued.commission_yen, accrued.commission_tax_yen) >= 0
