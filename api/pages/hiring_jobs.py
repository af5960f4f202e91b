"""A hiring company's jobs: opened with the whole list of conditions, looked at, closed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.asks import CONDITIONS
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Code
from api.v1 import jobs
from api.v1.jobs import Closed, JobConditions, NewJob, Stated, job_facts
from api.visit import Visit


class JobForm(JobConditions, frozen=True, kw_only=True):
    """All conditions, and what the job is searched by. A box that is not ticked is no; the rule names what is missing."""

    occupation: Code
    prefecture: Code
    skills: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
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

    def new_job(self) -> NewJob:
        """As the API takes it."""
        stated = JobConditions(**{name: getattr(self, name) for name in JobConditions.__struct_fields__})
        return NewJob(conditions=stated, occupation=self.occupation, prefecture=self.prefecture, skills=self.skills)




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


def _new(visit: Visit) -> Response[str]:
    return show(visit, "hiring_job_new.html", conditions=CONDITIONS)


def _job(visit: Visit, job: UUID) -> Response[str]:
    row = same(jobs.read_job)(visit, job).content
    return show(visit, "hiring_job.html", job=row, conditions=CONDITIONS)


ROUTES = [new_page, open_job, job_page, close]
