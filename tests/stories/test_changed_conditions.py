"""The job changes between the ask and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.run.demo.cast import CONDITIONS
from tests.stories.scenes import ITEMS

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story


def test_after_a_material_change_the_old_link_cannot_approve(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    link = aoi.token_in(r"/share/([\w-]{43})")
    seen = aoi.get(f"/me/asks/{introduction}")["seen"]
    changed = {**CONDITIONS, "wages": "月給300,000円", "annual_salary_from_yen": 4_000_000}
    scenes.tsubasa.post(f"/jobs/{scenes.job}/conditions", {"conditions": changed}, **{"If-Match": '"1"'})
    answer = {"items": ITEMS, "seen": seen, "known_to_company": False}
    # Before the worker lapses the ask, and after: neither the session nor the mailed link can say yes to what was.
    assert aoi.refused(f"/me/asks/{introduction}/approval", answer) in {"changed-since-shown", "share-already-answered"}
    scenes.stage.settle()
    assert aoi.refused(f"/me/asks/{introduction}/approval", answer) == "share-already-answered"
    assert not stage_page_approves(scenes, link)
    assert "share-approved.v1" not in scenes.kinds()
    assert "share-cancelled.v1" in scenes.kinds()
    # Asked again under the new conditions and disclosed: what changes now is told as it was and as it is.
    scenes.approve(aoi, scenes.ask(aoi))
    lower = {**changed, "wages": "月給280,000円"}
    scenes.tsubasa.post(f"/jobs/{scenes.job}/conditions", {"conditions": lower}, **{"If-Match": '"2"'})
    scenes.stage.settle()
    told = next(mail for mail in scenes.mailbox("aoi.mihon@example.jp") if "条件が変わりました" in mail.subject)
    assert "賃金: 月給300,000円 → 月給280,000円" in told.text
    scenes.all_holds()


def stage_page_approves(scenes: Scenes, link: str) -> bool:
    page = scenes.browser().get(f"/share/{link}")
    return 'name="items"' in page.text and page.status_code == 200
