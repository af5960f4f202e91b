"""What a company owes the person: why it asks, word in time, and the end of its copy."""

from __future__ import annotations

from datetime import date

import pytest

from domain import selection
from domain.calendar import Holidays
from domain.duties import CompanyReminded, DeletionAsked, RevokeCause
from domain.hire import Side
from domain.interview import InterviewCancelled
from domain.introduction import CloseCause, DeletionConfirmed, Introduction, ShareRevoked, Stage
from domain.policy import DEFAULT
from tests.domain.share_examples import CANDIDATE, HIRING, NO_HOLIDAYS, REF, USER, disclosed, refused, told

FRIDAY = date(2027, 4, 2)
"""The details were handed over."""
TENTH_DAY = date(2027, 4, 16)
CLOSED = ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.SILENCE)
OVER = ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.SELECTION_OVER)


def remind(state: Introduction, today: date, *, heard_on: date = FRIDAY, holidays: Holidays = NO_HOLIDAYS) -> CompanyReminded:
    return selection.remind(state, heard_on=heard_on, today=today, policy=DEFAULT, holidays=holidays)


def reminded() -> Introduction:
    return told(remind(disclosed(), date(2027, 4, 17)), since=disclosed())


def not_hired(cause: CloseCause = CloseCause.NOT_HIRED) -> Introduction:
    asked = selection.ask_deletion(disclosed(), cause, today=FRIDAY, policy=DEFAULT, holidays=NO_HOLIDAYS)
    assert asked is not None
    return told(selection.close(disclosed(), cause), asked, since=disclosed())


def test_a_company_is_reminded_after_ten_business_days_and_not_on_the_tenth() -> None:
    with refused("company-still-in-time"):
        remind(disclosed(), TENTH_DAY)
    assert remind(disclosed(), date(2027, 4, 17)) == CompanyReminded(close_on=date(2027, 4, 23))


def test_public_holidays_are_no_business_days() -> None:
    holiday = Holidays(days=frozenset({date(2027, 4, 16)}), known_until=date(2030, 12, 31))
    with refused("company-still-in-time"):
        remind(disclosed(), date(2027, 4, 19), holidays=holiday)
    assert remind(disclosed(), date(2027, 4, 20), holidays=holiday).close_on == date(2027, 4, 27)


def test_whoever_is_reminded_is_not_reminded_twice() -> None:
    with refused("company-reminded-already"):
        remind(reminded(), date(2027, 5, 31))


def test_the_copy_closes_after_the_last_day_and_not_on_it() -> None:
    with refused("company-still-in-time"):
        selection.close_unheard(reminded(), today=date(2027, 4, 23))
    assert selection.close_unheard(reminded(), today=date(2027, 4, 24)) == CLOSED


def test_nothing_closes_that_nobody_was_reminded_of() -> None:
    with refused("company-still-in-time"):
        selection.close_unheard(disclosed(), today=date(2028, 1, 1))


@pytest.mark.parametrize("word", ["stage", "interview"])
def test_a_word_of_the_company_answers_the_reminder(word: str) -> None:
    today = date(2027, 4, 20)
    said = (
        selection.reach(reminded(), Stage.INTERVIEW, reached_on=today, today=today)
        if word == "stage" else InterviewCancelled(by=Side.HIRING)
    )  # fmt: skip
    heard = told(said, since=reminded())
    with refused("company-still-in-time"):
        selection.close_unheard(heard, today=date(2028, 1, 1))
    assert remind(heard, date(2027, 5, 10), heard_on=today).close_on == date(2027, 5, 17)


def test_what_the_person_says_about_an_interview_is_no_word_of_the_company() -> None:
    state = told(InterviewCancelled(by=Side.CANDIDATE), since=reminded())
    assert selection.close_unheard(state, today=date(2027, 4, 24)) == CLOSED


def test_a_closed_copy_or_an_ended_selection_is_not_asked_about() -> None:
    closed = told(CLOSED, since=reminded())
    for over, code in ((closed, "share-revoked"), (not_hired(), "not-in-selection")):
        with refused(code):
            remind(over, date(2028, 1, 3))
        with refused(code):
            selection.close_unheard(over, today=date(2028, 1, 3))


@pytest.mark.parametrize("cause", [cause for cause in CloseCause if cause is not CloseCause.HIRED])
def test_whoever_is_not_hired_is_forgotten_within_ten_business_days(cause: CloseCause) -> None:
    asked = selection.ask_deletion(disclosed(), cause, today=FRIDAY, policy=DEFAULT, holidays=NO_HOLIDAYS)
    assert asked == DeletionAsked(due_on=TENTH_DAY)


def test_after_a_hire_and_of_a_copy_that_is_closed_no_date_is_set() -> None:
    on = {"today": FRIDAY, "policy": DEFAULT, "holidays": NO_HOLIDAYS}
    assert selection.ask_deletion(disclosed(), CloseCause.HIRED, **on) is None  # type: ignore[arg-type]
    closed = told(CLOSED, since=reminded())
    assert selection.ask_deletion(closed, CloseCause.NOT_HIRED, **on) is None  # type: ignore[arg-type]


def test_the_copy_of_whoever_was_not_hired_closes_after_the_date_and_not_on_it() -> None:
    with refused("deletion-not-due"):
        selection.close_copy(not_hired(), today=TENTH_DAY)
    assert selection.close_copy(not_hired(), today=date(2027, 4, 17)) == OVER
    with refused("deletion-not-due"):
        selection.close_copy(disclosed(), today=date(2028, 1, 1))


def test_saying_that_it_is_deleted_closes_the_copy_before_the_date() -> None:
    assert selection.delete(not_hired(), by=USER) == (OVER, DeletionConfirmed(confirmed_by=USER))
    done = told(*selection.delete(not_hired(), by=USER), since=not_hired())
    assert (done.revoked, done.deletion_confirmed) == (True, True)
    with refused("deletion-already-confirmed"):
        selection.delete(done, by=USER)


def test_nothing_is_deleted_while_selection_goes_on() -> None:
    with refused("not-revoked"):
        selection.delete(disclosed(), by=USER)
    assert selection.delete(told(CLOSED, since=reminded()), by=USER) == (DeletionConfirmed(confirmed_by=USER),)


def test_the_words_why_are_remembered_by_their_reference() -> None:
    state = told(selection.explain(ref=REF, commit="why"), since=disclosed())
    assert state.duties.why_ref == REF
