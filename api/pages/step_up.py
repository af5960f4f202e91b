"""Confirming that it is still you: by a link that is mailed and works in this browser alone. Needs no script."""

from __future__ import annotations

from typing import Annotated

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from api import ceremonies, limits, passkeys, policies, step_up
from api.pages.showing import show
from api.rendering import render
from api.route import ThisVisit, form, own_path, page, see_other
from api.text_types import Body


class AskForProof(Body, frozen=True):
    """Where the person was."""

    back: Annotated[str, Meta(max_length=2000)] = "/"


class Nothing(Body, frozen=True):
    """A form of one button."""


@page("/step-up", policy=policies.signed_in)
def ask_page(visit: ThisVisit, back: FromQuery[str] = "/") -> Response[str]:
    """The ways to confirm; or, where that was done a moment ago, the way back."""
    with visit.house.database.transaction() as connection:
        has_passkey = bool(passkeys.credentials(connection, passkeys.of(visit)))
    where = ceremonies.place(visit.house.settings)
    return show(visit, "step_up.html", back=own_path(back), has_passkey=has_passkey, place=where)


@form("/step-up/link", policy=policies.signed_in, limit=limits.ASK_FOR_LINK)
def ask(visit: ThisVisit) -> Response[str]:
    """A link goes to the person's own address."""
    wanted = visit.form(AskForProof)
    with visit.house.database.transaction() as connection:
        limits.take(connection, limits.ASK_FOR_PROOF, visit.actor.text, visit.house.door_key, visit.now)
        step_up.send_link(connection, visit, own_path(wanted.back))
    return see_other(visit, "/step-up/sent")


@page("/step-up/sent", policy=policies.signed_in)
def sent(visit: ThisVisit) -> Response[str]:
    """Look into your mailbox, and open the link here."""
    return render(visit, "step_up_sent.html")


@page("/step-up/{token:str}", policy=policies.public)
def link_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button, in the browser that asked for the link; elsewhere, where to open it."""
    with visit.house.database.transaction() as connection:
        here = step_up.works_here(connection, visit, token)
    return render(visit, "step_up_link.html", token=token, here=here)


@form("/step-up/{token:str}", policy=policies.public, limit=limits.OPEN_LINK)
def use_link(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The session is confirmed, and the browser goes back to where it was."""
    visit.form(Nothing)
    with visit.house.database.transaction() as connection:
        back = step_up.use_link(connection, visit, token)
    return see_other(visit, back)


ROUTES = [ask_page, ask, sent, link_page, use_link]
