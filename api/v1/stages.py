"""Selection (選考): how far it has come, and how it ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from litestar.params import FromPath, JSONBody

from api.route import Done, ThisVisit, command, done
from api.text_types import Body
from api.v1.disclosures import WRITER
from api.v1.facts import introduction_facts
from domain.ids import CompanyId, IntroductionId
from domain.introduction import CloseCause, Stage
from marketplace.commands import introduction as introductions

TAGS = ["stages"]


class Reached(Body, frozen=True):
    """A stage of selection, and when it was reached (JST)."""

    stage: Stage
    reached_on: date


class Closing(Body, frozen=True):
    """Why selection is over."""

    cause: CloseCause


@command("/introductions/{introduction:uuid}/stages", policy=WRITER, facts=introduction_facts, tags=TAGS)
def reach(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[Reached]) -> Done:
    """Selection goes on, and only forward."""
    appended = introductions.reach_stage(
        visit.house.office,
        visit.command,
        introduction=IntroductionId(introduction),
        hiring=CompanyId(visit.company),
        stage=data.stage,
        reached_on=data.reached_on,
    )
    return done(appended, introduction)


@command("/introductions/{introduction:uuid}/closing", policy=WRITER, facts=introduction_facts, tags=TAGS)
def close(visit: ThisVisit, introduction: FromPath[UUID], data: JSONBody[Closing]) -> Done:
    """Selection is over."""
    appended = introductions.close(
        visit.house.office,
        visit.command,
        introduction=IntroductionId(introduction),
        hiring=CompanyId(visit.company),
        cause=data.cause,
    )
    return done(appended, introduction)


ROUTES = [reach, close]
