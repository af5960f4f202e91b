"""Rule 12: no solicitation of someone the relay placed, and no gift for registering or being hired.

Who was placed with an indefinite term is left in peace for two years from the hire (転職勧奨の禁止), unless they have
left that employment; both are conditions of the licence since 1 January 2025 (職業安定法に基づく指針; お祝い金の禁止).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.candidate import Candidate
from domain.ids import HireId
from domain.refusal import Refused

MOST_GIFT_YEN = 500


class Occasion(StrEnum):
    """What a gift is given for."""

    SURVEY = "survey"
    EVENT = "event"
    REGISTRATION = "registration"
    HIRE = "hire"


def may_solicit(candidate: Candidate, today: date, *, left: frozenset[HireId] = frozenset()) -> bool:
    """May the relay suggest a new job to the person? `left` are the hires that they have meanwhile left.

    The last day of the two years still counts.
    """
    return not any(
        placement.no_solicitation_until is not None
        and today <= placement.no_solicitation_until
        and placement.hire not in left
        for placement in candidate.placements
    )


def check_solicitation(candidate: Candidate, today: date, *, left: frozenset[HireId] = frozenset()) -> None:
    """Refuses a campaign mail, an ask or a suggestion to a person who is left in peace."""
    if not may_solicit(candidate, today, left=left): raise Refused("solicitation-not-yet")


def check_gift(occasion: Occasion, incentive_yen: int) -> None:
    """Refuses an incentive tied to registering or being hired, and any above 500 yen; a survey may thank with less."""
    if incentive_yen < 0: raise ValueError("a gift is not negative")
    if incentive_yen == 0:
        return
    if occasion in {Occasion.REGISTRATION, Occasion.HIRE}: raise Refused("gift-for-registering-or-hire")
    if incentive_yen > MOST_GIFT_YEN: raise Refused("gift-too-large", most_yen=MOST_GIFT_YEN)
