"""Step-up over the API: what answers `step-up-needed` is done after a fresh proof, by a passkey or by a mailed link."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar.params import JSONBody

from api import limits, policies, step_up
from api.route import ThisVisit, command
from api.session import FRESH
from api.text_types import Body, Token


class LinkSent(msgspec.Struct, frozen=True):
    """A link is on its way to the person's own address."""

    sent: bool = True


class UseLink(Body, frozen=True):
    """The token in the mailed link; it works in the session that asked for it."""

    token: Token


class Proved(msgspec.Struct, frozen=True):
    """Until when this session may do what asks for a fresh proof."""

    proved_until: datetime


@command(
    "/step-up-links",
    policy=policies.signed_in,
    idempotent=False,
    status_code=202,
    tags=["session"],
)
def ask_for_link(visit: ThisVisit) -> LinkSent:
    """A single-use link is mailed to the person of this session."""
    with visit.house.database.transaction() as connection:
        limits.take(connection, limits.ASK_FOR_PROOF, visit.actor.text, visit.house.door_key, visit.now)
        step_up.send_link(connection, visit)
    return LinkSent()


@command("/step-ups", policy=policies.signed_in, idempotent=False, tags=["session"])
def use_link(visit: ThisVisit, data: JSONBody[UseLink]) -> Proved:
    """The mailed link, in the session that asked for it, is a proof of this moment."""
    with visit.house.database.transaction() as connection:
        step_up.use_link(connection, visit, data.token)
    return Proved(visit.now + FRESH)


ROUTES = [ask_for_link, use_link]
