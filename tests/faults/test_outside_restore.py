"""A backup is put back: what Stripe did since is found, who was erased since stays erased, and everything holds again."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from domain.ids import card_of
from marketplace.run import postgres, restoring, terminal
from marketplace.settlement.stripe.simulator import World
from tests.api.v1.introductions.test_hire import started
from tests.faults.working_place import Place, built, place
from tests.faults.working_scenes import AOI, pay, settle
from tests.faults.working_site import Site, consents_to_mail, opened_site
from tests.marketplace.settlement.relay import send_run

if TYPE_CHECKING:
    from tests.api.v1.introductions.town import Town

__all__ = ["built", "place"]

SINCE = ("stripe_simulator.*", "public.vault_tombstone", "public.clock_offset")
"""What does not go back: Stripe, the tombstones that the procedure brings over, and time."""


def run(server: postgres.Server, program: str, *words: str) -> None:
    done = subprocess.run([str(server.bin / program), *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def backup(server: postgres.Server, site: Site, to: Path) -> Path:
    run(server, "pg_dump", "--format=custom", f"--file={to}", site.superuser_url)
    return to


def restore(server: postgres.Server, site: Site, dump: Path, name: str) -> None:
    """The dump as a database of its own, with what does not go back brought over from the one that lives."""
    server.create_database(name)
    url = server.superuser_url_of(name)
    run(server, "pg_restore", "--exit-on-error", f"--dbname={url}", str(dump))
    since = dump.with_suffix(".since")
    words = [f"--table={each}" for each in SINCE]
    run(server, "pg_dump", "--data-only", "--format=custom", *words, f"--file={since}", site.superuser_url)
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE vault_tombstone, clock_offset")
        tables = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'stripe_simulator'::regnamespace"
                                    " AND relkind = 'r'").fetchall()  # fmt: skip
        for (table,) in tables:
            connection.execute(f"TRUNCATE stripe_simulator.{table}".encode())
    run(server, "pg_restore", "--exit-on-error", "--disable-triggers", f"--dbname={url}", str(since))


def paid_and_asked_to_transfer(site: Site, town: Town) -> None:
    """A fee that was paid; the transfer to the source was asked for and never arrived at Stripe."""
    consents_to_mail(town)
    world = World(site.house.addresses.app_url)
    town.company("source").post("/accounts/connected")
    settle(site)
    world.complete_onboarding(town.company("source").get("/account")["account"])
    settle(site)
    started(town)
    settle(site)
    world.spoil("never-arrives", "post /v1/transfers$", 1)
    pay(site, world, town.company("hiring").get("/account")["customer"])
    settle(site)
    assert send_run(site.house.office, site.now())
    settle(site)
    assert site.events("transfer-requested") == 1
    assert site.rows("SELECT state FROM intent WHERE kind = 'create_transfer'") == [("unknown",)]
    world.close()


def test_a_log_that_ends_before_an_erasure_says_it_again(place: Place) -> None:
    site, town = place
    with site.house.database.transaction() as connection:
        connection.execute("INSERT INTO vault_tombstone VALUES ('candidate', %s, %s)", (town.aoi, town.now()))
    site.begin()
    site.drain()
    for _ in range(2):
        assert restoring.restored(site.house).looked_up == 0
        site.later(timedelta(minutes=1))
        site.drain()
        assert (site.events("candidate-erasure-started"), site.events("candidate-erased")) == (1, 1)
    assert site.rows("SELECT FROM catalogue WHERE candidate = %s AND listed", town.aoi) == []
    assert site.post.to(AOI) == []
    assert site.check() == []


@pytest.mark.heavy
def test_after_a_restore_money_is_moved_once_and_the_erased_stay_erased(
    place: Place, server: postgres.Server, tmp_path: Path
) -> None:
    site, town = place
    site.begin()
    paid_and_asked_to_transfer(site, town)
    dump = backup(server, site, tmp_path / "relay.dump")

    site.later(timedelta(minutes=2))
    settle(site)
    assert site.events("transfer-posted") == 1
    town.candidate(town.aoi).post("/me/erasure", {"confirm": True})
    settle(site)
    assert site.events("candidate-erased") == 1
    site.end()

    name = f"restored_{site.house.log.position()}_{town.aoi.hex[:8]}"
    restore(server, site, dump, name)
    mails = len(site.post.to(AOI))
    try:
        with opened_site(server, name, Path(site.environ["RELAY_DATA"]), tmp_path, site.post) as again:
            comes_back(again, town, card=str(card_of(town.aoi)))
            assert len(site.post.to(AOI)) == mails, "not a word more to who was erased"
    finally:
        server.drop_database(name)


def comes_back(again: Site, town: Town, *, card: str) -> None:
    assert again.events("candidate-erased") == 0
    done = restoring.restored(again.house)
    assert done.erased_again >= 1
    assert done.looked_up >= 1
    assert terminal.rebuild(again.house, (), lambda _: None, lambda *_: None) == 0
    again.begin()
    again.drain()
    for _ in range(3):
        again.later(timedelta(minutes=31))
        settle(again)
    assert again.one("SELECT count(*) FROM stripe_simulator.object WHERE kind = 'transfer'") == 1
    assert (again.events("transfer-posted"), again.events("payment-settled")) == (1, 1)
    assert again.rows("SELECT FROM vault_record WHERE subject_kind = 'candidate' AND subject_id = %s", town.aoi) == []
    assert again.rows("SELECT FROM vault_key WHERE subject_kind = 'candidate' AND subject_id = %s", town.aoi) == []
    assert again.events("candidate-erased") == 1, "the log says so again"
    assert again.rows("SELECT FROM catalogue WHERE card = %s AND listed", card) == []
    again.end()
    assert again.check() == []
