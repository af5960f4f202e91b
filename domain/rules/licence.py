"""Rule 8: cash goes to a source only under a placement licence (許可番号) valid at disclosure and at start.

Otherwise the source gets account credit, a free slot, or nothing; credit and slots each stay off until the operator has
recorded a legal opinion. No introduction without the operator's own valid licence, nor for a prohibited occupation
(職業安定法30条, 32条の11).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.company import Company, CompanyRole, RewardMode
from domain.refusal import Refused
from domain.vocabulary import is_prohibited

_ORDER = (RewardMode.CASH, RewardMode.CREDIT, RewardMode.SLOT)


def reward_mode_of(source: Company, *, on: Iterable[date]) -> RewardMode:
    """What the source gets, given the days on which its licence must be valid (disclosure, start).

    What it chose, if it can have it. Where it chose nothing, or cash that it cannot have: the first of cash, credit and
    slot that it can have.
    """
    days = tuple(on)
    if source.reward_mode not in {None, RewardMode.CASH}:
        chosen = source.reward_mode or RewardMode.NONE
        return chosen if _can_have(source, chosen, days) else RewardMode.NONE
    return next((mode for mode in _ORDER if _can_have(source, mode, days)), RewardMode.NONE)


def check_operator(operator: Company, on: date) -> None:
    """Refuses every introduction on a day without the operator's own valid licence."""
    if CompanyRole.OPERATOR not in operator.roles: raise Refused("company-is-not-the-operator")
    if operator.licence_on(on) is None: raise Refused("operator-licence-not-valid", on=on)


def check_occupation(occupation: str) -> None:
    """Refuses an occupation for which paid placement is prohibited, or which is not in our vocabulary."""
    if is_prohibited(occupation): raise Refused("occupation-prohibited", occupation=occupation)


def check_active(company: Company, role: CompanyRole) -> None:
    """Refuses anything new by a company that is not admitted, is suspended, or has not this role."""
    if not company.admitted: raise Refused("company-not-admitted")
    if company.suspended: raise Refused("company-suspended")
    if role not in company.roles: raise Refused("company-has-not-this-role", role=role.value)


def allows_introduction(operator: Company, occupation: str, on: date) -> bool:
    """Licence and occupation both let a person be introduced on that day."""
    try:
        check_operator(operator, on)
        check_occupation(occupation)
    except Refused:
        return False
    return True


def _can_have(source: Company, mode: RewardMode, days: tuple[date, ...]) -> bool:
    if mode is RewardMode.CASH:
        return bool(days) and all(source.licence_on(day) is not None for day in days)
    return mode is RewardMode.NONE or mode in source.legal_opinions
