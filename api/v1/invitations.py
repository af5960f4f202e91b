"""An invitation, for whoever holds the link in the mail: it names the source only; 「心当たりがない」 is one tap."""

from __future__ import annotations

from uuid import UUID, uuid5

import msgspec
from litestar.params import FromPath, JSONBody

from api import limits
from api.policies import public
from api.route import ThisVisit, command, query
from api.text_types import NoBody
from api.v1.neutral_links import TAGS, SourceView, source_named
from api.visit import Visit
from domain.ids import ApplicantId
from domain.refusal import Refused
from marketplace.commands import applicant as commands
from marketplace.store.log import Command
from projections import applicant_pool


class Noted(msgspec.Struct, frozen=True):
    """The same answer whatever there was."""

    noted: bool = True


@query("/invitations/{invitation:uuid}", policy=public, tags=TAGS)
def read_invitation(visit: ThisVisit, invitation: FromPath[UUID]) -> SourceView:
    """In whose name the invitation came. No person, no application, no state."""
    with visit.house.database.transaction() as connection:
        sent = applicant_pool.of_invitation(connection, invitation)
    if sent is None: raise Refused("not-found")
    return source_named(visit, sent[1])


@command(
    "/invitations/{invitation:uuid}/disowning", policy=public, limit=limits.OPEN_LINK, idempotent=False, tags=TAGS
)
def disown(visit: ThisVisit, invitation: FromPath[UUID], data: JSONBody[NoBody]) -> Noted:  # noqa: ARG001  read strictly
    """「心当たりがない」: the address is suppressed, the record frozen, the source told. Tapping twice is no different."""
    disowned(visit, invitation)
    return Noted()


def disowned(visit: Visit, invitation: UUID) -> None:
    """Carry it out where there is such an invitation. What stands in the way is nobody's to learn from a link."""
    with visit.house.database.transaction() as connection:
        sent = applicant_pool.of_invitation(connection, invitation)
    if sent is None: return
    mine = Command(id=uuid5(invitation, "disown"), actor="visitor:invitation", now=visit.now)
    try:
        commands.disown(visit.house.office, mine, applicant=ApplicantId(sent[0]), invitation=invitation)
    except Refused:
        return


ROUTES = [read_invitation, disown]
