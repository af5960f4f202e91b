"""Changing a job's conditions: the difference before the click, what a material change causes, and then the change."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from api.pages.asks import CONDITIONS
from api.pages.hiring_board import standing
from api.pages.hiring_jobs import StatedForm, checklist, typed
from api.pages.showing import carry_out, filled, same, show
from api.precondition import etag
from api.route import Done, ThisVisit, form, page
from api.text_types import Count
from api.v1 import jobs
from api.v1.jobs import Changed, JobConditions, job_facts
from api.visit import Visit
from domain.ids import JobId
from domain.job import Conditions, change_conditions
from domain.refusal import Refused
from projections.jobs import Job

PATH = "/hiring/jobs/{job:uuid}"


class ChangeForm(StatedForm, frozen=True, kw_only=True):
    """All conditions as they shall be, and the version that was on the page."""

    version: Count


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One condition as it is and as it would be."""

    name: str
    before: object
    after: object


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What would change and what follows: asks that wait lapse, and whoever is in selection is told."""

    lines: tuple[Line, ...]
    material: bool
    waiting: int
    in_selection: int


@page(PATH + "/change", policy=jobs.WRITE, facts=job_facts)
def change_page(visit: ThisVisit, job: FromPath[UUID]) -> Response[str]:
    """The conditions as they are, to be changed."""
    return _show(visit, job)


@form(PATH + "/difference", policy=jobs.WRITE, facts=job_facts)
def look(visit: ThisVisit, job: FromPath[UUID]) -> Response[str]:
    """The difference. Nothing changes yet."""
    found: list[tuple[ChangeForm, Difference]] = []

    def act() -> None:
        given = filled(visit, ChangeForm)
        found.append((given, _difference(visit, job, given)))

    refused = carry_out(visit, act, then="", again=lambda: _show(visit, job))
    if not found: return refused
    given, difference = found[0]
    fields = [(name, value) for name, values in visit.fields.items() if name not in {"csrf", "key"} for value in values]
    return show(visit, "hiring_job_diff.html", job=_row(visit, job), given=given, difference=difference, fields=fields)


@form(PATH + "/conditions", policy=jobs.WRITE, facts=job_facts)
def change(visit: ThisVisit, job: FromPath[UUID]) -> Response[str]:
    """What was looked at, carried out; a change in between is refused."""

    def act() -> Done:
        given = filled(visit, ChangeForm)
        data = Changed(conditions=_meant(visit, job, given))
        done: Done = same(jobs.change_conditions)(visit, job, data, etag(given.version)["ETag"])
        return done

    return carry_out(visit, act, then=f"/hiring/jobs/{job}", again=lambda: _show(visit, job))


def _difference(visit: Visit, job: UUID, given: ChangeForm) -> Difference:
    """Decided by the rule itself. Refuses as the change would be."""
    state = visit.house.office.job(JobId(job)).state
    conditions = _meant(visit, job, given).conditions()
    event = change_conditions(state, conditions, expected_version=given.version)
    asked = [each.status for each in standing(visit, job=job)]
    return Difference(
        lines=tuple(
            Line(name=name, before=getattr(state.conditions, name), after=getattr(conditions, name))
            for name in event.changed
        ),
        material=event.material,
        waiting=asked.count("waiting"),
        in_selection=asked.count("disclosed"),
    )


def _meant(visit: Visit, job: UUID, given: ChangeForm) -> JobConditions:
    """What was typed; where it differs from what is there by line ends and blanks alone, what is there."""
    held, stated = visit.house.office.job(JobId(job)).state.conditions, given.stated()
    same_words = {
        name: before
        for name in JobConditions.__struct_fields__
        if isinstance(before := getattr(held, name), str) and before.split() == str(getattr(stated, name)).split()
    }
    return msgspec.structs.replace(stated, **same_words)


def _show(visit: Visit, job: UUID) -> Response[str]:
    if not visit.house.office.job(JobId(job)).state.is_open: raise Refused("job-not-open")
    row = _row(visit, job)
    to = f"/hiring/jobs/{job}/difference"
    values = typed(visit) if visit.fields else _values(row.conditions)
    return show(
        visit,
        "hiring_job_change.html",
        job=row,
        to=to,
        values=values,
        checklist=checklist(visit, to, values),
        conditions=CONDITIONS,
    )


def _row(visit: Visit, job: UUID) -> Job:
    found: Job = same(jobs.read_job)(visit, job).content
    return found


def _values(conditions: Conditions) -> dict[str, object]:
    return {name: getattr(conditions, name) for name in Conditions.__struct_fields__}


ROUTES = [change_page, look, change]
