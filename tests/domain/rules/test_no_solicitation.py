from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain.candidate import CandidatePlaced
from domain.ids import HireId
from domain.rules import no_solicitation
from domain.rules.no_solicitation import Occasion
from tests.domain.people_examples import HIRING, a_candidate, refused

HIRE = HireId(UUID(int=7))


def _placed(until: date | None) -> CandidatePlaced:
    return CandidatePlaced(hire=HIRE, hiring=HIRING, no_solicitation_until=until)


def test_who_was_placed_for_good_is_left_in_peace_to_the_last_day() -> None:
    person = a_candidate(_placed(date(2029, 4, 1)))
    assert not no_solicitation.may_solicit(person, date(2027, 4, 1))
    assert not no_solicitation.may_solicit(person, date(2029, 4, 1))
    assert no_solicitation.may_solicit(person, date(2029, 4, 2))
    with refused("solicitation-not-yet"):
        no_solicitation.check_solicitation(person, date(2029, 4, 1))


def test_who_was_never_placed_or_for_a_fixed_term_may_be_asked() -> None:
    assert no_solicitation.may_solicit(a_candidate(), date(2027, 4, 1))
    assert no_solicitation.may_solicit(a_candidate(_placed(None)), date(2027, 4, 1))
    no_solicitation.check_solicitation(a_candidate(), date(2027, 4, 1))


def test_who_has_left_that_employment_may_be_asked_again() -> None:
    person = a_candidate(_placed(date(2029, 4, 1)))
    assert no_solicitation.may_solicit(person, date(2027, 8, 1), left=frozenset({HIRE}))
    assert not no_solicitation.may_solicit(person, date(2027, 8, 1), left=frozenset({HireId(UUID(int=8))}))


@pytest.mark.parametrize("occasion", [Occasion.REGISTRATION, Occasion.HIRE])
def test_registering_and_being_hired_earn_no_gift_at_all(occasion: Occasion) -> None:
    no_solicitation.check_gift(occasion, 0)
    with refused("gift-for-registering-or-hire"):
        no_solicitation.check_gift(occasion, 1)


@pytest.mark.parametrize("occasion", [Occasion.SURVEY, Occasion.EVENT])
def test_a_survey_or_event_may_thank_with_500_yen_and_no_more(occasion: Occasion) -> None:
    no_solicitation.check_gift(occasion, 500)
    with refused("gift-too-large"):
        no_solicitation.check_gift(occasion, 501)
