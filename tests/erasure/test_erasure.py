"""An erased person is nowhere: not in a dump, a file, the WAL, a log, a mail, an export, nor behind any key there is.

One canary goes through everything the product does, and one story is asserted from end to end, because each part of it
rests on the one before: what a scan finds, what there was to find, what is left, and for how long.
"""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

import psycopg
import pytest

from domain.calendar import JST
from domain.refusal import Refused
from marketplace.run import restoring
from marketplace.run.database import KEYRING, NAME, Addresses
from marketplace.run.wiring import open_house
from marketplace.store.database import Database
from marketplace.vault.keyring import Keyring
from marketplace.vault.subject import Subject, SubjectKind
from tests.erasure import backup, fields, looks, plant, scans
from tests.erasure.canary import Canary
from tests.erasure.drive import Drive
from tests.erasure.stage import ErasureStage, set_up
from tests.stories.scenes import Scenes

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.run.demo.person import Person

PLAIN_SINKS = tuple(sink for sink in scans.SINKS if sink not in {"mailbox", "opened"})
"""Where nothing of a person may lie readable at any time, erased or not."""
NEVER_KEPT = {
    *("forbidden-heading", "heading", "domicile", "remarks", "unknown", "reason", "job-type", "channel", "skill"),
    *("quarantined-id", "quarantined-name", "quarantined-email", "shifted-id", "too-many", "file-name"),
    *("user-agent", "referrer", "failed", "screened", "searched-for", "in-a-path", "email-unknown"),
    "mended",
}
"""Fields that the product reads, or is sent, and keeps nothing of."""
REPLACED = {"passkey-aozora", "passkey-minato"}
"""What was there until the drive gave it another name; not even the person has it any more."""
STATUTORY = {
    ("seeker-record", "seeker-name-aozora"),
    ("seeker-record", "address-aozora"),
    ("seeker-record", "seeker-name-minato"),
    ("seeker-record", "address-minato"),
    ("provision-provided", "name-aozora"),
    ("provision-received", "name-aozora"),
    ("provision-provided", "name-minato"),
    ("provision-received", "name-minato"),
}
"""What the law keeps of the canary after the erasure, and nothing else of it."""
OF_THE_SOURCES = {
    *("record-id-aozora", "imported-name-aozora", "kana-aozora", "email-aozora", "job-title-aozora", "comment-aozora"),
    *("record-id-minato", "imported-name-minato", "kana-minato", "email-minato", "job-title-minato", "comment-minato"),
}
"""What lies with the sources until they, too, have answered."""


class Erasure:
    """The steps of the story, in the order in which they are told."""

    def __init__(self, staged: ErasureStage) -> None:
        self.staged = staged
        self.house = staged.stage.house
        self.canary = Canary()
        self.drive = Drive(staged, self.canary)
        self.backup: Path
        self.other_records: dict[str, str] = {}

    def tokens_in(self, data: bytes) -> set[str]:
        """The fields whose token stands there."""
        return {name for name, token in self.canary.tokens.items() if token.encode() in data}

    def kept(self) -> set[tuple[SubjectKind, str | None, str]]:
        """What of the canary opens with the keys there are: kind of subject, class, field."""
        return {
            (each.kind, each.class_, name)
            for each in scans.opened(self.staged)
            for name in self.tokens_in(scans.texts_of(each.record))
        }

    def every_scan_finds_what_was_planted(self) -> None:
        several = [plant.Planted(name) for name in plant.EXPECTED]
        for each in several:
            plant.plant(self.staged, each.name, each.text)
        self.staged.flush()
        for sink in scans.SINKS:
            data = b"\n".join(scans.contents(self.staged, sink))
            lowered = data.lower()
            blind_to = [each.name for each in several if not each.needle.stands_in(data, lowered)]
            assert blind_to == [], f"the scan of {sink}"
        plant.uproot(self.staged)

    def the_canary_does_everything(self) -> tuple[Person, Person]:
        aoi = self.drive.open_the_town()
        person = self.drive.play_canary()
        assert self.drive.sent == {field.partition(".")[2] for field in fields.DRIVEN_BODIES}
        self.remember_ids(person)
        return aoi, person

    def remember_ids(self, person: Person) -> None:
        """The ids by which the canary's rows are known in lists."""
        ids = self.drive.ids
        for n, row in enumerate(person.get("/me/referrals")["items"]):
            ids[f"referral-{n}"] = row["referral"]
        for key, source in self.drive.sources.items():
            for row in source.get("/applicants")["items"]:
                if self.canary.mark in source.look(f"/applicants/{row['applicant']}").text:
                    ids[f"applicant-{key}"] = row["applicant"]
            ids[f"batch-{key}"] = self.drive.companies[f"canary-batch:{key}"]

    def there_was_something_to_find(self, person: Person) -> None:
        seen = looks.through_the_doors(self.drive, person).encode()
        behind = b"\n".join(scans.texts_of(each.record) for each in scans.opened(self.staged))
        assert self.canary.tokens.keys() - self.tokens_in(seen + behind) == NEVER_KEPT | REPLACED
        assert self.canary.phone_normal.encode() in behind
        marks = (self.canary.mark, self.canary.phone, self.canary.phone_normal)
        held = {field for each in scans.opened(self.staged) for field in scans.fields_with(each.record, marks)}
        assert held == fields.DRIVEN_IN_THE_VAULT
        self.staged.flush()
        assert scans.left(self.staged, self.canary.needles(), PLAIN_SINKS) == {}

    def remember_the_others(self) -> None:
        """What opens of everybody else, to the byte."""
        for each in scans.opened(self.staged):
            text = scans.texts_of(each.record)
            if self.canary.mark.encode() not in text:
                self.other_records[str(each.ref)] = text.decode("utf-8", "replace")
        assert len(self.other_records) > 30

    def looks_of_everyone_else(self, aoi: Person) -> dict[str, str]:
        rows = self.drive.tsubasa.get("/introductions")["items"]
        ids = set(self.drive.ids.values())
        introduction = next(row["introduction"] for row in rows if row["introduction"] not in ids)
        return looks.of_everyone_else(self.drive, aoi, introduction, ids)

    def the_person_is_erased(self, person: Person) -> None:
        introduction = self.drive.ids["introduction-aozora"]
        assert self.drive.tsubasa.look(f"/introductions/{introduction}/person").status_code == 200
        person.sign_in()  # the proof of a moment ago that an erasure asks for
        person.post("/me/erasure", {"confirm": True})
        assert self.drive.tsubasa.look(f"/introductions/{introduction}/person").status_code in {403, 404, 409, 410}
        assert person.client.get("/me").status_code == 401
        self.staged.stage.settle()
        kept = self.kept()
        assert {name for kind, _, name in kept if kind is SubjectKind.APPLICANT} == OF_THE_SOURCES
        mails = {name for kind, _, name in kept if kind is SubjectKind.DEV_MAIL}
        assert mails == {"email-aozora", "email-minato", "email-unfinished"}, "invitations are the sources' own mails"
        self.hold_the_statutory(kept)
        assert {name for kind, _, name in kept if kind is SubjectKind.CANDIDATE} == {"email-unfinished"}
        assert not any(kind is SubjectKind.RECEIVED for kind, _, _ in kept)

    def hold_the_statutory(self, kept: set[tuple[SubjectKind, str | None, str]]) -> None:
        assert {(class_, name) for kind, class_, name in kept if kind is SubjectKind.STATUTORY} == STATUTORY

    def the_certificate_lists_exactly_what_remains(self) -> date:
        classes = {class_ for class_, _ in STATUTORY}
        found = [each for each in scans.opened(self.staged) if each.class_ in classes]
        of_canary = [each for each in found if self.tokens_in(scans.texts_of(each.record))]
        assert (len(of_canary), len(found)) == (6, 9)
        answer = self.drive.aozora.client.get(f"/erasures/{self.drive.ids['candidate-aozora']}").json()
        body = answer["certificate"].split(".")[1]
        signed = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        listed = sorted((each["record"], each["retain_until"]) for each in signed["remaining"])
        wanted = sorted((str(each.class_), str(each.retain_until)) for each in of_canary)
        assert listed == wanted == sorted(map(tuple, answer["remaining"]))
        assert self.canary.mark not in json.dumps(answer)
        return max(date.fromisoformat(until) for _, until in listed)

    def the_sources_answer(self) -> None:
        for source in self.drive.sources.values():
            for request in source.get("/privacy-requests")["items"]:
                source.post(f"/privacy-requests/{request['request']}/decision", {"granted": True})
                source.post(f"/privacy-requests/{request['request']}/completion")
        self.staged.stage.settle()
        now = self.staged.stage.now().astimezone(JST)
        self.staged.stage.move_to(datetime.combine(now.date() + timedelta(days=2), time(10), JST))

    def nothing_is_left_but_what_the_law_keeps(self) -> None:
        self.staged.flush()
        needles = self.canary.needles()
        assert scans.left(self.staged, needles, [s for s in scans.SINKS if s != "opened"]) == {}
        kept = self.kept()
        assert {kind for kind, _, _ in kept} == {SubjectKind.STATUTORY}
        self.hold_the_statutory(kept)

    def a_backup_opens_the_others_only(self) -> None:
        erased = {self.drive.ids[name] for name in ("candidate-aozora", "candidate-minato", "introduction-aozora")}
        with backup.restored(self.backup) as server:
            with psycopg.connect(server.superuser_url_of(NAME), autocommit=True) as connection:
                found = scans.opened(self.staged, connection)
            opened = {str(each.ref): scans.texts_of(each.record).decode("utf-8", "replace") for each in found}
            assert {ref: opened.get(ref) for ref in self.other_records} == self.other_records
            assert {name for each in found for name in self.tokens_in(scans.texts_of(each.record))} == {
                name for _, name in STATUTORY
            }
            assert not {str(each.subject) for each in found} & erased
            self.a_restored_relay_erases_again(server.app_url(NAME), server.owner_url(NAME))
            self.the_keyring_of_the_backup_needs_a_key_that_is_gone(server.app_url(KEYRING))

    def a_restored_relay_erases_again(self, app_url: str, owner_url: str) -> None:
        keyring = self.house.addresses
        house = open_house(
            self.staged.settings, addresses=Addresses(app_url, owner_url, None, keyring.keyring_url, keyring.keyring_owner_url)
        )
        try:
            assert restoring.finish_erasures(house) > 0
            assert restoring.finish_erasures(house) == 0
            with house.database.transaction() as connection:
                rows = connection.execute(
                    "SELECT count(*) FROM vault_record WHERE subject_id = ANY(%s)",
                    ([self.drive.ids["candidate-aozora"], self.drive.ids["introduction-aozora"]],),
                ).fetchone()
            assert rows == (0,)
        finally:
            house.close()

    def the_keyring_of_the_backup_needs_a_key_that_is_gone(self, keyring_url: str) -> None:
        """A backup of both databases holds the person only as long as the wrapping key of that day is kept."""
        master = self.house.vault.keyring.master
        person = Subject(SubjectKind.CANDIDATE, UUID(self.drive.ids["candidate-aozora"]))
        old = Database(keyring_url, size=1)
        try:
            assert person in Keyring(old, master).keys([person]), "with both, and the key of that day, the person opens"
            with pytest.raises(Refused, match="wrapping-key-missing"):
                Keyring(old, master.with_new_kek().without_kek(master.current)).keys([person])
        finally:
            old.close()

    def everything_still_holds(self) -> None:
        Scenes.all_holds(cast("Scenes", self.drive))

    def after_its_date_it_is_gone_too(self, last: date) -> None:
        self.staged.stage.move_to(datetime.combine(last, time(23), JST))
        self.hold_the_statutory(self.kept())
        self.staged.stage.move_to(datetime.combine(last + timedelta(days=1), time(1, 30), JST))
        assert self.kept() == set()
        self.staged.flush()
        assert scans.left(self.staged, self.canary.needles()) == {}


def erased_from_everywhere(staged: ErasureStage) -> None:
    story = Erasure(staged)
    try:
        story.every_scan_finds_what_was_planted()
        aoi, person = story.the_canary_does_everything()
        story.there_was_something_to_find(person)
        story.remember_the_others()
        story.backup = backup.taken(staged)
        before = story.looks_of_everyone_else(aoi)
        story.the_person_is_erased(person)
        last = story.the_certificate_lists_exactly_what_remains()
        assert story.looks_of_everyone_else(aoi) == before
        story.the_sources_answer()
        story.nothing_is_left_but_what_the_law_keeps()
        story.everything_still_holds()
        story.a_backup_opens_the_others_only()
        story.after_its_date_it_is_gone_too(last)
    finally:
        story.drive.close()


@pytest.mark.story
def test_an_erased_person_is_nowhere() -> None:
    with set_up(processes=False) as staged:
        erased_from_everywhere(staged)


@pytest.mark.heavy
def test_an_erased_person_is_nowhere_where_web_and_worker_are_processes() -> None:
    with set_up(processes=True) as staged:
        erased_from_everywhere(staged)
