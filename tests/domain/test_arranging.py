"""Interview times: one side names up to three, the other picks; questions before deciding move no deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import arranging, questioning
from domain.duties import RevokeCause
from domain.hire import Side
from domain.interview import InterviewAgreed, InterviewTimesNamed, Slot
from domain.introduction import ShareRevoked, ShareUndone
from tests.domain.share_examples import (
    ASKED_AT,
    CANDIDATE,
    DISCLOSED_AT,
    EXPIRES_AT,
    HIRING,
    REF,
    STRANGER,
    USER,
    approved,
    asked,
    disclosed,
    refused,
    told,
)

NOW = DISCLOSED_AT
SLOTS = tuple(Slot(starts_at=NOW + timedelta(days=days), minutes=60) for days in (3, 1, 2))


def named(by: Side = Side.HIRING) -> InterviewTimesNamed:
    return arranging.name_times(disclosed(), SLOTS, by=by, now=NOW)


def test_times_are_kept_in_their_order_and_the_other_side_picks_one() -> None:
    state = told(named(), since=disclosed())
    assert [slot.starts_at for slot in state.interview.times] == [NOW + timedelta(days=days) for days in (1, 2, 3)]
    assert state.interview.waits_for(Side.CANDIDATE, NOW)
    assert not state.interview.waits_for(Side.HIRING, NOW)
    agreed = arranging.pick(state, by=Side.CANDIDATE, naming=1, starts_at=SLOTS[1].starts_at, now=NOW)
    assert agreed == InterviewAgreed(naming=1, by=Side.CANDIDATE, time=SLOTS[1])
    assert told(agreed, since=state).interview.agreed == SLOTS[1]


def test_nobody_picks_their_own_time_nor_one_that_was_not_seen() -> None:
    state = told(named(), since=disclosed())
    with refused("interview-not-named"):
        arranging.pick(state, by=Side.HIRING, naming=1, starts_at=SLOTS[1].starts_at, now=NOW)
    with refused("interview-changed-meanwhile"):
        arranging.pick(state, by=Side.CANDIDATE, naming=2, starts_at=SLOTS[1].starts_at, now=NOW)
    with refused("interview-time-not-named"):
        arranging.pick(state, by=Side.CANDIDATE, naming=1, starts_at=NOW + timedelta(days=9), now=NOW)
    with refused("interview-time-over"):
        arranging.pick(state, by=Side.CANDIDATE, naming=1, starts_at=SLOTS[1].starts_at, now=SLOTS[1].starts_at)


def test_an_agreed_time_stands_until_another_one_is_picked() -> None:
    agreed = InterviewAgreed(naming=1, by=Side.CANDIDATE, time=SLOTS[1])
    state = told(named(), agreed, since=disclosed())
    moving = told(arranging.name_times(state, SLOTS[:1], by=Side.HIRING, now=NOW), since=state)
    assert (moving.interview.agreed, moving.interview.naming) == (SLOTS[1], 2)
    off = told(arranging.cancel(moving, by=Side.CANDIDATE), since=moving)
    assert (off.interview.agreed, off.interview.times) == (None, ())
    with refused("no-interview"):
        arranging.cancel(off, by=Side.HIRING)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ((), "no-interview-times"),
        ((*SLOTS, Slot(starts_at=NOW + timedelta(days=4), minutes=60)), "too-many-interview-times"),
        ((SLOTS[0], SLOTS[0]), "interview-time-twice"),
        ((Slot(starts_at=NOW, minutes=60),), "interview-time-over"),
        ((Slot(starts_at=NOW + timedelta(days=91), minutes=60),), "interview-time-too-far"),
        ((Slot(starts_at=NOW + timedelta(days=1), minutes=61),), "interview-length-unknown"),
    ],
)
def test_times_that_cannot_be_are_refused(times: tuple[Slot, ...], code: str) -> None:
    with refused(code):
        arranging.name_times(disclosed(), times, by=Side.HIRING, now=NOW)


def test_only_the_person_names_times_with_the_yes_and_an_undo_takes_them_back() -> None:
    with refused("not-in-selection"):
        arranging.name_times(approved(), SLOTS, by=Side.HIRING, now=ASKED_AT)
    state = told(arranging.name_times(approved(), SLOTS, by=Side.CANDIDATE, now=ASKED_AT), since=approved())
    undone = told(ShareUndone(), since=state)
    assert (undone.interview.times, undone.interview.naming) == ((), 0)


def test_a_closed_copy_ends_arranging_in_each_sides_words() -> None:
    closed = told(ShareRevoked(candidate=CANDIDATE, hiring=HIRING, cause=RevokeCause.PERSON), since=disclosed())
    with refused("share-revoked"):
        arranging.name_times(closed, SLOTS, by=Side.HIRING, now=NOW)
    with refused("not-in-selection"):
        arranging.name_times(closed, SLOTS, by=Side.CANDIDATE, now=NOW)


def test_a_question_waits_for_its_answer_and_the_deadline_stays() -> None:
    question = questioning.ask(asked(), by=CANDIDATE, ref=REF, at=ASKED_AT)
    state = told(question, since=asked())
    assert state.expires_at == EXPIRES_AT
    with refused("question-waits"):
        questioning.ask(state, by=CANDIDATE, ref=REF, at=ASKED_AT)
    with refused("only-the-candidate-may-answer"):
        questioning.ask(asked(), by=STRANGER, ref=REF, at=ASKED_AT)
    with refused("approval-window-closed"):
        questioning.ask(asked(), by=CANDIDATE, ref=REF, at=EXPIRES_AT)
    answered = told(questioning.answer(state, question=1, by=USER, ref=REF, at=ASKED_AT), since=state)
    assert answered.expires_at == EXPIRES_AT
    with refused("question-already-answered"):
        questioning.answer(answered, question=1, by=USER, ref=REF, at=ASKED_AT)
    with refused("question-too-late"):
        questioning.answer(state, question=1, by=USER, ref=REF, at=EXPIRES_AT)
    with refused("question-unknown"):
        questioning.answer(state, question=2, by=USER, ref=REF, at=ASKED_AT)


def test_there_are_three_questions_and_no_more() -> None:
    state = asked()
    for number in (1, 2, 3):
        state = told(questioning.ask(state, by=CANDIDATE, ref=REF, at=ASKED_AT), since=state)
        state = told(questioning.answer(state, question=number, by=USER, ref=REF, at=ASKED_AT), since=state)
    with refused("too-many-questions"):
        questioning.ask(state, by=CANDIDATE, ref=REF, at=ASKED_AT)
