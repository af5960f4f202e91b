"""Passkeys over the API: the ceremonies in two steps each, options and answer; and the person's own list.

`public_key` is what `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes, `credential`
the text of what came back (`JSON.stringify(credential)`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from api import ceremonies, limits, passkeys, policies, step_up
from api.route import ThisVisit, command, query
from api.session import FRESH
from api.text_types import Body, ShortLine, Token
from api.v1.session import SignedIn
from api.v1.step_up import Proved
from marketplace.links import new_token

Credential = Annotated[str, Meta(min_length=2, max_length=16_000)]
"""The JSON text of what a browser's credential says of itself."""


class Challenge(msgspec.Struct, frozen=True):
    """What a browser needs to make a passkey, or to sign with one."""

    public_key: dict[str, Any]


class SignInChallenge(msgspec.Struct, frozen=True):
    """What a browser needs to sign in; `ceremony` goes back with the answer."""

    public_key: dict[str, Any]
    ceremony: str


class NewPasskey(Body, frozen=True):
    """A passkey that the browser made, and what its person calls it."""

    name: ShortLine
    credential: Credential


class PasskeyMade(msgspec.Struct, frozen=True):
    """It can be signed in with from now on."""

    id: UUID


class PasskeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the person's passkeys. `copied`: a copy of it was used, and neither is accepted any more."""

    id: UUID
    name: str
    made_at: datetime
    used_at: datetime | None
    copied: bool


class PasskeyNamed(Body, frozen=True):
    """What its person calls it."""

    name: ShortLine


class Kept(msgspec.Struct, frozen=True):
    """How many passkeys the person has now."""

    passkeys: int


class SignInByPasskey(Body, frozen=True):
    """The answer to a sign-in challenge."""

    ceremony: Token
    credential: Credential


class ProveByPasskey(Body, frozen=True):
    """The answer to a challenge of this session."""

    credential: Credential


@query("/passkeys", policy=policies.signed_in, tags=["session"])
def list_passkeys(visit: ThisVisit) -> list[PasskeyRow]:
    """The person's passkeys."""
    with visit.house.database.transaction() as connection:
        return [msgspec.convert(each, PasskeyRow, from_attributes=True) for each in passkeys.mine(connection, visit)]


@command("/passkeys/options", policy=policies.signed_in, idempotent=False, tags=["session"])
def options_to_add(visit: ThisVisit) -> Challenge:
    """A challenge for a new passkey; asks for a fresh proof, for whoever can add one stays."""
    step_up.demand(visit)
    with visit.house.database.transaction() as connection:
        called, known = passkeys.called(connection, visit), passkeys.credentials(connection, passkeys.of(visit))
    return Challenge(ceremonies.to_add(visit, who=visit.id, called=called, known=known))


@command("/passkeys", policy=policies.signed_in, idempotent=False, status_code=201, tags=["session"])
def add(visit: ThisVisit, data: JSONBody[NewPasskey]) -> PasskeyMade:
    """The passkey that the browser made is kept."""
    step_up.demand(visit)
    return PasskeyMade(passkeys.add(visit, data.name, data.credential))


@command("/passkeys/{passkey:uuid}/name", policy=policies.signed_in, idempotent=False, tags=["session"])
def rename(visit: ThisVisit, passkey: FromPath[UUID], data: JSONBody[PasskeyNamed]) -> Kept:
    """Another name; somebody else's passkey is not there."""
    step_up.demand(visit)
    passkeys.rename(visit, passkey, data.name)
    return _kept(visit)


@command("/passkeys/{passkey:uuid}/removal", policy=policies.signed_in, idempotent=False, tags=["session"])
def remove(visit: ThisVisit, passkey: FromPath[UUID]) -> Kept:
    """It opens nothing any more; somebody else's passkey is not there."""
    step_up.demand(visit)
    passkeys.remove(visit, passkey)
    return _kept(visit)


@command("/sign-in-challenges", policy=policies.public, limit=limits.OPEN_LINK, idempotent=False, tags=["session"])
def options_to_sign_in(visit: ThisVisit) -> SignInChallenge:
    """A challenge for whichever passkey the person has for this site; it names nobody."""
    ceremony = new_token()
    return SignInChallenge(ceremonies.to_sign(visit, "sign-in", known=[], ceremony=ceremony), ceremony)


@command(
    "/sessions/by-passkey",
    policy=policies.public,
    limit=limits.OPEN_LINK,
    idempotent=False,
    status_code=201,
    tags=["session"],
)
def sign_in(visit: ThisVisit, data: JSONBody[SignInByPasskey]) -> SignedIn:
    """A passkey opens a session."""
    token, kind = passkeys.sign_in(visit, data.ceremony, data.credential)
    return SignedIn(token, kind)


@command("/step-ups/challenges", policy=policies.signed_in, idempotent=False, tags=["session"])
def options_to_prove(visit: ThisVisit) -> Challenge:
    """A challenge for one of the person's own passkeys."""
    with visit.house.database.transaction() as connection:
        known = passkeys.credentials(connection, passkeys.of(visit))
    return Challenge(ceremonies.to_sign(visit, "step-up", known=known))


@command("/step-ups/by-passkey", policy=policies.signed_in, idempotent=False, tags=["session"])
def prove(visit: ThisVisit, data: JSONBody[ProveByPasskey]) -> Proved:
    """A passkey of the session's own person is a proof of this moment."""
    passkeys.step_up(visit, data.credential)
    return Proved(visit.now + FRESH)


def _kept(visit: ThisVisit) -> Kept:
    with visit.house.database.transaction() as connection:
        return Kept(len(passkeys.mine(connection, visit)))


ROUTES = [
    list_passkeys, options_to_add, add, rename, remove, options_to_sign_in, sign_in, options_to_prove, prove,
]  # fmt: skip
