"""After a restore: who was erased since stays erased, and what Stripe may have been asked since is looked for first."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid5

import msgspec

from domain.ids import CandidateId
from marketplace import clock
from marketplace.commands.privacy import FURTHER_DELETIONS, finish_erasure, start_erasure
from marketplace.run.settings import Settings
from marketplace.run.wiring import House, open_house
from marketplace.settlement import intents
from marketplace.store.log import Command
from marketplace.vault import erasure


class Restored(msgspec.Struct, frozen=True):
    """How many subjects were erased again, and how many requests are looked for at Stripe before they are sent."""

    erased_again: int
    looked_up: int


def open_door(settings: Settings) -> House:
    """The house of a web process or a worker: before anybody comes in, nothing is left of whoever was erased."""
    house = open_house(settings)
    try:
        finish_erasures(house)
    except BaseException:
        house.close()
        raise
    return house


def finish_erasures(house: House) -> int:
    """Erase again whom a restore, or a crash, has left something of. Answers how many subjects."""
    with house.database.transaction() as connection:
        return erasure.replay(
            house.vault.keyring, connection, now=clock.now(connection), further=FURTHER_DELETIONS
        )


def restored(house: House) -> Restored:
    """What has to be done once after a restore, before web and worker are started. A second time does no harm."""
    again = finish_erasures(house)
    _tell_erasures(house)
    with house.database.transaction() as connection:
        return Restored(again, intents.look_up_first(connection, clock.now(connection)))


def _tell_erasures(house: House) -> None:
    """A log that ends before an erasure says so again: without it the card would still be listed, and be asked for."""
    with house.database.transaction() as connection:
        now = clock.now(connection)
        erased = connection.execute("SELECT subject_id FROM vault_tombstone WHERE subject_kind = 'candidate'").fetchall()
    for (key,) in erased:
        candidate = CandidateId(key)
        state = house.office.candidate(candidate).state
        if not state.registered or state.erased:
            continue
        if not state.erasing:
            command = Command(id=uuid5(candidate, f"restored:{now.isoformat()}"), actor="operator:restored", now=now)
            start_erasure(house.office, command, candidate=candidate)
        finish_erasure(house.office, candidate, now)


def tell(house: House, say: Callable[[str], None]) -> int:
    """`relay restored` in a terminal."""
    done = restored(house)
    if house.settings.language == "ja":
        say(f"消去をやり直した対象：{done.erased_again} 件。Stripe への依頼のうち、送る前に照会するもの：{done.looked_up} 件。")
    else:
        say(f"Erased again: {done.erased_again}. Requests to Stripe that are looked for before they are sent: {done.looked_up}.")
    return 0
