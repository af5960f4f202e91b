"""A person who registers without a mailbox to look into: the link's token is minted, as the mail would have it."""

from __future__ import annotations

from uuid import uuid4

from domain.candidate import Entrance
from domain.ids import CandidateId, CompanyId
from marketplace import clock
from marketplace.commands import registration
from marketplace.run.wiring import House
from marketplace.store.log import Command


def registered(house: House, email: str, name: str, source: CompanyId | None = None) -> CandidateId:
    """Somebody who came by a neutral link and proved their mailbox."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
    begun = Command(id=uuid4(), actor="visitor", now=now)
    registration.begin(
        house.office, begun, email=email, language="ja", entrance=Entrance.NEUTRAL_LINK, source=source
    )
    with house.database.transaction() as connection:
        row = connection.execute("SELECT id FROM registration ORDER BY started_at DESC LIMIT 1").fetchone()
    assert row is not None
    opened = registration.opened(house.office, registration.mint_link(house.office, row[0]))
    done = registration.command_of(opened, now)
    registration.complete(house.office, done, begun=opened, name=name, is_adult=True, is_pupil=False)
    registration.use_up(house.office, opened)
    return opened.candidate
