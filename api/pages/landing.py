"""Coming in: an invitation, a source's neutral link, 「心当たりがない」, and the registration behind the mailed link.

None of these pages names a person or an application: whoever reads them has proved no mailbox yet.
"""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath

from api import limits, session
from api.pages.showing import carry_out, filled, same, show
from api.policies import public
from api.rendering import render
from api.route import ThisVisit, form, page
from api.text_types import Body, Email, ShortLine
from api.v1.invitations import disowned, read_invitation
from api.v1.neutral_links import SourceView, source_named
from api.v1.registrations import Begun, Completed, begin_later, completed, entered_by
from api.visit import Visit
from domain.candidate import Entrance


class MailboxForm(Body, frozen=True):
    """Which mailbox the link shall go to."""

    email: Email


class RegisterForm(Body, frozen=True):
    """What only the person can say. An answer that was not given is no."""

    name: ShortLine
    is_adult: bool = False
    is_pupil: bool = False


@page("/i/{invitation:uuid}", policy=public)
def invitation_page(visit: ThisVisit, invitation: FromPath[UUID]) -> Response[str]:
    """In whose name the invitation came, and a form for the mailbox."""
    return _landing(visit, _source_of(visit, invitation), invitation)


@form("/i/{invitation:uuid}", policy=public, limit=limits.ASK_FOR_LINK)
def enter_by_invitation(visit: ThisVisit, invitation: FromPath[UUID]) -> Response[str]:
    """The same answer for every mailbox."""
    return _begin(visit, Entrance.INVITATION, _source_of(visit, invitation), invitation)


@page("/i/{invitation:uuid}/not-me", policy=public)
def not_me_page(visit: ThisVisit, invitation: FromPath[UUID]) -> Response[str]:
    """One button; opening the page changes nothing."""
    return show(visit, "not_me.html", source=_source_of(visit, invitation), invitation=invitation, done=False)


@form("/i/{invitation:uuid}/not-me", policy=public, limit=limits.OPEN_LINK)
def not_me(visit: ThisVisit, invitation: FromPath[UUID]) -> Response[str]:
    """The address is suppressed, the record frozen, the source told. Twice is no different."""
    source = _source_of(visit, invitation)
    disowned(visit, invitation)
    return show(visit, "not_me.html", source=source, invitation=invitation, done=True)


@page("/n/{company:uuid}", policy=public)
def neutral_page(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The link in a source's rejection mails: it names the source and nobody else."""
    return _landing(visit, source_named(visit, company), None)


@form("/n/{company:uuid}", policy=public, limit=limits.ASK_FOR_LINK)
def enter_by_neutral_link(visit: ThisVisit, company: FromPath[UUID]) -> Response[str]:
    """The same answer for every mailbox."""
    return _begin(visit, Entrance.NEUTRAL_LINK, source_named(visit, company), None)


@page("/register/sent", policy=public)
def sent(visit: ThisVisit) -> Response[str]:
    """Look into your mailbox."""
    return render(visit, "register_sent.html")


@page("/register/{token:str}", policy=public)
def register_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The form, whether or not the link is still good: looking at it changes and tells nothing."""
    return show(visit, "register.html", token=token)


@form("/register/{token:str}", policy=public, limit=limits.OPEN_LINK)
def register(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The mailbox is proved: the person is registered and signed in."""

    def act() -> int:
        given = filled(visit, RegisterForm)
        said = Completed(token=token, name=given.name, is_adult=given.is_adult, is_pupil=given.is_pupil)
        who, position = completed(visit, said)
        with visit.house.database.transaction() as connection:
            opened = session.begin(connection, "candidate", who, visit.now, instead_of=visit.token, device=visit.device)
        visit.open_session(opened, int(session.ABSOLUTE["candidate"].total_seconds()))
        return position

    return carry_out(visit, act, then="/me", again=lambda: show(visit, "register.html", token=token))


def _source_of(visit: Visit, invitation: UUID) -> SourceView:
    found: SourceView = same(read_invitation)(visit, invitation)
    return found


def _landing(visit: Visit, source: SourceView, invitation: UUID | None) -> Response[str]:
    return show(visit, "landing.html", source=source, invitation=invitation)


def _begin(visit: Visit, entrance: Entrance, source: SourceView, invitation: UUID | None) -> Response[str]:
    """The mail is sent after the answer went out, so its time tells nothing of the address."""
    held: list[BackgroundTask] = []

    def act() -> None:
        given = filled(visit, MailboxForm)
        begun = Begun(
            email=given.email,
            entrance=entrance,
            language=visit.language,
            invitation=invitation,
            source=source.company if invitation is None else None,
        )
        invited, company = entered_by(visit, begun)
        held.append(BackgroundTask(begin_later, visit, begun, invited, company))

    answer = carry_out(visit, act, then="/register/sent", again=lambda: _landing(visit, source, invitation))
    if held: answer.background = held[0]
    return answer


ROUTES = [
    invitation_page,
    enter_by_invitation,
    not_me_page,
    not_me,
    neutral_page,
    enter_by_neutral_link,
    sent,
    register_page,
    register,
]
