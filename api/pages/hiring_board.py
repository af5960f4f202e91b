"""The board: introductions by stage with counts and median days, and what waits for this company, with its deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, QueryParameter

from api import pictures
from api.pages.hiring_job_choice import headings
from api.pages.showing import same, show, wait_for
from api.policies import company
from api.reading import At, found, viewer_of
from api.route import ThisVisit, page
from api.v1 import hires
from api.v1.hires import OwnPlacement
from api.visit import Visit
from domain.calendar import Holidays, add_business_days, end_of_jst_day, jst_date
from domain.company import CompanyRole
from domain.hire import Side
from domain.introduction import Stage
from domain.policy import Policy
from projections import introduction_board
from projections.introduction_board import Standing

READS = ("introduction_board", "jobs", "placements")
SHOWN = 5
"""Of each stage so many stand on the board; a stage by itself has all of its own, page by page."""
PAGE = 50
Number = Annotated[int, QueryParameter(required=False, ge=1, le=10_000)]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for the company: a code with its words, whose introduction, and until when."""

    code: str
    introduction: UUID
    number: str
    until: datetime | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One stage and who is in it."""

    name: str
    rows: Sequence[Standing]


@page("/hiring/board", policy=company(of=CompanyRole.HIRING))
def board(visit: ThisVisit, at: At = None) -> Response[str]:
    """Everything that goes on, by stage."""
    wait_for(visit, at, *READS)
    asked = standing(visit)
    return show(
        visit,
        "hiring_board.html",
        columns=columns_of(asked),
        shown=SHOWN,
        tasks=tasks_of(visit, asked),
        titles={each.job: each.title for each in headings(visit)},
        funnel=pictures.hiring_funnel(visit),
        end_of=end_of_jst_day,
    )


@page("/hiring/board/{stage:str}", policy=company(of=CompanyRole.HIRING))
def one_stage(visit: ThisVisit, stage: FromPath[str], number: Number = 1) -> Response[str]:
    """Everybody at one stage, the newest request first."""
    columns = columns_of(standing(visit))
    column = found(next((each for each in columns if each.name == stage), None))
    first, there = f"/hiring/board/{stage}", column.rows[(number - 1) * PAGE : number * PAGE]
    return show(
        visit,
        "hiring_stage.html",
        column=column,
        there=there,
        titles={each.job: each.title for each in headings(visit)},
        first=first if number > 1 else "",
        following=f"{first}?number={number + 1}" if number * PAGE < len(column.rows) else "",
    )


def standing(visit: Visit, *, job: UUID | None = None) -> list[Standing]:
    """How the company's introductions stand, as far as whoever looks may see them; those for one `job` where it is named."""
    with visit.house.database.reading() as connection:
        return introduction_board.standing(connection, viewer_of(visit), visit.now, job=job)


def columns_of(asked: Sequence[Standing]) -> list[Column]:
    """By stage: waiting, each stage of selection, and what is over; empty ones too, so that the way is seen."""
    by_name: dict[str, list[Standing]] = {name: [] for name in ("waiting", "disclosed", *map(str, Stage), "over")}
    for each in asked:
        where = each.status if each.status == "waiting" else (each.stage or "disclosed") if each.status == "disclosed" else "over"
        by_name[where].append(each)
    return [Column(name=name, rows=rows) for name, rows in by_name.items()]


def tasks_of(visit: Visit, asked: Sequence[Standing]) -> list[Task]:
    """What waits for the company, the nearest deadline first."""
    office = visit.house.office
    own = same(hires.list_hires)(visit).items
    numbers = {each.introduction: each.number for each in asked}
    hired = {each.introduction for each in own if each.status != "cancelled"}
    found = [
        task for each in asked for task in _of(each, office.policy, office.holidays, visit.now, is_hired=each.introduction in hired)
    ]
    found += [task for each in own if each.introduction in numbers for task in _of_hire(each, numbers[each.introduction])]
    return sorted(found, key=lambda task: (task.until is None, task.until, task.number))


def _of(asked: Standing, policy: Policy, holidays: Holidays, now: datetime, *, is_hired: bool) -> list[Task]:
    def task(code: str, until: datetime | None = None) -> Task:
        return Task(code=code, introduction=asked.introduction, number=asked.number, until=until)

    found = []
    if asked.status == "waiting" and asked.questions_open: found.append(task("answer-question", asked.expires_at))
    if asked.status == "disclosed":
        if asked.pick_until is not None and now < asked.pick_until: found.append(task("pick-time", asked.pick_until))
        if not is_hired and (day := report_by(asked, policy, holidays)) is not None:
            found.append(task("report-now" if asked.close_on else "report-stage", end_of_jst_day(day)))
    if not asked.deletion_confirmed and not is_hired:
        if asked.status == "revoked": found.append(task("confirm-deletion"))
        elif asked.delete_until is not None: found.append(task("delete", end_of_jst_day(asked.delete_until)))
    return found


def _of_hire(hire: OwnPlacement, number: str) -> list[Task]:
    waits = hire.status == "reported" and hire.reported_by == Side.CANDIDATE
    return [Task(code="confirm-hire", introduction=hire.introduction, number=number)] if waits else []


def report_by(asked: Standing, policy: Policy, holidays: Holidays) -> date | None:
    """Until when the company is to report the next step; None where nothing is expected of it."""
    if asked.status != "disclosed" or asked.heard_at is None: return None
    if asked.close_on is not None: return asked.close_on
    return _days_on(jst_date(asked.heard_at), policy.silence_business_days, holidays)


@lru_cache(maxsize=512)
def _days_on(day: date, business_days: int, holidays: Holidays) -> date:
    """A thousand introductions know a few dozen days."""
    return add_business_days(day, business_days, holidays)


ROUTES = [board, one_stage]
