"""An event that cannot be read, or on which a fold stumbles: its stream waits and says so, everybody else goes on."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from domain.company import CompanyAdmitted, CompanyReinstated, CompanyRole, CompanySuspended, RolesGranted
from domain.consent import Paused
from domain.ids import CandidateId, CompanyId, CompanyToken, VaultRef, card_of, consent_of
from marketplace.run import terminal
from projections import stuck
from projections.every import EVERY
from tests.api.v1.introductions.town import Town
from tests.faults import working_poison as poison
from tests.faults.test_worker_together import folded
from tests.faults.working_letterbox import eventually
from tests.faults.working_place import Place, built, place
from tests.faults.working_site import Site

__all__ = ["built", "place"]

READERS = sorted([*(each.name for each in EVERY), "react"])


def parked(site: Site) -> list[str]:
    return [reader for (reader,) in site.rows("SELECT DISTINCT reader FROM parked ORDER BY 1")]


def rebuilt(site: Site) -> int:
    return terminal.rebuild(site.house, (), lambda _: None, lambda *_: None)


def another(town: Town) -> CandidateId:
    """A second person with a card: somebody whose stream has nothing to do with it."""
    return town.person(CandidateId(uuid4()), "見本 灯")


@pytest.mark.parametrize(
    ("topic", "state"),
    [
        ("from-the-future.v9", b"\x80"),
        pytest.param("paused.v1", b"\xc1 no msgpack", marks=pytest.mark.heavy),
        pytest.param("paused.v1", b"", marks=pytest.mark.heavy),
    ],
    ids=["unknown-topic", "bad-payload", "empty"],
)
def test_an_event_nobody_can_read_parks_its_stream_and_the_rest_go_on_until_it_is_repaired(
    place: Place, topic: str, state: bytes
) -> None:
    site, town = place
    stream = consent_of(town.aoi)
    position = poison.insert(site, stream, topic, state)
    version = site.one("SELECT max(originator_version) FROM relay_events WHERE originator_id = %s", stream)
    after = poison.insert(site, stream, *poison.stored(stream, version + 1, Paused(candidate=town.aoi), site.now()))
    # Both are there before anybody reads: who reads the second one alone, and has no use for it, passes over it.
    site.begin()
    assert eventually(lambda: parked(site) == READERS), parked(site)
    bo = another(town)
    assert eventually(lambda: folded(site)), "somebody else waits"
    (card,) = [each for each in town.company("hiring").get("/catalogue")["items"] if each["card"] == str(card_of(bo))]
    assert card["occupations"] == ["data-analyst"]

    with site.house.database.transaction() as connection:
        shown = {(each.reader, each.stream, each.position) for each in stuck.of(connection).parked}
    assert shown == {(reader, stream, at) for reader in READERS for at in (position, after)}
    assert [line for line in site.check() if "nothing-parked" in line] != []
    assert str(position) in str(site.check())

    poison.put_right(site, position, *poison.stored(stream, version, Paused(candidate=town.aoi), site.now()))
    assert rebuilt(site) == 0
    assert parked(site) == ["react"]
    site.later(timedelta(hours=1, minutes=1))
    assert eventually(lambda: parked(site) == [])
    done = "SELECT count(*) FROM command WHERE actor = 'reaction:follow-withdrawal' AND position >= %s"
    assert site.one(done, position) >= 1
    site.end()
    assert site.check() == []


def test_an_event_whose_row_cannot_be_kept_parks_its_stream_in_that_projection_alone(place: Place) -> None:
    site, town = place
    site.begin()
    company = CompanyId(uuid4())
    admitted = CompanyAdmitted(
        company=company, name="見本\x00株式会社", name_en="Mihon", corporate_number="7000012050002",
        token=CompanyToken(uuid4()), address="東京都", representative_ref=VaultRef(uuid4()),
    )  # fmt: skip
    position = poison.insert(site, company, *poison.stored(company, 1, admitted, site.now()))
    assert eventually(lambda: parked(site) == ["directory"]), parked(site)
    bo = another(town)
    assert eventually(lambda: folded(site)), "somebody else waits"
    assert str(card_of(bo)) in str(town.company("hiring").get("/catalogue"))
    whole = poison.stored(company, 1, replace(admitted, name="見本株式会社"), site.now())
    assert rebuilt(site) == 0
    assert parked(site) == ["directory"], "a rebuild ends, and says the same"
    poison.put_right(site, position, *whole)
    assert rebuilt(site) == 0
    site.end()
    assert parked(site) == []
    assert site.one("SELECT name FROM directory WHERE company = %s", company) == "見本株式会社"


def test_a_reaction_that_was_refused_is_asked_again_until_it_is_allowed(place: Place) -> None:
    site, town = place
    company = CompanyId(uuid4())
    admitted = CompanyAdmitted(
        company=company, name="見本株式会社", name_en="Mihon", corporate_number="7000012050002",
        token=CompanyToken(uuid4()), address="東京都", representative_ref=VaultRef(uuid4()),
    )  # fmt: skip
    hiring = RolesGranted(roles=(CompanyRole.HIRING,))
    site.house.log.append(town.by(), {company: (0, [admitted, hiring, CompanySuspended(cause="check")])})
    site.begin()
    site.drain()
    waiting = "SELECT wanted, code FROM refusal WHERE stream = %s"
    assert site.rows(waiting, company) == [("open-customer", "company-suspended")]
    site.house.log.append(town.by(), {company: (3, [CompanyReinstated()])})
    site.later(timedelta(minutes=6))
    site.drain()
    assert site.rows(waiting, company) == []
    assert site.events("customer-opened") == 4, "one for each company that hires"
