"""What is stuck: who is waited for, since when, what they should do, and where to look."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from api.pages.showing import show, wait_for
from api.policies import operator
from api.reading import At
from api.route import ThisVisit, page
from api.visit import Visit
from api.wording import called
from domain.refusal import Refused
from projections import directory, waiting
from projections.waiting import KINDS, WHOM, Wait

ANYBODY = operator()
LONGEST_DAYS = 3_650
Chosen = Annotated[str, QueryParameter(required=False, max_length=40)]
Days = Annotated[int, QueryParameter(required=False, ge=0, le=LONGEST_DAYS)]


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what waits, the company it is about, for how many days, and where it is looked at."""

    wait: Wait
    company: str
    days: int
    href: str


@page("/operator/stuck", policy=ANYBODY)
def stuck_list(visit: ThisVisit, kind: Chosen = "", whom: Chosen = "", days: Days = 0, at: At = None) -> Response[str]:
    """Everything that waits, the longest first."""
    wait_for(visit, at, "candidate_inbox", "introduction_board", "disputes", "placements")
    if (kind and kind not in KINDS) or (whom and whom not in WHOM): raise Refused("not-found")
    return show(
        visit,
        "operator_stuck.html",
        rows=_rows(visit, kind, whom, days),
        counts=counts(visit),
        kinds=KINDS,
        people=WHOM,
        chosen={"kind": kind, "whom": whom, "days": days},
        most=waiting.MOST,
    )


def counts(visit: Visit) -> dict[str, int]:
    """How much of each kind waits."""
    with visit.house.database.transaction() as connection:
        return waiting.counts(connection, now=visit.now, undo=_undo(visit))


def _rows(visit: Visit, kind: str, whom: str, days: int) -> list[Stuck]:
    with visit.house.database.transaction() as connection:
        found = waiting.of(
            connection, now=visit.now, undo=_undo(visit), kind=kind, whom=whom, at_least=timedelta(days=days)
        )
        names = directory.names(connection, {each.company for each in found if each.company})
    return [
        Stuck(
            wait=each,
            company=called(visit.language, names, each.company) if each.company else "",
            days=(visit.now - each.since).days,
            href=_href(each),
        )
        for each in found
    ]


def _undo(visit: Visit) -> timedelta:
    return timedelta(minutes=visit.house.office.policy.undo_minutes)


def _href(wait: Wait) -> str:
    match wait.kind:
        case "dispute":
            about, _, kind = wait.subject.partition(":")
            return f"/operator/disputes/{kind}/{about}"
        case "message": return "/operator/messages"
        case "task" | "notice": return "/operator/tasks"
        case "parked": return "/operator/projections"
        case _: return f"/operator/stories?ident={wait.subject}"


ROUTES = [stuck_list]
