"""Rows that an import set aside: what is in them and what is wrong, putting one right, and doing without one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.reading import Listed, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, NoBody
from api.v1.imports import BRING_IN, TAGS, ProblemRow, fault_shown, import_facts
from domain.ids import CompanyId
from marketplace.commands import mending, set_aside
from projections import imports

PATH = "/imports/{batch:uuid}/rows"


class Mended(Body, frozen=True):
    """The cells of the row as they should be, in the order of its headings; an empty one is empty."""

    cells: Annotated[tuple[Annotated[str, Meta(max_length=4_000)], ...], Meta(max_length=100)]


class RowSetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A row that waits: headings and cells of what is read of it, what is wrong, and when it is forgotten."""

    row: int
    headings: list[str]
    cells: list[str]
    problems: list[ProblemRow]
    forget_at: datetime


@query(PATH, policy=BRING_IN, facts=import_facts, tags=TAGS)
def list_rows(visit: ThisVisit, batch: FromPath[UUID]) -> Listed[RowSetAside]:
    """The rows that wait to be put right, in the order of the file."""
    viewer, company = viewer_of(visit), CompanyId(visit.company)
    with visit.house.database.transaction() as connection:
        until = {each.row: each.forget_at for each in imports.set_aside(connection, viewer, batch)}
    waiting = set_aside.opened(visit.house.office, batch)
    faults = mending.faults(visit.house.office, visit.now, batch=batch, company=company) if waiting else {}
    return Listed(
        items=[
            RowSetAside(
                row=each.row,
                headings=[heading for heading, _ in each.cells],
                cells=[text for _, text in each.cells],
                problems=[fault_shown(fault, visit.language) for fault in faults.get(each.row, ())],
                forget_at=until[each.row],
            )
            for each in waiting
        ]
    )


@command(PATH + "/{row:int}/repair", policy=BRING_IN, facts=import_facts, tags=TAGS)
def repair(visit: ThisVisit, batch: FromPath[UUID], row: FromPath[int], data: JSONBody[Mended]) -> Done:
    """Read the row again with these cells, by the rules of every import; then it is part of its batch."""
    appended = mending.repair(
        visit.house.office, visit.command, batch=batch, company=CompanyId(visit.company), row=row, cells=data.cells
    )
    return done(appended, batch)


@command(PATH + "/{row:int}/leaving-out", policy=BRING_IN, facts=import_facts, tags=TAGS)
def leave_out(
    visit: ThisVisit,
    batch: FromPath[UUID],
    row: FromPath[int],
    data: JSONBody[NoBody],  # noqa: ARG001  read strictly
) -> Done:
    """Do without the row: its cells are destroyed now."""
    mending.leave_out(visit.house.office, visit.command, batch=batch, company=CompanyId(visit.company), row=row)
    return Done(outcome="done", position=visit.house.log.position(), id=str(batch))


ROUTES = [list_rows, repair, leave_out]
