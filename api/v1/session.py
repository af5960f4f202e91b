"""Sessions over the API: sign in with a mailed link, see who one is, list and end sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, JSONBody

from api import limits, policies, step_up
from api import session as sessions
from api.pages.sign_in import invite
from api.route import ThisVisit, command, query
from api.text_types import Body, Email, Token
from api.visit import Visit


class AskForLink(Body, frozen=True):
    """Whose mailbox a sign-in link shall go to."""

    email: Email


class Accepted(msgspec.Struct, frozen=True):
    """The same answer for every address, whether anybody has it or not."""

    sent_if_known: bool = True


class SignIn(Body, frozen=True):
    """The token in the mailed link."""

    token: Token


class SignedIn(msgspec.Struct, frozen=True):
    """A session for `Authorization: Bearer …`; shown once."""

    token: str
    kind: str


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who the session is for. A browser's commands send `csrf_token` in the header X-CSRF-Token."""

    kind: str
    id: UUID
    company: UUID | None
    role: str | None
    company_roles: list[str]
    csrf_token: str | None
    proved_until: datetime | None
    """Until when this session may do what asks for a fresh proof; null when it has to prove itself first."""


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A live session of the person. `browser` and `system` are coarse words for where it was opened."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str
    system: str
    current: bool


class Ended(msgspec.Struct, frozen=True):
    """How many sessions ended now."""

    ended: int


class StandFor(Body, frozen=True):
    """For which of the person's companies the session shall stand."""

    company: UUID


@command(
    "/sign-in-links",
    policy=policies.public,
    limit=limits.ASK_FOR_LINK,
    idempotent=False,
    status_code=202,
    tags=["session"],
)
def ask_for_link(visit: ThisVisit, data: JSONBody[AskForLink]) -> Response[Accepted]:
    """A link is mailed if the address is somebody's; the answer and its time are the same if not."""
    return Response(Accepted(), status_code=202, background=BackgroundTask(invite, visit, data.email))


@command(
    "/sessions", policy=policies.public, limit=limits.OPEN_LINK, idempotent=False, status_code=201, tags=["session"]
)
def open_session(visit: ThisVisit, data: JSONBody[SignIn]) -> SignedIn:
    """A mailed link becomes a session, once."""
    with visit.house.database.transaction() as connection:
        token, kind = sessions.sign_in(connection, data.token, visit.now, device=visit.device)
    return SignedIn(token, kind)


@query("/session", policy=policies.signed_in, tags=["session"])
def me(visit: ThisVisit) -> Me:
    """Who one is."""
    actor = visit.actor
    return Me(
        kind=actor.kind,
        id=visit.id,
        company=actor.company,
        role=actor.role,
        company_roles=sorted(actor.company_roles),
        csrf_token=visit.csrf_token if visit.token else None,
        proved_until=step_up.fresh_until(visit),
    )


@command("/session/company", policy=policies.signed_in, tags=["session"])
def stand_for(visit: ThisVisit, data: JSONBody[StandFor]) -> Ended:
    """The session stands for another company of the person's; one they do not work for is not there."""
    with visit.house.database.transaction() as connection:
        sessions.stand_for(connection, _session(visit).id, visit.id, data.company)
    return Ended(0)


@query("/sessions", policy=policies.signed_in, tags=["session"])
def list_sessions(visit: ThisVisit) -> list[SessionRow]:
    """Where the person is signed in."""
    with visit.house.database.transaction() as connection:
        found = sessions.live(connection, _session(visit).kind, visit.id, visit.now)
    return [
        SessionRow(
            id=s.id,
            started_at=s.started_at,
            seen_at=s.seen_at,
            expires_at=s.expires_at,
            browser=s.browser,
            system=s.system,
            current=s.id == _session(visit).id,
        )
        for s in found
    ]


@command("/sessions/{session:uuid}/end", policy=policies.signed_in, tags=["session"])
def end_session(visit: ThisVisit, session: FromPath[UUID]) -> Ended:
    """One of the person's sessions ends; somebody else's is not there, and so nothing ends."""
    with visit.house.database.transaction() as connection:
        return Ended(sessions.end(connection, _session(visit).kind, visit.id, visit.now, only=session))


@command("/sessions/end-all", policy=policies.signed_in, tags=["session"])
def end_all(visit: ThisVisit) -> Ended:
    """Signed out everywhere, here too."""
    with visit.house.database.transaction() as connection:
        return Ended(sessions.end(connection, _session(visit).kind, visit.id, visit.now))


def _session(visit: Visit) -> sessions.Session:
    if visit.session is None: raise LookupError("the route's policy lets in people without a session")
    return visit.session


ROUTES = [ask_for_link, open_session, me, stand_for, list_sessions, end_session, end_all]
