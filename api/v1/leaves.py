"""Early leaves (早期離職): said by one side, challenged or let stand by the other, decided by the operator where they differ."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from litestar.params import FromPath, JSONBody

from api.route import Done, ThisVisit, command, done
from api.text_types import Body, Code
from api.v1.facts import hire_facts
from api.v1.hires import OPERATOR, SIDES, side_of
from domain.ids import HireId
from marketplace.commands import hire as hires

TAGS = ["hires"]


class Leave(Body, frozen=True):
    """The last day of employment (JST), and a code of the fault table that was frozen with the terms."""

    left_on: date
    fault: Code


@command("/hires/{hire:uuid}/leave", policy=SIDES, facts=hire_facts, tags=TAGS)
def report(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Leave]) -> Done:
    """The person left. If the other side had said the same, it is settled at once."""
    by = side_of(visit, hire)
    appended = hires.report_leave(
        visit.house.office, visit.command, hire=HireId(hire), by=by, left_on=data.left_on, fault=data.fault
    )
    return done(appended, hire)


@command("/hires/{hire:uuid}/leave-challenge", policy=SIDES, facts=hire_facts, tags=TAGS)
def challenge(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Leave]) -> Done:
    """The other side says otherwise, within the challenge window."""
    by = side_of(visit, hire)
    appended = hires.challenge_leave(
        visit.house.office, visit.command, hire=HireId(hire), by=by, left_on=data.left_on, fault=data.fault
    )
    return done(appended, hire)


@command("/hires/{hire:uuid}/leave-decision", policy=OPERATOR, facts=hire_facts, tags=TAGS)
def decide(visit: ThisVisit, hire: FromPath[UUID], data: JSONBody[Leave]) -> Done:
    """The operator decides a challenged leave."""
    appended = hires.determine_contested_leave(
        visit.house.office, visit.command, hire=HireId(hire), left_on=data.left_on, fault=data.fault
    )
    return done(appended, hire)


ROUTES = [report, challenge, decide]
