"""Registering: an address is given, a link goes to that mailbox, and only who opens it becomes a candidate."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody

from api import limits, session
from api.policies import public
from api.route import ThisVisit, command, cookies
from api.text_types import Body, Email, ShortLine, Token
from api.v1.neutral_links import TAGS
from api.visit import Visit
from domain.candidate import Entrance
from domain.ids import ApplicantId, CandidateId, CompanyId
from domain.refusal import Refused
from marketplace.commands import registration as commands
from projections import applicant_pool


class Begun(Body, frozen=True):
    """Which mailbox, and by which door: an invitation, or a source's neutral link (or nobody's)."""

    email: Email
    entrance: Entrance
    language: Literal["ja", "en"] = "ja"
    invitation: UUID | None = None
    source: UUID | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The same answer for every address, whether anybody has it or not."""

    look_into_your_mailbox: bool = True


class Completed(Body, frozen=True):
    """The token in the mailed link, and what only the person can say."""

    token: Token
    name: ShortLine
    is_adult: bool
    is_pupil: bool


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A session for `Authorization: Bearer …`, shown once; a browser has it as a cookie too."""

    id: UUID
    position: int
    token: str


@command("/registrations", policy=public, limit=limits.ASK_FOR_LINK, status_code=202, tags=TAGS)
def begin(visit: ThisVisit, data: JSONBody[Begun]) -> Response[Accepted]:
    """A link is mailed to confirm the address, or to sign in where it is known; the answer and its time are the same."""
    invited, source = entered_by(visit, data)
    return Response(
        Accepted(), status_code=202, background=BackgroundTask(begin_later, visit, data, invited, source)
    )


@command(
    "/registrations/completing",
    policy=public,
    limit=limits.OPEN_LINK,
    idempotent=False,
    status_code=201,
    tags=TAGS,
)
def complete(visit: ThisVisit, data: JSONBody[Completed]) -> Response[Registered]:
    """The mailbox is proved: the person registers, claims their record at the source, and is signed in."""
    who, position = completed(visit, data)
    with visit.house.database.transaction() as connection:
        token = session.begin(connection, "candidate", who, visit.now, instead_of=visit.token, device=visit.device)
    visit.open_session(token, int(session.ABSOLUTE["candidate"].total_seconds()))
    return Response(Registered(id=who, position=position, token=token), status_code=201, cookies=cookies(visit))


def entered_by(visit: Visit, data: Begun) -> tuple[ApplicantId | None, CompanyId | None]:
    """The invited record and the source, checked without a look at the address."""
    invited: ApplicantId | None = None
    if data.entrance is Entrance.INVITATION:
        if data.invitation is None: raise Refused("invitation-unknown")
        with visit.house.database.transaction() as connection:
            sent = applicant_pool.of_invitation(connection, data.invitation)
        if sent is None: raise Refused("invitation-unknown")
        invited = ApplicantId(sent[0])
    source = None if data.source is None else CompanyId(data.source)
    return invited, commands.check_entrance(
        visit.house.office, entrance=data.entrance, source=source, invited=invited
    )


def begin_later(visit: Visit, data: Begun, invited: ApplicantId | None, source: CompanyId | None) -> None:
    """Runs after the answer went out, so that its time tells nothing of the address."""
    try:
        with visit.house.database.transaction() as connection:
            limits.take(
                connection, limits.ASK_FOR_ADDRESS, data.email.casefold(), visit.house.door_key, visit.now
            )
        commands.begin(
            visit.house.office,
            visit.command,
            email=data.email,
            language=data.language,
            entrance=data.entrance,
            source=source,
            invited=invited,
        )
    except Refused:
        # Too often, or no address at all: the person was told to look into their mailbox, whoever they are.
        return


def completed(visit: Visit, data: Completed) -> tuple[CandidateId, int]:
    """Register whoever opened the mailbox; a link that was refused (a name missing, a pupil) can be sent again."""
    office = visit.house.office
    begun = commands.opened(office, data.token)
    appended = commands.complete(
        office,
        commands.command_of(begun, visit.now),
        begun=begun,
        name=data.name,
        is_adult=data.is_adult,
        is_pupil=data.is_pupil,
    )
    commands.use_up(office, begun)
    return begun.candidate, appended.position


ROUTES = [begin, complete]
