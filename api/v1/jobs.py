"""Jobs: opened with complete conditions, changed on what was read, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.house import House
from api.policies import Resource, company
from api.precondition import IfMatch, demand_version, etag
from api.reading import At, Listed, found, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, Code, Line, Text, Yen
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, JobId
from domain.job import Conditions, JobCloseCause
from marketplace.commands import job as commands
from marketplace.commands.office import new_id
from projections import jobs

WRITE = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="jobs:write", of=CompanyRole.HIRING)
READ = company(scope="jobs:read", of=CompanyRole.HIRING)
TAGS = ["jobs"]

Stated = Annotated[str, Meta(max_length=4_000)]
"""What the law wants said; which of them may be empty the rule says, with all that are missing at once."""


class JobConditions(Body, frozen=True):
    """The working conditions (労働条件明示). 「なし」 is a statement, nothing is not."""

    title: Line
    duties: Text
    duties_scope_of_change: Stated
    contract_term: Stated
    renewal_criteria: Stated
    trial_period: Stated
    workplace: Stated
    workplace_scope_of_change: Stated
    working_hours: Stated
    breaks: Stated
    holidays: Stated
    overtime: Stated
    discretionary_work: Stated
    wages: Stated
    fixed_overtime_pay: Stated
    social_insurance: Stated
    passive_smoking: Stated
    employer_name: Stated
    is_dispatch: bool
    is_indefinite: bool
    annual_salary_from_yen: Yen
    annual_salary_to_yen: Yen

    def conditions(self) -> Conditions:
        """As the domain has them."""
        return Conditions(**{name: getattr(self, name) for name in Conditions.__struct_fields__})


class NewJob(Body, frozen=True):
    """A job that opens."""

    conditions: JobConditions
    occupation: Code
    prefecture: Code
    skills: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()


class Changed(Body, frozen=True):
    """The conditions as they are from now on."""

    conditions: JobConditions


class Closed(Body, frozen=True):
    """Why the job is no longer open."""

    cause: JobCloseCause


def job_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Whose job the path names."""
    state = house.office.job(path["job"]).state
    return Resource(companies=frozenset({state.company}), assigned=frozenset(state.assigned)) if state.version else None


@command("/jobs", policy=WRITE, status_code=201, tags=TAGS)
def open_job(visit: ThisVisit, data: JSONBody[NewJob]) -> Done:
    """A job opens; incomplete conditions and prohibited occupations are refused."""
    made = JobId(new_id(visit.command, "job"))
    appended = commands.open_job(
        visit.house.office,
        visit.command,
        job_id=made,
        company=CompanyId(visit.company),
        conditions=data.conditions.conditions(),
        occupation=data.occupation,
        prefecture=data.prefecture,
        skills=data.skills,
    )
    return done(appended, made)


@command("/jobs/{job:uuid}/conditions", policy=WRITE, facts=job_facts, tags=TAGS)
def change_conditions(
    visit: ThisVisit, job: FromPath[UUID], data: JSONBody[Changed], if_match: IfMatch = None
) -> Done:
    """The conditions change; the ETag that was read says which they replace. A material change lapses pending asks."""
    version = visit.house.office.job(JobId(job)).state.version
    demand_version(visit, if_match, version)
    appended = commands.change_conditions(
        visit.house.office,
        visit.command,
        company=CompanyId(visit.company),
        job_id=JobId(job),
        conditions=data.conditions.conditions(),
        expected_version=version,
    )
    return done(appended, job)


@command("/jobs/{job:uuid}/closing", policy=WRITE, facts=job_facts, tags=TAGS)
def close(visit: ThisVisit, job: FromPath[UUID], data: JSONBody[Closed]) -> Done:
    """No further introduction for this job."""
    appended = commands.close(
        visit.house.office, visit.command, company=CompanyId(visit.company), job_id=JobId(job), cause=data.cause
    )
    return done(appended, job)


@query("/jobs", policy=READ, tags=TAGS)
def list_jobs(visit: ThisVisit, at: At = None) -> Listed[jobs.Job]:
    """The company's jobs, newest first."""
    behind, viewer = is_behind(visit, at, "jobs"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return Listed(items=jobs.of_company(connection, viewer), updating=behind)


@query("/jobs/{job:uuid}", policy=READ, facts=job_facts, tags=TAGS)
def read_job(visit: ThisVisit, job: FromPath[UUID], at: At = None) -> Response[jobs.Job]:
    """One job; its ETag is the version of its conditions."""
    is_behind(visit, at, "jobs")
    with visit.house.database.reading() as connection:
        row = found(jobs.one(connection, job))
    return Response(row, headers=etag(row.version))


ROUTES = [open_job, change_conditions, close, list_jobs, read_job]
