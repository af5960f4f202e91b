from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frozen_terms import TaxRate
from domain.money import portion, split_exact, split_floor, tax_on, tax_rate_on
from tests.domain.money_examples import refused

WHOLES = st.integers(min_value=1, max_value=10_000_000)
LEGS = st.lists(st.integers(min_value=0, max_value=1_000_000), min_size=1, max_size=5)


def test_tax_is_rounded_down_once_for_the_whole_invoice() -> None:
    assert tax_on(315, 1_000) == 31
    assert [tax_on(105, 1_000)] * 3 == [10, 10, 10]


def test_a_portion_is_in_basis_points_and_rounded_down() -> None:
    assert portion(333_333, 5_000) == 166_666
    with pytest.raises(ValueError, match="10001 basis points"): portion(1, 10_001)
    with pytest.raises(ValueError, match="-1 yen"): portion(-1, 10)


def test_the_tax_rate_is_that_of_the_day() -> None:
    rates = (TaxRate(from_on=date(2019, 10, 1), rate_bps=1_000), TaxRate(from_on=date(2028, 4, 1), rate_bps=1_200))
    assert tax_rate_on(rates, date(2028, 3, 31)) == 1_000
    assert tax_rate_on(rates, date(2028, 4, 1)) == 1_200
    with refused("no-tax-rate-for-day"): tax_rate_on(rates, date(2019, 9, 30))


def test_half_of_the_worked_example_is_split_to_the_yen() -> None:
    assert split_floor(550_000, 1_100_000, [770_000]) == ((385_000,), 165_000)


def test_the_platform_takes_the_odd_yen() -> None:
    assert split_floor(166_666, 333_333, [111_111, 111_111]) == ((55_555, 55_555), 55_556)


def test_what_is_no_part_of_the_whole_is_not_split() -> None:
    with pytest.raises(ValueError, match="no part"): split_floor(11, 10, [1])
    with pytest.raises(ValueError, match="no part"): split_floor(-1, 10, [1])
    with pytest.raises(ValueError, match="legs"): split_floor(1, 10, [6, 5])
    with pytest.raises(ValueError, match="shares"): split_exact(10, [5_000, 4_999])


def test_shares_leave_nothing_over() -> None:
    assert split_exact(100, [3_333, 3_333, 3_334]) == (33, 33, 34)
    assert split_exact(770_001, [5_000, 5_000]) == (385_000, 385_001)


@given(LEGS, st.integers(min_value=0, max_value=1_000_000), st.data())
def test_no_yen_is_lost_or_made_and_no_counterparty_ever_gives_back(
    legs: list[int], platform_yen: int, data: st.DataObject
) -> None:
    whole = sum(legs) + platform_yen
    steps = sorted(data.draw(st.lists(st.integers(min_value=0, max_value=whole), max_size=6)))
    before = (0,) * len(legs)
    for part in [*steps, whole]:
        parts, residual = split_floor(part, whole, legs)
        assert sum(parts) + residual == part
        assert residual >= 0
        assert all(now >= was for now, was in zip(parts, before, strict=True))
        before = parts
    assert before == tuple(legs)


@given(WHOLES, st.data())
def test_with_one_counterparty_the_platform_never_pays_for_a_step_either(whole: int, data: st.DataObject) -> None:
    leg = data.draw(st.integers(min_value=0, max_value=whole))
    residuals = [split_floor(part, whole, [leg])[1] for part in sorted(data.draw(st.lists(st.integers(0, whole))))]
    assert residuals == sorted(residuals)


@given(WHOLES, st.lists(st.integers(min_value=1, max_value=100), min_size=1, max_size=5))
def test_an_exact_split_sums_to_the_amount(amount: int, weights: list[int]) -> None:
    shares = [10_000 * weight // sum(weights) for weight in weights]
    shares[-1] += 10_000 - sum(shares)
    parts = split_exact(amount, shares)
    assert sum(parts) == amount
    assert min(parts) >= 0
