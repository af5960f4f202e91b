"""A job (求人): it opens only with complete working conditions (労働条件明示, 職業安定法5条の3)."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

import msgspec

from domain.company import MemberRole
from domain.event import Event
from domain.ids import NIL, CompanyId, JobId, UserId
from domain.membership import SELECTING
from domain.refusal import Refused


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the law wants said before a person is introduced. Empty text means: not yet stated."""

    title: str
    duties: str
    duties_scope_of_change: str
    contract_term: str
    renewal_criteria: str
    trial_period: str
    workplace: str
    workplace_scope_of_change: str
    working_hours: str
    breaks: str
    holidays: str
    overtime: str
    discretionary_work: str
    wages: str
    fixed_overtime_pay: str
    social_insurance: str
    passive_smoking: str
    employer_name: str
    is_dispatch: bool
    is_indefinite: bool
    annual_salary_from_yen: int
    annual_salary_to_yen: int


class JobCloseCause(StrEnum):
    """Why a job is no longer open."""

    FILLED = "filled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class JobOpened(Event, frozen=True, kw_only=True):
    """A job is open, at version 1 of its conditions."""

    job: JobId
    company: CompanyId
    version: int
    conditions: Conditions
    occupation: str
    prefecture: str
    skills: tuple[str, ...]


class JobConditionsChanged(Event, frozen=True, kw_only=True):
    """The conditions changed. A material change lapses pending asks; `changed` names the fields."""

    version: int
    conditions: Conditions
    material: bool
    changed: tuple[str, ...]


class JobClosed(Event, frozen=True, kw_only=True):
    """No further introduction for this job."""

    cause: JobCloseCause


class JobAssigned(Event, frozen=True, kw_only=True):
    """This person looks after the job. A hiring manager sees and does nothing but for jobs that are theirs."""

    user: UserId


class JobReleased(Event, frozen=True, kw_only=True):
    """The person no longer looks after it."""

    user: UserId


JobEvent = JobOpened | JobConditionsChanged | JobClosed | JobAssigned | JobReleased

_MAY_BE_EMPTY_IF_INDEFINITE = frozenset({"renewal_criteria"})
_NOT_MATERIAL = frozenset({"title"})
"""Everything else is what the law wants said; its wording cannot be told from its meaning, so any change counts."""

_UNSTATED = Conditions(
    **dict.fromkeys((field for field, kind in Conditions.__annotations__.items() if kind == "str"), ""),
    is_dispatch=False,
    is_indefinite=False,
    annual_salary_from_yen=0,
    annual_salary_to_yen=0,
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands. `material_since` is the version at which the conditions last changed materially."""

    id: JobId = JobId(NIL)
    company: CompanyId = CompanyId(NIL)
    version: int = 0
    material_since: int = 0
    conditions: Conditions = _UNSTATED
    occupation: str = ""
    prefecture: str = ""
    skills: tuple[str, ...] = ()
    closed: JobCloseCause | None = None
    assigned: frozenset[UserId] = frozenset()

    @property
    def is_open(self) -> bool:
        """People can be introduced for it."""
        return self.version > 0 and self.closed is None


INITIAL = Job()


def evolve(state: Job, event: JobEvent) -> Job:
    """The job after `event`."""
    match event:
        case JobOpened():
            return Job(
                id=event.job,
                company=event.company,
                version=event.version,
                material_since=event.version,
                conditions=event.conditions,
                occupation=event.occupation,
                prefecture=event.prefecture,
                skills=event.skills,
            )
        case JobConditionsChanged():
            return msgspec.structs.replace(
                state,
                version=event.version,
                material_since=event.version if event.material else state.material_since,
                conditions=event.conditions,
            )
        case JobClosed():
            return msgspec.structs.replace(state, closed=event.cause)
        case JobAssigned():
            return msgspec.structs.replace(state, assigned=state.assigned | {event.user})
        case JobReleased():
            return msgspec.structs.replace(state, assigned=state.assigned - {event.user})
        case _:
            assert_never(event)


def missing_conditions(conditions: Conditions) -> tuple[str, ...]:
    """The names of the fields that the law wants stated and that are empty. 「なし」 is a statement, nothing is not.

    The renewal criteria (更新基準) belong to a fixed term only.
    """
    optional = _MAY_BE_EMPTY_IF_INDEFINITE if conditions.is_indefinite else frozenset()
    empty = [
        field
        for field in conditions.__struct_fields__
        if field not in optional and isinstance(text := getattr(conditions, field), str) and not text.strip()
    ]
    if not 0 < conditions.annual_salary_from_yen <= conditions.annual_salary_to_yen:
        empty.append("annual_salary")
    return tuple(empty)


def open_job(
    job: Job,
    *,
    job_id: JobId,
    company: CompanyId,
    conditions: Conditions,
    occupation: str,
    prefecture: str,
    skills: tuple[str, ...],
    prohibited: bool,
) -> JobOpened:
    """A job opens with complete conditions, and never for an occupation that may not be placed (職業安定法32条の11)."""
    if job.version > 0: raise Refused("job-already-opened")
    if prohibited: raise Refused("occupation-prohibited", occupation=occupation)
    _complete(conditions)
    return JobOpened(
        job=job_id,
        company=company,
        version=1,
        conditions=conditions,
        occupation=occupation,
        prefecture=prefecture,
        skills=skills,
    )


def change_conditions(job: Job, conditions: Conditions, *, expected_version: int) -> JobConditionsChanged:
    """The conditions change, and stay complete. `expected_version` is the version the person had before them."""
    if not job.is_open: raise Refused("job-not-open")
    if expected_version != job.version: raise Refused("job-changed-meanwhile", version=job.version)
    changed = tuple(
        field
        for field in conditions.__struct_fields__
        if getattr(conditions, field) != getattr(job.conditions, field)
    )
    if not changed: raise Refused("job-conditions-unchanged")
    _complete(conditions)
    return JobConditionsChanged(
        version=job.version + 1, conditions=conditions, material=not _NOT_MATERIAL.issuperset(changed), changed=changed
    )


def close(job: Job, cause: JobCloseCause) -> JobClosed:
    """No further introduction for this job."""
    if not job.is_open: raise Refused("job-not-open")
    return JobClosed(cause=cause)


def assign(job: Job, user: UserId, role: MemberRole | None) -> JobAssigned:
    """A person of the company, in this role, looks after the job; a closed one too, for its selections go on."""
    if role is None: raise Refused("member-unknown")
    if role not in SELECTING: raise Refused("member-does-not-select")
    if user in job.assigned: raise Refused("job-already-assigned")
    return JobAssigned(user=user)


def release(job: Job, user: UserId) -> JobReleased:
    """The person no longer looks after the job."""
    if user not in job.assigned: raise Refused("job-not-assigned")
    return JobReleased(user=user)


def _complete(conditions: Conditions) -> None:
    if missing := missing_conditions(conditions): raise Refused("job-conditions-incomplete", missing=", ".join(missing))
