"""A hiring company's jobs: opened with the whole list of conditions, looked at, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.asks import CONDITIONS
from api.pages.hiring_board import standing
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Code, Line, Yen
from api.v1 import job_people, jobs
from api.v1.jobs import Closed, JobConditions, NewJob, Stated, job_facts
from api.visit import Visit
from domain.job import Conditions, missing_conditions

MOST_DIGITS = 12


class StatedForm(JobConditions, frozen=True, kw_only=True):
    """All conditions. A box that is not ticked is no, a field left empty is not stated: the rule names what is missing."""

    title: Line = ""
    duties: Stated = ""
    is_dispatch: bool = False
    is_indefinite: bool = False
    duties_scope_of_change: Stated = ""
    contract_term: Stated = ""
    renewal_criteria: Stated = ""
    trial_period: Stated = ""
    workplace: Stated = ""
    workplace_scope_of_change: Stated = ""
    working_hours: Stated = ""
    breaks: Stated = ""
    holidays: Stated = ""
    overtime: Stated = ""
    discretionary_work: Stated = ""
    wages: Stated = ""
    fixed_overtime_pay: Stated = ""
    social_insurance: Stated = ""
    passive_smoking: Stated = ""
    employer_name: Stated = ""
    annual_salary_from_yen: Yen = 0
    annual_salary_to_yen: Yen = 0

    def stated(self) -> JobConditions:
        """As the API takes them; a browser's line ends are not the author's."""
        given = {name: getattr(self, name) for name in JobConditions.__struct_fields__}
        return JobConditions(**{name: _plain(value) for name, value in given.items()})


class JobForm(StatedForm, frozen=True, kw_only=True):
    """A job that opens: its conditions, and what it is searched by."""

    occupation: Code
    prefecture: Code
    skills: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()

    def new_job(self) -> NewJob:
        """As the API takes it."""
        return NewJob(
            conditions=self.stated(), occupation=self.occupation, prefecture=self.prefecture, skills=self.skills
        )


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the law's list: is it stated, and where on the page it is filled in."""

    name: str
    stated: bool
    href: str


@page("/hiring/jobs/new", policy=jobs.WRITE)
def new_page(visit: ThisVisit) -> Response[str]:
    """The form with every condition the law wants stated."""
    return _new(visit)


@form("/hiring/jobs", policy=jobs.WRITE)
def open_job(visit: ThisVisit) -> Response[str]:
    """The job opens; what is missing is said all at once."""

    def act() -> Done:
        done: Done = same(jobs.open_job)(visit, filled(visit, JobForm).new_job())
        return done

    return carry_out(visit, act, then="/hiring", again=lambda: _new(visit))


@page("/hiring/jobs/{job:uuid}", policy=jobs.READ, facts=job_facts)
def job_page(visit: ThisVisit, job: FromPath[UUID], at: At = None) -> Response[str]:
    """One job with its conditions."""
    wait_for(visit, at, "jobs")
    return _job(visit, job)


@form("/hiring/jobs/{job:uuid}/closing", policy=jobs.WRITE, facts=job_facts)
def close(visit: ThisVisit, job: FromPath[UUID]) -> Response[str]:
    """No further introduction for this job."""

    def act() -> Done:
        done: Done = same(jobs.close)(visit, job, filled(visit, Closed))
        return done

    return carry_out(visit, act, then=f"/hiring/jobs/{job}", again=lambda: _job(visit, job))


def typed(visit: Visit) -> dict[str, Any]:
    """The conditions as they were typed, readable or not."""
    fields = {name: values[0].strip() for name, values in visit.fields.items() if values}
    return {
        name: _read(kind, fields.get(name, ""))
        for name, kind in Conditions.__annotations__.items()
    }


def checklist(visit: Visit, to: str, values: Mapping[str, Any]) -> list[Check]:
    """The law's list (労働条件明示), each with a link to its field; what is missing the rule says. Empty before the first try."""
    if not visit.fields: return []
    missing = missing_conditions(Conditions(**values))
    listed = ["title", *CONDITIONS, "annual_salary"]
    return [
        Check(name=name, stated=name not in missing, href=f"#{_anchor(to, _FIELDS.get(name, name))}") for name in listed
    ]


_FIELDS = {"annual_salary": "annual_salary_from_yen"}


def _anchor(to: str, name: str) -> str:
    """The id that `parts.html` gives to an input."""
    return f"{to}-{name}".replace("/", "-").strip("-")


def _read(kind: str, text: str) -> str | bool | int:
    if kind == "bool": return text == "true"
    if kind == "int": return int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS else 0
    return text


def _plain(value: Any) -> Any:  # noqa: ANN401  one of the kinds that a condition is
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _new(visit: Visit) -> Response[str]:
    to = "/hiring/jobs"
    return show(
        visit, "hiring_job_new.html", conditions=CONDITIONS, to=to, values={}, checklist=checklist(visit, to, typed(visit))
    )


def _job(visit: Visit, job: UUID) -> Response[str]:
    row = same(jobs.read_job)(visit, job).content
    waiting = sum(1 for each in standing(visit, job=job) if each.status == "waiting")
    people = same(job_people.list_people)(visit, job).items
    return show(visit, "hiring_job.html", waiting=waiting, job=row, people=people, conditions=CONDITIONS)


ROUTES = [new_page, open_job, job_page, close]
