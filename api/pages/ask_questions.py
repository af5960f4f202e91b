"""A question to the company before deciding, by the link or signed in; who asks stays unsaid."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api import policies
from api.pages.asks import show_ask
from api.pages.showing import carry_out, filled
from api.policies import candidate
from api.route import ThisVisit, form
from api.text_types import Body, Text
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.ids import CandidateId, IntroductionId
from marketplace.commands import question as questions
from marketplace.store.log import Appended


class QuestionForm(Body, frozen=True):
    """What the person would like to know."""

    question: Text


@form("/share/{link:str}/question", policy=policies.link)
def ask_by_link(visit: ThisVisit, link: FromPath[str]) -> Response[str]:
    """Asked on the screen behind the mailed link."""
    if visit.share is None: raise LookupError("the route's policy lets in whoever has no link")
    return _ask(visit, IntroductionId(visit.share.introduction), f"/share/{link}")


@form("/me/asks/{introduction:uuid}/question", policy=candidate, facts=introduction_facts)
def ask_signed_in(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Asked by whoever signed in."""
    return _ask(visit, IntroductionId(introduction), f"/me/asks/{introduction}")


def _ask(visit: Visit, introduction: IntroductionId, base: str) -> Response[str]:
    def act() -> Appended:
        text = filled(visit, QuestionForm).question
        return questions.ask(
            visit.house.office, visit.command, introduction=introduction, by=CandidateId(visit.id), text=text
        )

    return carry_out(visit, act, then=f"{base}#question", again=lambda: show_ask(visit, introduction, base))


ROUTES = [ask_by_link, ask_signed_in]
