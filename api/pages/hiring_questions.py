"""Answering what a person asks a hiring company before deciding, on the introduction's page."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.hiring_introduction import introduction_page
from api.pages.showing import carry_out, filled, same
from api.route import ThisVisit, form
from api.text_types import Body, Count, Text
from api.v1.disclosures import WRITER
from api.v1.facts import introduction_facts
from domain.ids import CompanyId, IntroductionId, UserId
from marketplace.commands import question as questions
from marketplace.store.log import Appended


class AnswerForm(Body, frozen=True):
    """Which question, and what the company says to it."""

    question: Count
    answer: Text


@form("/hiring/introductions/{introduction:uuid}/answer", policy=WRITER, facts=introduction_facts)
def answer(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The person is told; the deadline stays as it is."""

    def act() -> Appended:
        given = filled(visit, AnswerForm)
        return questions.answer(
            visit.house.office,
            visit.command,
            introduction=IntroductionId(introduction),
            hiring=CompanyId(visit.company),
            by=UserId(visit.id),
            question=given.question,
            text=given.answer,
        )

    then = f"/hiring/introductions/{introduction}#questions"
    return carry_out(visit, act, then=then, again=lambda: same(introduction_page)(visit, introduction))


ROUTES = [answer]
