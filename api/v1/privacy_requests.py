"""What people asked of a source about their own record, and the source's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api.house import House
from api.policies import Resource, company
from api.reading import At, Listed, about_company, is_behind, viewer_of
from api.route import Done, ThisVisit, command, done, query
from api.text_types import Body, NoBody
from domain.company import CompanyRole, MemberRole
from domain.ids import CompanyId, PrivacyRequestId
from domain.privacy_request import Status
from marketplace.commands import privacy_request as commands
from projections import privacy_requests

ANSWER = company(MemberRole.ADMIN, of=CompanyRole.SOURCE)
TAGS = ["privacy requests"]


class Decided(Body, frozen=True):
    """Granted, or refused with a reason code that the person is told."""

    granted: bool
    reason: Annotated[str, Meta(max_length=64, pattern=r"^([a-z0-9][a-z0-9-]*)?\Z")] = ""


def request_facts(house: House, path: Mapping[str, Any]) -> Resource | None:
    """Which source has to answer."""
    state = commands.load(house.office, PrivacyRequestId(path["request_id"])).state
    return None if state.status is Status.NONE else about_company(state.controller)


@query("/privacy-requests", policy=ANSWER, tags=TAGS)
def list_requests(visit: ThisVisit, at: At = None) -> Listed[privacy_requests.Request]:
    """What has to be answered, the most urgent first."""
    behind, viewer = is_behind(visit, at, "privacy_requests"), viewer_of(visit)
    with visit.house.database.transaction() as connection:
        return Listed(items=privacy_requests.of_company(connection, viewer), updating=behind)


@command("/privacy-requests/{request_id:uuid}/decision", policy=ANSWER, facts=request_facts, tags=TAGS)
def decide(visit: ThisVisit, request_id: FromPath[UUID], data: JSONBody[Decided]) -> Done:
    """Grant the request, or refuse it with a reason."""
    appended = commands.answer(
        visit.house.office,
        visit.command,
        request=PrivacyRequestId(request_id),
        company=CompanyId(visit.company),
        granted=data.granted,
        reason=data.reason,
    )
    return done(appended, request_id)


@command("/privacy-requests/{request_id:uuid}/completion", policy=ANSWER, facts=request_facts, tags=TAGS)
def complete(visit: ThisVisit, request_id: FromPath[UUID], data: JSONBody[NoBody]) -> Done:  # noqa: ARG001  read strictly
    """What was decided is done: a granted erasure destroys the source's record now."""
    appended = commands.complete(
        visit.house.office, visit.command, request=PrivacyRequestId(request_id), company=CompanyId(visit.company)
    )
    return done(appended, request_id)


ROUTES = [list_requests, decide, complete]
