"""Two sources, two registrations, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story

OTHER = "tsumugi.tegami@example.jp"


def test_one_person_has_one_card_and_one_fee_goes_to_who_was_confirmed_first(scenes: Scenes) -> None:
    name, data = scenes.files["minato"]
    # The second source knows the person under another mailbox.
    scenes.files["minato"] = (name, data.replace(b"tsumugi.mihon@example.jp", OTHER.encode()))
    scenes.ready()
    tsumugi = scenes.register("紬", "見本 紬", "tsumugi.mihon@example.jp", ["data-analysis", "sql"])
    again = scenes.register("紬", "見本 紬", OTHER, ["data-analysis"], "minato")
    assert scenes.tsubasa.get("/catalogue", q="データ分析")["total"] == 2
    link = again.mailed(r"/me/merging/([\w-]{43})", lambda: tsumugi.post("/me/merging-requests", {"email": OTHER}))
    tsumugi.post("/me/merging", {"token": link})
    scenes.stage.settle()
    assert scenes.tsubasa.get("/catalogue", q="データ分析")["total"] == 1
    sources = {each["source"] for each in tsumugi.get("/me/referrals")["items"]}
    assert sources == {scenes.companies["aozora"], scenes.companies["minato"]}
    relay = scenes.relay(tsumugi, "データ分析")
    fees = scenes.operator.get("/fees")["items"]
    assert [(each["fee"], each["sources"]) for each in fees] == [(str(relay.fee), [scenes.companies["aozora"]])]
    assert scenes.minato.get("/payout-ledger")["items"] == []
    for source, other in ((scenes.aozora, "minato"), (scenes.minato, "aozora")):
        assert scenes.companies[other] not in source.look("/referrals").text
    scenes.all_holds()
