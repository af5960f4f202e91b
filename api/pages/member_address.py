"""The page of one's own address, for people of companies; and the two mailed links: yes from the new, no from the old."""

from __future__ import annotations

from litestar import Response
from litestar.params import FromPath

from api import limits, policies
from api.pages.showing import carry_out, same, show
from api.route import ThisVisit, form, page
from api.text_types import Body, Email
from api.v1 import member_address as commands


class AddressForm(Body, frozen=True):
    """The address to sign in with from now on."""

    email: Email


class Nothing(Body, frozen=True):
    """A form of one button."""


@page("/account/email", policy=policies.company())
def address_page(visit: ThisVisit) -> Response[str]:
    """The address now, and asking for another."""
    return show(visit, "member_address.html", email=same(commands.read)(visit).email)


@form("/account/email", policy=policies.company())
def change(visit: ThisVisit) -> Response[str]:
    """Both mailboxes are written to; nothing has changed yet."""

    def act() -> None:
        same(commands.change)(visit, commands.NewAddress(email=visit.form(AddressForm).email))

    return carry_out(
        visit, act, then="/account/email/sent", stands_at="/account/email", again=lambda: same(address_page)(visit)
    )


@page("/account/email/sent", policy=policies.company())
def sent(visit: ThisVisit) -> Response[str]:
    """Look into the new mailbox."""
    return show(visit, "member_address_sent.html")


@page("/account/email/confirm/{token:str}", policy=policies.public)
def confirm_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button. Opening the page changes nothing."""
    return show(visit, "member_address_link.html", purpose="confirm", token=token)


@form("/account/email/confirm/{token:str}", policy=policies.public, limit=limits.OPEN_LINK)
def confirm(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The new address holds from now on."""
    visit.form(Nothing)
    same(commands.confirm)(visit, commands.AddressToken(token=token))
    return show(visit, "member_address_link.html", purpose="confirmed", token=token)


@page("/account/email/object/{token:str}", policy=policies.public)
def object_page(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """One button. Opening the page changes nothing."""
    return show(visit, "member_address_link.html", purpose="object", token=token)


@form("/account/email/object/{token:str}", policy=policies.public, limit=limits.OPEN_LINK)
def object_to(visit: ThisVisit, token: FromPath[str]) -> Response[str]:
    """The old address holds, and everybody is signed out of the account."""
    visit.form(Nothing)
    same(commands.object_to)(visit, commands.AddressToken(token=token))
    return show(visit, "member_address_link.html", purpose="objected", token=token)


ROUTES = [address_page, change, sent, confirm_page, confirm, object_page, object_to]
