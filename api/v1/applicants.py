"""A source's applicants: what became of each record, its own words, and inviting or letting go one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from api.house import House
from api.policies import Resource, company
from api.reading import AfterId, At, Limit, Listed, about_company, found, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, NoBody
from domain.company import CompanyRole, MemberRole
from domain.ids import ApplicantId, CompanyId
from marketplace.commands import applicant as commands
from projections import applicant_pool

READ = company(scope="applicants:read", of=CompanyRole.SOURCE)
OPEN = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="applicants:read", of=CompanyRole.SOURCE)
INVITE = company(MemberRole.ADMIN, MemberRole.RECRUITER, scope="invitations:write", of=CompanyRole.SOURCE)
LET_GO = company(MemberRole.ADMIN, scope="applicants:write", of=CompanyRole.SOURCE)
TAGS = ["applicants"]

Status = Literal["kept", "scheduled", "invited", "registered", "disowned", "reapplied", "ended"]
Batch = Annotated[UUID | None, QueryParameter(required=False)]
WithStatus = Annotated[Status | None, QueryParameter(required=False)]


class LetGo(Body, frozen=True):
    """Why the source lets the record go; a code."""

    cause: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*\Z")]


class ApplicantView(msgspec.Struct, frozen=True, kw_only=True):
    """A record with its words, for the source that brought it in. The evaluation never leaves that source."""

    record: applicant_pool.Applicant
    name: str
    kana: str
    emails: tuple[str, ...]
    phone: str
    job_title: str
    record_id: str
    scores: dict[str, int]
    comments: list[str]


def applicant_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Whose record the path names."""
    state = commands.load(house.office, ApplicantId(path["applicant"])).state
    return about_company(state.company) if state.imported else None


@query("/applicants", policy=READ, tags=TAGS)
def list_applicants(
    visit: ThisVisit,
    batch: Batch = None,
    status: WithStatus = None,
    after: AfterId = None,
    limit: Limit = 50,
    at: At = None,
) -> Listed[applicant_pool.Applicant]:
    """The company's own records, without a name, page by page."""
    behind, viewer = is_behind(visit, at, "applicant_pool"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        rows = applicant_pool.of_company(connection, viewer, batch=batch, status=status, after=after, limit=limit)
    following = str(rows[-1].applicant) if len(rows) == limit else None
    return Listed(items=rows, next=following, updating=behind)


@query("/applicants/summary", policy=READ, tags=TAGS)
def summary(visit: ThisVisit, at: At = None) -> dict[str, int]:
    """How many records stand where."""
    is_behind(visit, at, "applicant_pool")
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return applicant_pool.counts(connection, viewer)


@query("/applicants/{applicant:uuid}", policy=OPEN, facts=applicant_facts, tags=TAGS)
def read_applicant(visit: ThisVisit, applicant: FromPath[UUID], at: At = None) -> ApplicantView:
    """One record, opened from the vault under the source's own key."""
    is_behind(visit, at, "applicant_pool")
    viewer = viewer_of(visit)
    with visit.house.database.transaction() as connection:
        row = found(applicant_pool.one(connection, viewer, applicant))
    words = found(commands.words(visit.house.office, ApplicantId(applicant)))
    scores, evaluation = commands.evaluation(visit.house.office, ApplicantId(applicant))
    return ApplicantView(
        record=row,
        name=words.name,
        kana=words.kana,
        emails=words.emails,
        phone=words.phone,
        job_title=words.job_title,
        record_id=words.record_id,
        scores=dict(scores),
        comments=[text for _, text in evaluation.comments if text] if evaluation else [],
    )


@command("/applicants/{applicant:uuid}/invitation", policy=INVITE, facts=applicant_facts, tags=TAGS)
def invite(visit: ThisVisit, applicant: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """Schedule an invitation for the first decent moment after cooling-off (rule 4)."""
    appended = commands.invite(
        visit.house.office, visit.command, applicant=ApplicantId(applicant), company=CompanyId(visit.company)
    )
    return done(appended, applicant)


@command("/applicants/{applicant:uuid}/invitation-cancelling", policy=INVITE, facts=applicant_facts, tags=TAGS)
def cancel_invitation(visit: ThisVisit, applicant: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """Take an invitation back that was not sent yet."""
    appended = commands.cancel_invitation(
        visit.house.office, visit.command, applicant=ApplicantId(applicant), company=CompanyId(visit.company)
    )
    return done(appended, applicant)


@command("/applicants/{applicant:uuid}/erasing", policy=LET_GO, facts=applicant_facts, tags=TAGS)
def erase(visit: ThisVisit, applicant: FromPath[UUID], data: JSONBody[LetGo]) -> Done:
    """Let a record go for good: its key is destroyed, a tombstone refuses to bring it in again."""
    appended = commands.erase(
        visit.house.office,
        visit.command,
        applicant=ApplicantId(applicant),
        company=CompanyId(visit.company),
        cause=data.cause,
    )
    return done(appended, applicant)


ROUTES = [list_applicants, summary, read_applicant, invite, cancel_invitation, erase]
