"""Undo at minute nine: nothing happened, and from outside nothing ever seemed to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.stories.scenes import ITEMS

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story


def test_an_approval_undone_at_minute_nine_leaves_no_trace_outside(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    introduction = scenes.ask(aoi)
    board = scenes.tsubasa.look("/introductions").content
    one = scenes.tsubasa.look(f"/introductions/{introduction}").content
    ask = aoi.get(f"/me/asks/{introduction}")
    aoi.post(f"/me/asks/{introduction}/approval", {"items": ITEMS, "seen": ask["seen"], "known_to_company": False})
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=9))
    aoi.post(f"/me/asks/{introduction}/undoing")
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=30))
    assert scenes.tsubasa.look("/introductions").content == board
    assert scenes.tsubasa.look(f"/introductions/{introduction}").content == one
    assert scenes.kinds() & {"identity-disclosed.v1", "provision-recorded.v1", "consent-exercised.v1"} == set()
    assert scenes.tsubasa.get("/provision-records")["items"] == []
    assert aoi.get(f"/me/asks/{introduction}")["status"] == "asked"
    scenes.day(9)
    assert scenes.tsubasa.get(f"/introductions/{introduction}")["status"] == "no-answer"
    assert any(mail.subject.startswith("紹介の依頼は期限までにお返事が") for mail in scenes.mailbox("hr@tsubasa.example"))
    scenes.all_holds()
