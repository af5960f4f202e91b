"""The main pages as they look; `make screenshots` keeps them for the README (RELAY_PICTURES names the folder)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.calendar import jst_date
from marketplace.run.demo.person import Person
from marketplace.run.demo.story import WHY
from tests.browser.people import mailed
from tests.browser.test_finance_journey import Collected
from tests.browser.window import Window
from tests.stories.conftest import TestStage
from tests.stories.scenes import ITEMS

LAST = "tsumugi.mihon@example.jp"
SKILLS = ["data-analysis", "python", "sql"]


class Pictured(Collected):
    """Three people at three places: hired and paid for, at the interview, and just asked."""

    def play(self) -> None:
        self.ready()
        aoi = self.register_aoi()
        ren = self.register("蓮", "見本 蓮", "ren.mihon@example.jp", SKILLS)
        tsumugi = self.register("紬", "見本 紬", LAST, SKILLS[:2], "minato")
        self.relay(aoi, "データ分析")
        second = self.ask(ren)
        self.approve(ren, second)
        today = jst_date(self.stage.now()).isoformat()
        for stage in ("screening", "interview"):
            self.tsubasa.post(f"/introductions/{second}/stages", {"stage": stage, "reached_on": today})
        self.stage.move_to(self.stage.now() + timedelta(hours=1))
        self.ask(tsumugi)

    def ask(self, person: Person) -> str:
        card, version = person.get("/me/card")["card"]["card"], self.tsubasa.get(f"/jobs/{self.job}")["version"]
        wanted = {"card": card, "job": self.job, "job_version": version, "items": ITEMS, "why": WHY}
        asked = self.tsubasa.post("/introductions", wanted)
        self.stage.settle()
        return str(asked["id"])


@pytest.fixture
def pictured(stage: TestStage) -> Iterator[Pictured]:
    told = Pictured(stage)
    told.play()
    yield told
    told.close()


@pytest.mark.story
def test_the_main_pages_can_be_pictured_in_the_light_and_in_the_dark(
    pictured: Pictured, window: Callable[..., Window], tmp_path: Path
) -> None:
    folder = Path(os.environ.get("RELAY_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "ask": (None, mailed(pictured, LAST, r"/share/[\w-]{43}"), 390),
        "catalogue": (pictured.tsubasa, f"/hiring/search?q=データ分析&job={pictured.job}", 1024),
        "board": (pictured.tsubasa, "/hiring/board", 1024),
        "finance": (pictured.operator, "/finance", 1024),
    }
    for name, (who, path, px) in pages.items():
        for dark in (False, True):
            seen = window(pictured.stage.url, dark=dark, px=px)
            if who is not None: seen.come_as(who)
            picture = folder / f"{name}-{'dark' if dark else 'light'}.png"
            seen.open(path).screenshot(path=picture, full_page=True, animations="disabled")
            assert picture.read_bytes().startswith(b"\x89PNG")
