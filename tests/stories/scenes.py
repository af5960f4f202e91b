"""The demo's scenes, arranged for tests: the same people and companies, and looks behind the curtain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import httpx

from domain.calendar import JST
from marketplace.messages.sink import Mail
from marketplace.run import check
from marketplace.run.demo.person import Person
from marketplace.run.demo.story import ITEMS, Story
from marketplace.run.terminal import context_of, workshop
from marketplace.work import rebuild
from projections.every import EVERY

if TYPE_CHECKING:
    from marketplace.run.demo.stage import Stage
    from tests.stories.conftest import TestStage

__all__ = ["ITEMS", "Scenes"]


class Scenes(Story):
    """A story that is told to nobody."""

    def __init__(self, stage: TestStage) -> None:
        super().__init__(cast("Stage", stage), lambda _ja, _en: None)
        self.browsers: list[httpx.Client] = []

    def few(self) -> Scenes:
        """Only the first of each export: most stories need no more people."""
        name, data = self.files["aozora"]
        export = json.loads(data)
        export["applications"] = export["applications"][:8]
        self.files["aozora"] = (name, json.dumps(export, ensure_ascii=False).encode())
        name, data = self.files["minato"]
        self.files["minato"] = (name, b"".join(data.splitlines(keepends=True)[:8]))
        return self

    def ready(self) -> Scenes:
        """Companies admitted, exports in, invitations sent."""
        self.few()
        self.found_the_relay()
        self.import_exports()
        self.invite()
        return self

    def register_aoi(self) -> Person:
        return self.register("葵", "見本 葵", "aoi.mihon@example.jp", ["data-analysis", "sql", "python"])

    def ask(self, person: Person) -> str:
        """The hiring company asks for the person; answers the introduction."""
        card = person.get("/me/card")["card"]["card"]
        version = self.tsubasa.get(f"/jobs/{self.job}")["version"]
        asked = self.tsubasa.post(
            "/introductions", {"card": card, "job": self.job, "job_version": version, "items": ITEMS}
        )
        self.stage.settle()
        introduction: str = asked["id"]
        return introduction

    def approve(self, person: Person, introduction: str) -> None:
        """The person says yes, and the undo window passes."""
        seen = person.get(f"/me/asks/{introduction}")["seen"]
        person.post(
            f"/me/asks/{introduction}/approval", {"items": ITEMS, "seen": seen, "known_to_company": False}
        )
        self.stage.move_to(self.stage.now() + timedelta(minutes=11))

    def day(self, days: int) -> None:
        """So many days on, at ten in the morning."""
        on = (self.stage.now() + timedelta(days=days)).astimezone(JST).date()
        self.stage.move_to(datetime.combine(on, time(10), JST))

    def kinds(self) -> set[str]:
        """Every kind of fact that was written."""
        with self.stage.house.database.transaction() as connection:
            return {row[0] for row in connection.execute("SELECT DISTINCT topic FROM relay_events").fetchall()}

    def mailbox(self, address: str) -> Sequence[Mail]:
        mailbox = self.stage.house.mailbox
        return [mail for mail in (mailbox.mails(1000) if mailbox else ()) if mail.to == address]

    def mails_to(self, address: str) -> int:
        return len(self.mailbox(address))

    def browser(self) -> httpx.Client:
        """Somebody with a browser and no session."""
        client = httpx.Client(base_url=self.stage.url, timeout=60, follow_redirects=True)
        self.browsers.append(client)
        return client

    def someone(self, email: str) -> Person:
        """Somebody who reads this mailbox."""
        person = Person(self.stage, "someone", email)
        self.people.append(person)
        return person

    def close(self) -> None:
        super().close()
        for browser in self.browsers:
            browser.close()

    def ledger(self) -> dict[str, int]:
        found: dict[str, int] = self.operator.get("/ledger/balances")
        return found

    def fee_of(self, introduction: str) -> dict[str, Any]:
        fees = self.operator.get("/fees")["items"]
        found: dict[str, Any] = next(each for each in fees if each["introduction"] == introduction)
        return found

    def all_holds(self) -> None:
        """Every invariant holds, and every projection is what a fresh fold gives, byte for byte."""
        with workshop(self.stage.house) as owner:
            report = check.run(context_of(self.stage.house, owner))
            assert report.findings == ()
            assert report.skipped == ()
            for projection in EVERY:
                found = rebuild.rebuild(
                    owner, self.stage.house.log, projection, must_be_equal=True, progress=lambda _done, _whole: None
                )
                assert found.differing == (), projection.name
