"""Reading a company's proof of a prior contact; the look stands in the person's access log."""

from __future__ import annotations

from datetime import datetime

from domain.ids import IntroductionId
from domain.introduction import PriorContactClaimed
from domain.refusal import Refused
from marketplace.commands.office import Office
from marketplace.vault.access_log import Viewer
from marketplace.vault.disclosure import open_evidence


def read(office: Office, viewer: Viewer, introduction: IntroductionId, *, now: datetime) -> str:
    """What was handed in. Refuses `prior-contact-not-claimed`, and `record-gone` once the person is erased."""
    claims = [entry.event for entry in office.log.history(introduction) if isinstance(entry.event, PriorContactClaimed)]
    if not claims: raise Refused("prior-contact-not-claimed")
    candidate = office.introduction(introduction).state.candidate
    with office.database.transaction() as connection:
        return open_evidence(
            office.vault.keyring,
            connection,
            viewer,
            introduction,
            claims[-1].evidence_ref,
            candidate=candidate,
            now=now,
        )
