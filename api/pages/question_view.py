"""The questions of an introduction as the hiring company may read them: unnamed, while the person may be seen or is disclosed."""

from __future__ import annotations

from uuid import UUID

import msgspec

from api.reading import viewer_of
from api.v1.disclosures import SELECTING
from api.visit import Visit
from domain.ids import IntroductionId
from marketplace.commands import question as questions
from marketplace.vault.disclosure import open_questions


class QuestionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A question and its answer; `open` while it can still be answered."""

    number: int
    text: str
    answer: str | None
    open: bool


def questions_of(visit: Visit, introduction: UUID) -> list[QuestionShown]:
    """For the people who select; empty for others, and once the person may not be seen any more. Each look is noted."""
    office = visit.house.office
    ask = office.introduction(IntroductionId(introduction)).state
    is_over = ask.expired(visit.now) and ask.disclosed_at is None
    if not ask.questions or is_over or visit.actor.role not in SELECTING: return []
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        texts = open_questions(
            office.vault.keyring, connection, viewer, ask.candidate, ask.introduction,
            [each.ref for each in ask.questions], now=visit.now,
        )
    answers = questions.answers_of(office, ask) if texts else {}
    return [
        QuestionShown(
            number=each.number,
            text=texts[each.ref],
            answer=answers.get(each.number),
            open=each.answer_ref is None and not ask.expired(visit.now),
        )
        for each in ask.questions
        if each.ref in texts
    ]
