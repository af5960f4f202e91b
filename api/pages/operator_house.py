"""The house's own work: how far each reader of the log is, folding one anew, what waits to be done, and what was mailed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, QueryParameter

from api.pages.showing import carry_out, filled, show
from api.policies import operator
from api.route import ThisVisit, form, page
from api.text_types import Body, ShortLine
from api.v1.companies import OPERATORS
from api.visit import Visit
from domain.refusal import Refused
from marketplace.run.rebuilding import NAMES
from marketplace.texts.catalogue import sentence
from marketplace.work import asked_rebuilds
from projections import housework, stuck

ANYBODY = operator()
State = Annotated[str, QueryParameter(required=False, max_length=20)]
Before = Annotated[datetime | None, QueryParameter(required=False)]
Failing = Annotated[bool, QueryParameter(required=False)]


class RebuildForm(Body, frozen=True):
    """Which one."""

    name: ShortLine


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far one reader is."""

    name: str
    position: int
    behind: int
    can_rebuild: bool


@page("/operator/projections", policy=ANYBODY)
def projections_page(visit: ThisVisit) -> Response[str]:
    """How far each is, what is parked or was refused, and what was folded anew."""
    return _show_projections(visit)


@form("/operator/projections/rebuild", policy=OPERATORS)
def rebuild(visit: ThisVisit) -> Response[str]:
    """The worker folds it anew beside the living one, compares, and swaps; this page only asks."""

    def act() -> None:
        name = filled(visit, RebuildForm).name
        if name not in NAMES: raise Refused("projection-unknown", name=name, names=", ".join(NAMES))
        with visit.house.database.transaction() as connection:
            asked_rebuilds.ask(connection, visit.command.id, name, by=visit.id, now=visit.now)

    return carry_out(visit, act, then="/operator/projections#rebuilds", again=lambda: _show_projections(visit))


@page("/operator/tasks", policy=ANYBODY)
def tasks_page(visit: ThisVisit, failing: Failing = False) -> Response[str]:  # noqa: FBT002  a query has no keyword of its own
    """What waits to be done, by kind and one by one."""
    return _show_tasks(visit, failing=failing)


@form("/operator/tasks/{task:uuid}/retry", policy=OPERATORS)
def retry(visit: ThisVisit, task: FromPath[UUID]) -> Response[str]:
    """Now, not later."""

    def act() -> None:
        with visit.house.database.transaction() as connection:
            if not housework.retry(connection, task, visit.now): raise Refused("task-not-waiting")

    return carry_out(visit, act, then="/operator/tasks", again=lambda: _show_tasks(visit, failing=False))


@page("/operator/messages", policy=ANYBODY)
def messages_page(visit: ThisVisit, only: State = "", before: Before = None) -> Response[str]:
    """What was mailed, withheld or failed: templates, ids and codes; an address is nowhere in it."""
    if only and only not in housework.STATES: raise Refused("not-found")
    with visit.house.database.transaction() as connection:
        found = housework.messages(connection, state=only, before=before)
    return show(
        visit,
        "operator_messages.html",
        found=found,
        states=housework.STATES,
        only=only,
        next_before=found[-1].created_at.isoformat() if len(found) == housework.MOST else "",
    )


def _show_projections(visit: Visit) -> Response[str]:
    with visit.house.database.transaction() as connection:
        waiting = stuck.of(connection)
        rebuilds = asked_rebuilds.newest(connection)
    end = visit.house.log.position()
    standing = [
        Standing(name=name, position=at, behind=max(end - at, 0), can_rebuild=name in NAMES)
        for name, at in waiting.positions.items()
    ]
    refusals = [(each, sentence(each.code, visit.language, {})) for each in waiting.refusals]
    visit.back = "/operator/projections"
    return show(
        visit,
        "operator_projections.html",
        end=end,
        standing=standing,
        parked=waiting.parked,
        refusals=refusals,
        rebuilds=rebuilds,
        names=NAMES,
        under_way=any(each.outcome is None for each in rebuilds),
        may=visit.actor.role == "admin",
    )


def _show_tasks(visit: Visit, *, failing: bool) -> Response[str]:
    visit.back = "/operator/tasks"
    with visit.house.database.transaction() as connection:
        found, kinds = housework.tasks(connection, failing=failing), housework.kinds(connection)
    may = visit.actor.role == "admin"
    return show(visit, "operator_tasks.html", found=found, kinds=kinds, failing=failing, may=may, most=housework.MOST)


ROUTES = [projections_page, rebuild, tasks_page, retry, messages_page]
