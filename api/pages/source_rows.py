"""Rows that an import set aside, put right by hand: one form a row, read by the very same rules, and all of them as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.csv_file import csv_file
from api.pages.showing import carry_out, same, show
from api.reading import found, viewer_of
from api.route import Done, ThisVisit, form, page, see_other
from api.text_types import Body, NoBody
from api.v1 import import_rows, imports
from api.v1.imports import ProblemRow
from api.visit import Visit
from domain.ids import CompanyId
from domain.refusal import Refused
from marketplace.commands import mending, set_aside
from marketplace.commands.set_aside import Waiting
from projections import imports as projected

PATH = "/source/imports/{batch:uuid}/rows"
ROW = PATH + "/{row:int}"


class RowForm(Body, frozen=True):
    """The cells of the row, in the order of its headings; an empty one is empty."""

    cells: Annotated[tuple[Annotated[str, Meta(max_length=4_000)], ...], Meta(max_length=100)] = ()


@page(PATH + ".csv", policy=imports.BRING_IN, facts=imports.import_facts)
def download(visit: ThisVisit, batch: FromPath[UUID]) -> Response[bytes]:
    """The rows that wait, with the headings they had; what a spreadsheet would calculate is text in it."""
    waiting = set_aside.opened(visit.house.office, batch)
    if not waiting: raise Refused("not-found")
    head = [heading for heading, _ in waiting[0].cells]
    return csv_file(f"set-aside-{batch}", head, ([text for _, text in each.cells] for each in waiting))


@page(ROW, policy=imports.BRING_IN, facts=imports.import_facts)
def row_page(visit: ThisVisit, batch: FromPath[UUID], row: FromPath[int]) -> Response[str]:
    """One row with what is wrong in it, cell by cell."""
    return _show(visit, batch, row)


@form(ROW, policy=imports.BRING_IN, facts=imports.import_facts)
def repair(visit: ThisVisit, batch: FromPath[UUID], row: FromPath[int]) -> Response[str]:
    """The row is read again as it is typed now: then it is part of its batch, or the page says what is still wrong."""

    def act() -> Done:
        done: Done = same(import_rows.repair)(visit, batch, row, import_rows.Mended(cells=visit.form(RowForm).cells))
        return done

    return carry_out(visit, act, then=_next(visit, batch, row), again=lambda: _show(visit, batch, row))


@form(ROW + "/leaving-out", policy=imports.BRING_IN, facts=imports.import_facts)
def leave_out(visit: ThisVisit, batch: FromPath[UUID], row: FromPath[int]) -> Response[str]:
    """The row is not needed: its cells are destroyed."""
    there = _next(visit, batch, row)

    def act() -> Done:
        done: Done = same(import_rows.leave_out)(visit, batch, row, NoBody())
        return done

    return carry_out(visit, act, then=there, again=lambda: see_other(visit, there))


def _next(visit: Visit, batch: UUID, row: int) -> str:
    """After a row comes the next that waits, and after the last the import."""
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        rows = projected.set_aside(connection, viewer, batch)
    waits = [each.row for each in rows if each.settled is None and each.mendable and each.row != row]
    after = next((each for each in waits if each > row), waits[0] if waits else None)
    return f"/source/imports/{batch}" if after is None else f"/source/imports/{batch}/rows/{after}"


def _show(visit: Visit, batch: UUID, row: int) -> Response[str]:
    viewer, office = viewer_of(visit), visit.house.office
    with visit.house.database.transaction() as connection:
        about = found(projected.one(connection, viewer, batch))
        rows = projected.set_aside(connection, viewer, batch)
    mine = found(next((each for each in rows if each.row == row), None))
    visit.back = f"/source/imports/{batch}/rows/{row}"
    kept = next((each for each in set_aside.opened(office, batch) if each.row == row), None)
    typed = tuple(visit.fields.get("cells", ()))
    if kept is None or len(typed) != len(kept.cells): typed = ()
    texts = typed or tuple(text for _, text in kept.cells) if kept else ()
    return show(
        visit,
        "source_row.html",
        batch=about,
        row=mine,
        headings=[heading for heading, _ in kept.cells] if kept else [],
        texts=texts,
        faults=_faults(visit, batch, kept, texts) if kept and about.finished_at and not about.undone_at else [],
        left=[each.row for each in rows if each.settled is None and each.mendable],
    )


def _faults(visit: Visit, batch: UUID, kept: Waiting, texts: Sequence[str]) -> list[ProblemRow]:
    """What is wrong in the row as it stands in the form."""
    look = mending.look(
        visit.house.office,
        visit.now,
        batch=batch,
        company=CompanyId(visit.company),
        row=kept.row,
        cells=texts,
    )
    return [imports.fault_shown(each, visit.language) for each in look.problems]


ROUTES = [download, row_page, repair, leave_out]
