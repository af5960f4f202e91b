from __future__ import annotations

from datetime import date

import pytest

from domain.company import (
    Company,
    CompanyRole,
    CompanySuspended,
    LegalOpinionRecorded,
    RewardMode,
    RewardModeChosen,
)
from domain.rules import licence
from domain.vocabulary.occupations import PROHIBITED
from tests.domain.people_examples import REF, a_company, licensed, refused

DISCLOSED_ON = date(2027, 4, 2)
STARTED_ON = date(2027, 7, 1)
BOTH = (DISCLOSED_ON, STARTED_ON)
CREDIT_OPINION = LegalOpinionRecorded(reward_mode=RewardMode.CREDIT, opinion_ref=REF)
SLOT_OPINION = LegalOpinionRecorded(reward_mode=RewardMode.SLOT, opinion_ref=REF)


def _chose(mode: RewardMode) -> RewardModeChosen:
    return RewardModeChosen(reward_mode=mode)


@pytest.mark.parametrize(
    ("source", "mode"),
    [
        (a_company(licensed()), RewardMode.CASH),
        (a_company(licensed(STARTED_ON)), RewardMode.CASH),
        (a_company(licensed(date(2027, 6, 30))), RewardMode.NONE),
        (a_company(), RewardMode.NONE),
        (a_company(SLOT_OPINION), RewardMode.SLOT),
        (a_company(SLOT_OPINION, CREDIT_OPINION), RewardMode.CREDIT),
        (a_company(CREDIT_OPINION, _chose(RewardMode.CASH)), RewardMode.CREDIT),
        (a_company(licensed(), CREDIT_OPINION, _chose(RewardMode.CREDIT)), RewardMode.CREDIT),
        (a_company(licensed(), _chose(RewardMode.SLOT)), RewardMode.NONE),
        (a_company(licensed(), _chose(RewardMode.NONE)), RewardMode.NONE),
    ],
)
def test_cash_needs_a_licence_on_both_days_and_credit_or_slot_an_opinion(source: Company, mode: RewardMode) -> None:
    assert licence.reward_mode_of(source, on=BOTH) is mode


def test_a_renewed_licence_may_cover_the_second_day() -> None:
    renewed = licensed(date(2029, 3, 31))
    first = licensed(date(2027, 6, 30))
    assert licence.reward_mode_of(a_company(first, renewed), on=BOTH) is RewardMode.CASH


def test_without_a_day_to_look_at_there_is_no_cash() -> None:
    assert licence.reward_mode_of(a_company(licensed()), on=()) is RewardMode.NONE


def test_no_introduction_without_the_operators_own_valid_licence() -> None:
    licence.check_operator(a_company(licensed()), DISCLOSED_ON)
    with refused("operator-licence-not-valid"):
        licence.check_operator(a_company(licensed(date(2027, 4, 1))), DISCLOSED_ON)
    with refused("company-is-not-the-operator"):
        licence.check_operator(a_company(licensed(), roles=frozenset({CompanyRole.SOURCE})), DISCLOSED_ON)


@pytest.mark.parametrize("occupation", sorted(PROHIBITED))
def test_no_introduction_for_a_prohibited_occupation(occupation: str) -> None:
    with refused("occupation-prohibited"):
        licence.check_occupation(occupation)
    assert not licence.allows_introduction(a_company(licensed()), occupation, DISCLOSED_ON)


def test_an_occupation_that_nobody_knows_is_not_let_through() -> None:
    assert licence.allows_introduction(a_company(licensed()), "software-engineer", DISCLOSED_ON)
    assert not licence.allows_introduction(a_company(licensed()), "unheard-of", DISCLOSED_ON)
    assert not licence.allows_introduction(a_company(), "software-engineer", DISCLOSED_ON)


def test_a_company_acts_in_a_role_that_it_has_and_not_while_suspended() -> None:
    licence.check_active(a_company(), CompanyRole.HIRING)
    with refused("company-has-not-this-role"):
        licence.check_active(a_company(roles=frozenset({CompanyRole.SOURCE})), CompanyRole.HIRING)
    with refused("company-suspended"):
        licence.check_active(a_company(CompanySuspended(cause="x")), CompanyRole.HIRING)
    with refused("company-not-admitted"):
        licence.check_active(Company(), CompanyRole.HIRING)
