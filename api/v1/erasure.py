"""The person's own data: everything of it to take away, and its erasure with a signed certificate."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, JSONBody, QueryParameter

from api import limits, session, step_up
from api.policies import candidate, public
from api.reading import is_behind
from api.route import Done, ThisVisit, command, cookies, done, query
from api.text_types import Body
from domain.ids import CandidateId
from marketplace.commands import privacy as commands
from marketplace.commands import takeout

TAGS = ["my data"]

Download = Annotated[bool, QueryParameter(required=False, description="Answer as a file to save.")]


class Erase(Body, frozen=True):
    """Said on purpose: there is no way back."""

    confirm: Literal[True]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure would leave, until when, and which sources would be asked to erase their own record."""

    kept_by_law: list[tuple[str, date]]
    sources_asked: list[str]


@query("/me/data", policy=candidate, tags=TAGS)
def read_data(visit: ThisVisit, download: Download = False) -> Response[takeout.Data]:  # noqa: FBT002  a query parameter
    """Everything that is kept of the person, opened under their own key."""
    data = takeout.everything(visit.house.office, CandidateId(visit.id), visit.now)
    name = f"career-relay-{visit.now.date().isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if download else {}
    return Response(data, headers=headers)


@query("/me/erasure", policy=candidate, tags=TAGS)
def preview(visit: ThisVisit) -> Preview:
    """What would remain, before one decides."""
    office, who = visit.house.office, CandidateId(visit.id)
    is_behind(visit, visit.house.log.position(), "referral_board")
    with visit.house.database.transaction() as connection:
        remaining = takeout.kept_by_law(connection, who)
    asked = [each.source_name for each in takeout.referrals(office, who)]
    return Preview(kept_by_law=remaining, sources_asked=asked)


@command("/me/erasure", policy=candidate, tags=TAGS)
def erase(visit: ThisVisit, data: JSONBody[Erase]) -> Response[Done]:  # noqa: ARG001  saying it is all there is to say
    """From this answer on nothing is shown, disclosed, decrypted or sent. `id` names the erasure, see /erasures."""
    step_up.demand(visit)
    is_behind(visit, visit.house.log.position(), "referral_board", "candidate_inbox")
    appended = commands.start_erasure(visit.house.office, visit.command, candidate=CandidateId(visit.id))
    with visit.house.database.transaction() as connection:
        session.end(connection, "candidate", visit.id, visit.now)
    visit.close_session()
    return Response(done(appended, visit.id), cookies=cookies(visit))


@query("/erasures/{erasure:uuid}", policy=public, tags=TAGS)
def read_erasure(visit: ThisVisit, erasure: FromPath[UUID]) -> takeout.Erasure:
    """How an erasure stands, and its signed certificate, which names no person. Its number is all that opens it."""
    with visit.house.database.transaction() as connection:
        limits.take(connection, limits.OPEN_LINK, visit.client, visit.house.door_key, visit.now)
    return takeout.erasure(visit.house.office, CandidateId(erasure))


ROUTES = [read_data, preview, erase, read_erasure]
