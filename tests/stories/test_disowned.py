"""「心当たりがない」: the invitation reached somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story


def test_a_stranger_who_taps_not_me_has_seen_no_name_and_hears_nothing_more(scenes: Scenes) -> None:
    scenes.ready()
    stranger = scenes.someone("aoi.mihon@example.jp")
    invitation = stranger.token_in(r"/i/([0-9a-f-]{36})")
    shown = [
        stranger.client.get(f"/invitations/{invitation}").text,
        scenes.browser().get(f"/i/{invitation}").text,
        scenes.browser().get(f"/i/{invitation}/not-me").text,
    ]
    for text in shown:
        assert "株式会社あおぞら見本" in text
        for secret in ("葵", "aoi", "9000001", "アナリスト", "最終"):
            assert secret not in text
    before = scenes.aozora.get("/applicants/summary")
    stranger.post(f"/invitations/{invitation}/disowning")
    scenes.stage.settle()
    after = scenes.aozora.get("/applicants/summary")
    assert (before["invited"] - after["invited"], after["disowned"]) == (1, 1)
    mails = scenes.mails_to("aoi.mihon@example.jp")
    stranger.post(
        "/registrations",
        {"email": "aoi.mihon@example.jp", "language": "ja", "entrance": "neutral-link", "source": scenes.companies["aozora"]},
    )
    scenes.stage.settle()
    assert scenes.mails_to("aoi.mihon@example.jp") == mails
    assert any("心当たりがない" in mail.subject for mail in scenes.mailbox("hr@aozora.example"))
    scenes.all_holds()
