"""After a restore: the erased stay erased, and nothing is sent to Stripe twice."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from marketplace.run import restoring
from marketplace.vault.subject import Subject, SubjectKind
from tests.api.v1.introductions.town import Town


def test_a_process_that_opens_the_door_first_erases_again_whom_a_restore_brought_back(town: Town) -> None:
    ring = town.house.vault.keyring
    aoi = Subject(SubjectKind.CANDIDATE, town.aoi)
    assert restoring.finish_erasures(town.house) == 0
    # A tombstone that was brought over from the damaged database: key and rows are those of before the erasure.
    with town.house.database.transaction() as connection:
        connection.execute("INSERT INTO vault_tombstone VALUES ('candidate', %s, %s)", (town.aoi, town.now()))
    where = town.house.addresses
    given = replace(town.house.settings, database_url=where.app_url, migration_database_url=where.owner_url)
    restoring.open_door(given).close()
    assert ring.keys([aoi]) == {}
    assert town.rows("SELECT FROM vault_record WHERE subject_kind = 'candidate' AND subject_id = %s", town.aoi) == []
    assert restoring.finish_erasures(town.house) == 0


def test_what_was_asked_of_stripe_before_a_restore_is_looked_for_before_it_is_sent(town: Town) -> None:
    town.company("source").post("/accounts/connected")
    assert town.rows("SELECT DISTINCT state FROM intent WHERE recorded_at IS NULL") == [("pending",)]
    said: list[str] = []
    assert restoring.tell(town.house, said.append) == 0
    assert "1" in said[0]
    assert town.rows("SELECT DISTINCT state FROM intent WHERE recorded_at IS NULL") == [("unknown",)]
    town.worker.drain()
    assert town.company("source").get("/account")["account"] is None, "a new key only after two look-ups"
    for _ in range(2): town.later(timedelta(minutes=11))
    assert town.company("source").get("/account")["account"].startswith("acct_")
