"""Who looks after a job: assigned and released by whoever may write jobs; a hiring manager sees no job but their own."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from api.reading import Listed
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body
from api.v1.jobs import READ, TAGS, WRITE, job_facts
from domain.ids import CompanyId, JobId, UserId
from domain.membership import SELECTING
from marketplace.commands import job as commands
from marketplace.commands import members


class Person(Body, frozen=True):
    """Somebody of the company."""

    user: UUID


class JobPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may look after the job, and whether they do. The name is empty where its record is gone."""

    user: UUID
    name: str
    role: str
    assigned: bool


@query("/jobs/{job:uuid}/people", policy=READ, facts=job_facts, tags=TAGS)
def list_people(visit: ThisVisit, job: FromPath[UUID]) -> Listed[JobPerson]:
    """Who of the company selects people, and who of them looks after this job."""
    office = visit.house.office
    company = office.company(CompanyId(visit.company)).state
    assigned, names = office.job(JobId(job)).state.assigned, members.called(office, company)
    return Listed(
        items=[
            JobPerson(
                user=each.user, name=names.get(each.user, ""), role=each.role, assigned=each.user in assigned
            )
            for each in company.members
            if each.role in SELECTING
        ]
    )


@command("/jobs/{job:uuid}/assignments", policy=WRITE, facts=job_facts, tags=TAGS)
def assign(visit: ThisVisit, job: FromPath[UUID], data: JSONBody[Person]) -> Done:
    """This person looks after the job. A hiring manager sees and does nothing but for jobs that are theirs."""
    appended = commands.assign(
        visit.house.office,
        visit.command,
        company=CompanyId(visit.company),
        job_id=JobId(job),
        user=UserId(data.user),
    )
    return done(appended, job)


@command("/jobs/{job:uuid}/releases", policy=WRITE, facts=job_facts, tags=TAGS)
def release(visit: ThisVisit, job: FromPath[UUID], data: JSONBody[Person]) -> Done:
    """The person no longer looks after the job."""
    appended = commands.release(
        visit.house.office,
        visit.command,
        company=CompanyId(visit.company),
        job_id=JobId(job),
        user=UserId(data.user),
    )
    return done(appended, job)


ROUTES = [list_people, assign, release]
