"""Questions of a person to a company before deciding (質問), in one introduction. The words are in the vault."""

from __future__ import annotations

from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.event import Event
from domain.ids import IntroductionId, UserId, VaultRef


class QuestionAsked(Event, frozen=True, kw_only=True):
    """The person asks the company something, unnamed; the deadline of the ask stays as it is."""

    introduction: IntroductionId
    question: int
    ref: VaultRef


class QuestionAnswered(Event, frozen=True, kw_only=True):
    """The company answered."""

    introduction: IntroductionId
    question: int
    answered_by: UserId
    ref: VaultRef


QuestionEvent = QuestionAsked | QuestionAnswered


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question and, once there is one, its answer, by their references."""

    number: int
    ref: VaultRef
    answer_ref: VaultRef | None = None


Questions = tuple[Question, ...]


def evolve(state: Questions, event: QuestionEvent) -> Questions:
    """The questions after `event`."""
    match event:
        case QuestionAsked(question=number, ref=ref):
            return (*state, Question(number=number, ref=ref))
        case QuestionAnswered(question=number, ref=ref):
            return tuple(replace(each, answer_ref=ref) if each.number == number else each for each in state)
        case _:
            assert_never(event)
