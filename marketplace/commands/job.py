"""Jobs: opened with complete conditions, changed, closed."""

from __future__ import annotations

from domain import job as decide
from domain.calendar import jst_date
from domain.company import CompanyRole
from domain.ids import CompanyId, JobId, UserId
from domain.introduction import CancelCause
from domain.job import Conditions, JobCloseCause, JobConditionsChanged
from domain.refusal import Refused
from domain.rules.licence import check_active, check_operator
from domain.vocabulary import is_prohibited
from marketplace.commands.candidate import lives_as
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import companions
from projections import candidate_inbox


@once
def open_job(
    office: Office,
    command: Command,
    /,
    *,
    job_id: JobId,
    company: CompanyId,
    conditions: Conditions,
    occupation: str,
    prefecture: str,
    skills: tuple[str, ...],
) -> Appended:
    """A hiring company opens a job; incomplete conditions and prohibited occupations are refused."""
    check_active(office.company(company).state, CompanyRole.HIRING)
    check_operator(office.operator(), jst_date(command.now))
    loaded = office.job(job_id)
    event = decide.open_job(
        loaded.state,
        job_id=job_id,
        company=company,
        conditions=conditions,
        occupation=occupation,
        prefecture=prefecture,
        skills=skills,
        prohibited=is_prohibited(occupation),
    )
    return office.log.append(command, {job_id: (loaded.version, [event])})


@once
def change_conditions(
    office: Office,
    command: Command,
    /,
    *,
    company: CompanyId,
    job_id: JobId,
    conditions: Conditions,
    expected_version: int,
) -> Appended:
    """The company changes the conditions it showed as version `expected_version`."""
    loaded = office.job(job_id)
    _own(loaded.state, company)
    event = decide.change_conditions(loaded.state, conditions, expected_version=expected_version)
    return office.log.append(command, {job_id: (loaded.version, [event])})


@once
def close(office: Office, command: Command, /, *, company: CompanyId, job_id: JobId, cause: JobCloseCause) -> Appended:
    """No further introduction for this job."""
    loaded = office.job(job_id)
    _own(loaded.state, company)
    return office.log.append(command, {job_id: (loaded.version, [decide.close(loaded.state, cause)])})


@once
def assign(office: Office, command: Command, /, *, company: CompanyId, job_id: JobId, user: UserId) -> Appended:
    """This person of the company looks after the job."""
    loaded, there = office.job(job_id), office.company(company)
    _own(loaded.state, company)
    event = decide.assign(loaded.state, user, there.state.role_of(user))
    return office.log.append(command, {job_id: (loaded.version, [event]), company: (there.version, [])})


@once
def release(office: Office, command: Command, /, *, company: CompanyId, job_id: JobId, user: UserId) -> Appended:
    """The person no longer looks after the job."""
    loaded = office.job(job_id)
    _own(loaded.state, company)
    return office.log.append(command, {job_id: (loaded.version, [decide.release(loaded.state, user)])})


def _own(job: decide.Job, company: CompanyId) -> None:
    if job.company != company:
        raise Refused("job-unknown")


def at_version(office: Office, job_id: JobId, version: int) -> decide.Job:
    """The job as it was at a version of its conditions: what a person who was asked then is shown."""
    state = decide.INITIAL
    for recorded in office.log.history(job_id):
        after = decide.evolve(state, recorded.event)  # type: ignore[arg-type]
        if after.version > version:
            break
        state = after
    return state


def lapse_cause(event: object) -> CancelCause:
    """Why the asks for a job lapse: its conditions changed, or it closed."""
    return CancelCause.CONDITIONS_CHANGED if isinstance(event, JobConditionsChanged) else CancelCause.JOB_CLOSED


@once
def tell_in_selection(office: Office, command: Command, /, *, job_id: JobId, version: int) -> Appended:
    """Whoever is in selection for the job is told what changed, as it was and as it is."""
    with office.database.transaction() as connection:
        theirs = candidate_inbox.in_selection(connection, job_id)
    messages = [
        Message(
            template="conditions-changed",
            to=To.CANDIDATE,
            recipient=lives_as(office, who),
            about={"introduction": str(introduction), "version": str(version)},
        )
        for introduction, who in theirs
    ]
    return office.log.append(command, {}, also=companions(*mail(command, *messages)))
