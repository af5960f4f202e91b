"""The address that a company's person signs in with: shown, changed by the new mailbox's word, kept by the old one's."""

from __future__ import annotations

import msgspec
from litestar.params import JSONBody

from api import limits, policies, step_up
from api.route import ThisVisit, command, query
from api.text_types import Body, Email, Token
from domain.ids import UserId
from marketplace.commands import member_address


class MemberAddress(msgspec.Struct, frozen=True):
    """The address that the person signs in with."""

    email: str


class NewAddress(Body, frozen=True):
    """The address to sign in with from now on."""

    email: Email


class AddressAsked(msgspec.Struct, frozen=True):
    """A link to confirm went to the new address, and one to object to the old. Nothing has changed yet."""

    sent: bool = True


class AddressToken(Body, frozen=True):
    """The token in one of the two mails."""

    token: Token


class AddressSettled(msgspec.Struct, frozen=True):
    """Whether the new address holds now."""

    changed: bool


@query("/member-address", policy=policies.company(), tags=["session"])
def read(visit: ThisVisit) -> MemberAddress:
    """One's own address."""
    with visit.house.database.transaction() as connection:
        return MemberAddress(member_address.address_of(visit.house.office, connection, UserId(visit.id)))


@command("/member-address", policy=policies.company(), idempotent=False, status_code=202, tags=["session"])
def change(visit: ThisVisit, data: JSONBody[NewAddress]) -> AddressAsked:
    """Ask for another address; asks for a fresh proof."""
    step_up.demand(visit)
    with visit.house.database.transaction() as connection:
        limits.take(connection, limits.ASK_FOR_PROOF, visit.actor.text, visit.house.door_key, visit.now)
    member_address.ask(visit.house.office, UserId(visit.id), data.email, language=visit.language, now=visit.now)
    return AddressAsked()


@command(
    "/member-address/confirming", policy=policies.public, limit=limits.OPEN_LINK, idempotent=False, tags=["session"]
)
def confirm(visit: ThisVisit, data: JSONBody[AddressToken]) -> AddressSettled:
    """The new mailbox says yes: the person signs in with it from now on."""
    member_address.confirm(visit.house.office, data.token, visit.now)
    return AddressSettled(changed=True)


@command("/member-address/objecting", policy=policies.public, limit=limits.OPEN_LINK, idempotent=False, tags=["session"])
def object_to(visit: ThisVisit, data: JSONBody[AddressToken]) -> AddressSettled:
    """The old mailbox says no: its address holds, and everybody is signed out of the account."""
    member_address.object_to(visit.house.office, data.token, visit.now)
    return AddressSettled(changed=False)


ROUTES = [read, change, confirm, object_to]
