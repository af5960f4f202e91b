"""Signing in by a mailed link, signing out, the language, and where one is signed in."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath

from api import ceremonies, limits, policies, session
from api.language import COOKIE
from api.rendering import render
from api.route import ThisVisit, form, own_path, page, see_other
from api.text_types import Body, Email, Query
from api.visit import Visit, cookie
from domain.refusal import Refused

_YEAR_S = 31_536_000


class AskForLink(Body, frozen=True):
    """The form of the sign-in page."""

    email: Email


class Nothing(Body, frozen=True):
    """A form of one button."""


class ChosenLanguage(Body, frozen=True):
    """The language, and the page to go back to."""

    language: Literal["ja", "en"]
    back: Query = "/"


def invite(visit: Visit, address: str) -> None:
    """Have a link mailed if the address is somebody's. Runs after the answer went out, so its time tells nothing."""
    try:
        with visit.house.database.transaction() as connection:
            limits.take(connection, limits.ASK_FOR_ADDRESS, address.casefold(), visit.house.door_key, visit.now)
            visit.house.reception.send_login_links(connection, address, visit.language, visit.now)
    except Refused:
        # Too often, or no address at all: the person was told to look into their mailbox, whoever they are.
        return


@page("/sign-in", policy=policies.public)
def ask_page(visit: ThisVisit) -> Response[str]:
    """The form that asks for a link."""
    return render(visit, "sign_in.html", place=ceremonies.place(visit.house.settings))


@form("/sign-in", policy=policies.public, limit=limits.ASK_FOR_LINK)
def ask(visit: ThisVisit) -> Response[str]:
    """The same answer for every address."""
    wanted = visit.form(AskForLink)
    answer = see_other(visit, "/sign-in/sent")
    answer.background = BackgroundTask(invite, visit, wanted.email)
    return answer


@page("/sign-in/sent", policy=policies.public)
def sent(visit: ThisVisit) -> Response[str]:
    """Look into your mailbox."""
    return render(visit, "sign_in_sent.html")


@page("/sign-in/{token:str}", policy=policies.public)
def link_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button. Opening the page changes nothing, so a mail scanner may look at it as often as it likes."""
    return render(visit, "sign_in_link.html", token=token)


@form("/sign-in/{token:str}", policy=policies.public, limit=limits.OPEN_LINK)
def use_link(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The link is used up and the browser has a new session; the one it had before ends."""
    visit.form(Nothing)
    with visit.house.database.transaction() as connection:
        opened, kind = session.sign_in(connection, token, visit.now, instead_of=visit.token, device=visit.device)
    visit.open_session(opened, int(session.ABSOLUTE[kind].total_seconds()))
    return see_other(visit, "/")


@form("/sign-out", policy=policies.signed_in)
def sign_out(visit: ThisVisit) -> Response[str]:
    """This session ends."""
    visit.form(Nothing)
    _end(visit, None if visit.session is None else visit.session.id)
    visit.close_session()
    return see_other(visit, "/sign-in")


@page("/sessions", policy=policies.signed_in)
def sessions_page(visit: ThisVisit) -> Response[str]:
    """Where one is signed in."""
    with visit.house.database.transaction() as connection:
        found = session.live(
            connection, "candidate" if visit.actor.kind == "candidate" else "user", visit.id, visit.now
        )
    return render(visit, "sessions.html", sessions=found)


@form("/sessions/{which:uuid}/end", policy=policies.signed_in)
def end_session(visit: ThisVisit, which: FromPath[UUID]) -> Response[str]:
    """One of the person's sessions ends."""
    visit.form(Nothing)
    _end(visit, which)
    return see_other(visit, "/sessions")


@form("/sessions/end-all", policy=policies.signed_in)
def end_all(visit: ThisVisit) -> Response[str]:
    """Signed out everywhere, here too."""
    visit.form(Nothing)
    if visit.session is not None:
        with visit.house.database.transaction() as connection:
            session.end(connection, visit.session.kind, visit.id, visit.now)
    visit.close_session()
    return see_other(visit, "/sign-in")


@form("/language", policy=policies.public)
def choose_language(visit: ThisVisit) -> Response[str]:
    """The language of this browser, and of the session if there is one."""
    chosen = visit.form(ChosenLanguage)
    if visit.session is not None:
        with visit.house.database.transaction() as connection:
            session.speak(connection, visit.session.id, chosen.language)
    spoken = cookie(visit.house.settings, COOKIE, chosen.language, lasts_s=_YEAR_S)
    spoken.key = COOKIE
    visit.cookies.append(spoken)
    return see_other(visit, own_path(chosen.back))


def _end(visit: Visit, only: UUID | None) -> None:
    if visit.session is None or only is None: return
    with visit.house.database.transaction() as connection:
        session.end(connection, visit.session.kind, visit.id, visit.now, only=only)


ROUTES = [ask_page, ask, sent, link_page, use_link, sign_out, sessions_page, end_session, end_all, choose_language]
