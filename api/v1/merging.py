"""One person, two registrations: a link goes to the other mailbox, and opened in this session it proves both."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody

from api import limits
from api.policies import candidate
from api.route import Done, ThisVisit, command, done
from api.text_types import Body, Email, Token
from api.visit import Visit
from domain.ids import CandidateId
from domain.refusal import Refused
from marketplace.commands import privacy as commands
from marketplace.links import open_merge_link

TAGS = ["merging"]


class Asked(Body, frozen=True):
    """The other registration's mailbox."""

    email: Email


class Merged(Body, frozen=True):
    """The token in the link that went there."""

    token: Token


class Accepted(msgspec.Struct, frozen=True):
    """The same answer for every address, whether anybody has it or not."""

    sent_if_known: bool = True


@command("/me/merging-requests", policy=candidate, limit=limits.ASK_FOR_LINK, status_code=202, tags=TAGS)
def ask(visit: ThisVisit, data: JSONBody[Asked]) -> Response[Accepted]:
    """A link is mailed to the other mailbox if it is registered; the answer and its time are the same if not."""
    return Response(Accepted(), status_code=202, background=BackgroundTask(ask_later, visit, data.email))


@command("/me/merging", policy=candidate, limit=limits.OPEN_LINK, tags=TAGS)
def merge(visit: ThisVisit, data: JSONBody[Merged]) -> Done:
    """Both registrations become this one: restrictions unite, both claims stay, no source learns of the other."""
    survivor = CandidateId(visit.id)
    with visit.house.database.transaction() as connection:
        absorbed = open_merge_link(connection, data.token, survivor, visit.now)
    if absorbed is None: raise Refused("link-not-valid")
    appended = commands.merge(
        visit.house.office, visit.command, survivor=survivor, absorbed=CandidateId(absorbed)
    )
    return done(appended, survivor)


def ask_later(visit: Visit, email: str) -> None:
    """Runs after the answer went out, so that its time tells nothing of the address."""
    try:
        with visit.house.database.transaction() as connection:
            limits.take(connection, limits.ASK_FOR_ADDRESS, email.casefold(), visit.house.door_key, visit.now)
        commands.ask_to_merge(visit.house.office, visit.command, survivor=CandidateId(visit.id), email=email)
    except Refused:
        return


ROUTES = [ask, merge]
