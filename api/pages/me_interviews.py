"""The candidate's side of interview times: pick one, propose others, call it off. Signed in only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from api.pages.asks import show_ask
from api.pages.interview_form import PickForm, TimesForm
from api.pages.showing import carry_out, filled
from api.policies import candidate
from api.route import ThisVisit, form
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.hire import Side
from domain.ids import IntroductionId
from marketplace.commands import interview as interviews
from marketplace.store.log import Appended

PATH = "/me/asks/{introduction:uuid}"


@form(PATH + "/interview-times", policy=candidate, facts=introduction_facts)
def propose(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Times that suit the person; an agreed one stands until the company picks one of these."""

    def act() -> Appended:
        times = filled(visit, TimesForm).slots()
        return interviews.name_times(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.CANDIDATE,
            who=visit.id, times=times,
        )

    return _do(visit, introduction, act)


@form(PATH + "/interview-pick", policy=candidate, facts=introduction_facts)
def pick(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """One of the company's times."""

    def act() -> Appended:
        given = filled(visit, PickForm)
        return interviews.pick(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.CANDIDATE,
            who=visit.id, naming=given.naming, starts_at=given.starts_at,
        )

    return _do(visit, introduction, act)


@form(PATH + "/interview-cancellation", policy=candidate, facts=introduction_facts)
def cancel(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Called off; selection goes on."""

    def act() -> Appended:
        return interviews.cancel(
            visit.house.office, visit.command, introduction=IntroductionId(introduction), by=Side.CANDIDATE, who=visit.id
        )

    return _do(visit, introduction, act)


def _do(visit: Visit, introduction: UUID, act: Callable[[], Appended]) -> Response[str]:
    base = f"/me/asks/{introduction}"
    return carry_out(
        visit, act, then=f"{base}#interview", again=lambda: show_ask(visit, IntroductionId(introduction), base)
    )


ROUTES = [propose, pick, cancel]
