"""How the candidate is reached: e-mail and LINE. A new mailbox counts once it is proved; LINE once one signed in there."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Annotated
from uuid import uuid5

from litestar import Response
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Meta

from api import limits, session, step_up
from api.pages.showing import carry_out, filled, same, show
from api.policies import candidate, public
from api.reading import At
from api.route import ThisVisit, form, page
from api.text_types import Body, Email
from api.v1 import consents, profile
from api.visit import Visit
from domain.applicant import Channel
from domain.consent import Permission, Scope
from domain.ids import CandidateId
from domain.refusal import Refused
from marketplace.commands import reach
from marketplace.links import digest, new_token
from marketplace.messages.line import Line
from marketplace.store.log import Appended, Command

LASTS = timedelta(minutes=10)
Sent = Annotated[str, Meta(max_length=2_000, pattern=r"^[A-Za-z0-9._~+/=-]*\Z")]
SentState = Annotated[Sent, QueryParameter(name="state", required=False)]


class MailboxForm(Body, frozen=True):
    """Where the person would like to be reached."""

    email: Email


class ReturnForm(Body, frozen=True):
    """What LINE sent along with the browser."""

    code: Sent
    state: Sent


@page("/me/channels", policy=candidate)
def channels(visit: ThisVisit, at: At = None) -> Response[str]:  # noqa: ARG001  streams never lag
    """Each way with how it stands."""
    return _show(visit)


@form("/me/channels/email", policy=candidate, limit=limits.ASK_FOR_LINK)
def change_mailbox(visit: ThisVisit) -> Response[str]:
    """A link goes to the new mailbox. Nothing changes before it is followed there."""

    def act() -> None:
        step_up.demand(visit)
        email = filled(visit, MailboxForm).email
        with visit.house.database.transaction() as connection:
            limits.take(connection, limits.ASK_FOR_ADDRESS, email.casefold(), visit.house.door_key, visit.now)
        reach.ask_to_change(visit.house.office, visit.command, candidate=CandidateId(visit.id), email=email)

    return carry_out(visit, act, then="/me/channels", again=lambda: _show(visit))


@page("/contact/{token:str}", policy=public)
def proof_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button; opening the page changes nothing, so a mail scanner may look at it."""
    return show(visit, "contact_link.html", token=token, done=False)


@form("/contact/{token:str}", policy=public, limit=limits.OPEN_LINK)
def prove(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The new mailbox counts; every other session ends, for whoever had the old mailbox may have one."""
    change = reach.asked_for(visit.house.office, token, visit.now)
    command = Command(id=uuid5(change.id, "prove"), actor=f"candidate:{change.candidate}", now=visit.now)
    reach.change_contact(visit.house.office, command, change=change)
    with visit.house.database.transaction() as connection:
        session.end(connection, "candidate", change.candidate, visit.now)
    return show(visit, "contact_link.html", token=token, done=True)


@form("/me/channels/line", policy=candidate)
def go_to_line(visit: ThisVisit) -> Response[str]:
    """A page with the link to LINE: a form may not lead to another site, a link may."""
    line = _line(visit)
    state = new_token()
    with visit.house.database.transaction() as connection:
        connection.execute(
            "INSERT INTO line_attempt (state_digest, browser_digest, candidate, expires_at) VALUES (%s, %s, %s, %s)",
            (digest(state), digest(visit.held), visit.id, visit.now + LASTS),
        )
    return show(visit, "line_go.html", there=line.authorize(state, _back(visit)), is_real=line.is_real)


@page("/line/return", policy=candidate)
def back_from_line(
    visit: ThisVisit, code: FromQuery[Sent] = "", sent: SentState = "", error: FromQuery[Sent] = ""
) -> Response[str]:
    """One button connects; whoever said no at LINE changed nothing."""
    return show(visit, "line_return.html", code=code, state=sent, said_no=bool(error) or not code)


@form("/line/return", policy=candidate)
def connect(visit: ThisVisit) -> Response[str]:
    """The code is redeemed at LINE for who signed in there; state, browser and session must be those that left."""

    def act() -> Appended:
        given, line = filled(visit, ReturnForm), _line(visit)
        _take(visit, given.state)
        account = line.account(given.code, given.state, _back(visit), visit.now)
        return reach.connect_line(
            visit.house.office, visit.command, candidate=CandidateId(visit.id), account=account
        )

    return carry_out(visit, act, then="/me/channels", again=lambda: _show(visit))


@form("/me/channels/line/disconnection", policy=candidate)
def disconnect(visit: ThisVisit) -> Response[str]:
    """Nothing is sent there any more."""

    def act() -> Appended:
        return reach.disconnect_line(visit.house.office, visit.command, candidate=CandidateId(visit.id))

    return carry_out(visit, act, then="/me/channels", again=lambda: _show(visit))


def _take(visit: Visit, state: str) -> None:
    """Once, within ten minutes, by the browser and the person that left. Refuses `line-not-proved`."""
    with visit.house.database.transaction() as connection:
        row = connection.execute(
            "UPDATE line_attempt SET used_at = %(now)s WHERE state_digest = %(state)s AND candidate = %(who)s"
            " AND used_at IS NULL AND expires_at > %(now)s RETURNING browser_digest",
            {"now": visit.now, "state": digest(state), "who": visit.id},
        ).fetchone()
    if row is None or not hmac.compare_digest(bytes(row[0]), digest(visit.held)): raise Refused("line-not-proved")


def _line(visit: Visit) -> Line:
    if visit.house.line is None: raise Refused("line-not-offered")
    return visit.house.line


def _back(visit: Visit) -> str:
    return f"{visit.house.office.public_url}/line/return"


def _show(visit: Visit) -> Response[str]:
    office, who = visit.house.office, CandidateId(visit.id)
    consent, line = office.consent(who).state, visit.house.line
    agreed = {
        channel: consent.allows(Permission(scope=Scope.CHANNEL, channel=channel), visit.now) for channel in Channel
    }
    words = {channel: same(consents.read_text)(visit, Scope.CHANNEL, channel=channel) for channel in Channel}
    with office.database.transaction() as connection:
        waits = connection.execute(
            "SELECT FROM contact_change WHERE candidate = %s AND used_at IS NULL AND asked_at > %s", (who, visit.now - LASTS)
        ).fetchone()
    return show(
        visit,
        "me_channels.html",
        me=same(profile.read_me)(visit),
        reach=office.candidate(who).state.reach,
        agreed=agreed,
        words=words,
        waits=waits is not None,
        offered=line is not None,
        is_real=line is not None and line.is_real,
        pushes=line is not None and line.pushes,
    )


ROUTES = [channels, change_mailbox, proof_page, prove, go_to_line, back_from_line, connect, disconnect]
