"""Asking a company something before deciding, and its answer. The deadline of the ask never moves by it."""

from __future__ import annotations

from datetime import datetime

from domain.ids import CandidateId, UserId, VaultRef
from domain.introduction import Introduction, Status
from domain.question import Question, QuestionAnswered, QuestionAsked
from domain.refusal import Refused

MOST_QUESTIONS = 3


def ask(state: Introduction, *, by: CandidateId, ref: VaultRef, at: datetime) -> QuestionAsked:
    """The person asks, while the ask is open.

    Refuses `only-the-candidate-may-answer`, `share-already-answered`, `approval-window-closed`, `question-waits`,
    `too-many-questions`.
    """
    if by != state.candidate: raise Refused("only-the-candidate-may-answer")
    if state.status is not Status.ASKED: raise Refused("share-already-answered")
    if state.expired(at): raise Refused("approval-window-closed")
    if any(each.answer_ref is None for each in state.questions): raise Refused("question-waits")
    if len(state.questions) >= MOST_QUESTIONS: raise Refused("too-many-questions", most=MOST_QUESTIONS)
    return QuestionAsked(introduction=state.introduction, question=len(state.questions) + 1, ref=ref)


def answer(state: Introduction, *, question: int, by: UserId, ref: VaultRef, at: datetime) -> QuestionAnswered:
    """The company answers. Until the deadline this is the same whatever the person said meanwhile: a no looks like silence.

    Refuses `question-unknown`, `question-already-answered`, `question-too-late`.
    """
    asked: Question | None = next((each for each in state.questions if each.number == question), None)
    if asked is None: raise Refused("question-unknown")
    if asked.answer_ref is not None: raise Refused("question-already-answered")
    if state.expired(at): raise Refused("question-too-late")
    return QuestionAnswered(introduction=state.introduction, question=question, answered_by=by, ref=ref)
