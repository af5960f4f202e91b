"""The person's passkeys, signing in and confirming with one. `static/passkeys.js` fills in `credential`; without scripts
there are links by mail, and names and removals work all the same.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import ceremonies, limits, passkeys, policies, session
from api.pages.showing import carry_out, same, show
from api.route import ThisVisit, form, own_path, page, see_other
from api.text_types import Body, ShortLine, Token
from api.v1 import passkeys as commands
from api.v1.passkeys import Credential


class PasskeyForm(Body, frozen=True):
    """A new passkey."""

    name: ShortLine
    credential: Credential


class PasskeyNameForm(Body, frozen=True):
    """Another name."""

    name: ShortLine


class PasskeySignInForm(Body, frozen=True):
    """The answer of an authenticator on the sign-in page."""

    ceremony: Token
    credential: Credential


class PasskeyProofForm(Body, frozen=True):
    """The answer of an authenticator, and where the person was."""

    credential: Credential
    back: Annotated[str, Meta(max_length=2000)] = "/"


class Nothing(Body, frozen=True):
    """A form of one button."""


@page("/passkeys", policy=policies.signed_in)
def passkeys_page(visit: ThisVisit) -> Response[str]:
    """The list, and adding one."""
    with visit.house.database.transaction() as connection:
        found = passkeys.mine(connection, visit)
    return show(visit, "passkeys.html", passkeys=found, place=ceremonies.place(visit.house.settings))


@form("/passkeys", policy=policies.signed_in)
def add(visit: ThisVisit) -> Response[str]:
    """The passkey that the browser made is kept."""

    def act() -> None:
        sent = visit.form(PasskeyForm)
        same(commands.add)(visit, commands.NewPasskey(name=sent.name, credential=sent.credential))

    return carry_out(visit, act, then="/passkeys", again=lambda: same(passkeys_page)(visit))


@form("/passkeys/{passkey:uuid}/name", policy=policies.signed_in)
def rename(visit: ThisVisit, passkey: FromPath[UUID]) -> Response[str]:
    """Another name."""

    def act() -> None:
        same(commands.rename)(visit, passkey, commands.PasskeyNamed(name=visit.form(PasskeyNameForm).name))

    return carry_out(visit, act, then="/passkeys", again=lambda: same(passkeys_page)(visit))


@form("/passkeys/{passkey:uuid}/removal", policy=policies.signed_in)
def remove(visit: ThisVisit, passkey: FromPath[UUID]) -> Response[str]:
    """It opens nothing any more."""

    def act() -> None:
        visit.form(Nothing)
        same(commands.remove)(visit, passkey)

    return carry_out(visit, act, then="/passkeys", again=lambda: same(passkeys_page)(visit))


@form("/passkeys/not-now", policy=policies.signed_in)
def not_now(visit: ThisVisit) -> Response[str]:
    """The offer is not made again."""
    visit.form(Nothing)
    with visit.house.database.transaction() as connection:
        passkeys.decline(connection, passkeys.of(visit))
    return see_other(visit, "/")


@form("/sign-in/passkey", policy=policies.public, limit=limits.OPEN_LINK)
def sign_in(visit: ThisVisit) -> Response[str]:
    """A passkey opens a session; the one the browser had before ends."""
    sent = visit.form(PasskeySignInForm)
    opened, kind = passkeys.sign_in(visit, sent.ceremony, sent.credential)
    visit.open_session(opened, int(session.ABSOLUTE[kind].total_seconds()))
    return see_other(visit, "/")


@form("/step-up/passkey", policy=policies.signed_in, limit=limits.OPEN_LINK)
def prove(visit: ThisVisit) -> Response[str]:
    """A passkey confirms the session, and the browser goes back to where it was."""
    sent = visit.form(PasskeyProofForm)
    passkeys.step_up(visit, sent.credential)
    return see_other(visit, own_path(sent.back))


ROUTES = [passkeys_page, add, rename, remove, not_now, sign_in, prove]
