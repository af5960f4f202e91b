"""One whole relay and one early leave, over HTTP, against the real store, the simulator and the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story


def test_a_whole_relay_and_an_early_leave_reconcile_to_the_yen(scenes: Scenes) -> None:
    scenes.play()
    fees = {each["status"]: each for each in scenes.operator.get("/fees")["items"]}
    # 6,000,000 at 30 % and 10 %; the operator keeps 30 % of it; half of the second comes back.
    assert [fees["collected"][name] for name in ("fee_yen", "tax_yen", "commission_yen")] == [1_800_000, 180_000, 540_000]
    assert [fees["collected"][name] for name in ("collected_yen", "transferred_yen")] == [1_980_000, 1_386_000]
    returned = [fees["returned"][name] for name in ("returned_yen", "reversed_yen", "refunded_yen")]
    assert returned == [990_000, 693_000, 990_000]
    balances = scenes.ledger()
    assert sum(balances.values()) == 0
    assert balances["commission"] == -1_080_000
    assert balances["contra-revenue"] == 270_000
    assert balances.get("receivable:hiring", 0) == balances.get("refund-payable", 0) == 0
    assert balances.get("payable:source", 0) == balances.get("clawback:source", 0) == 0
    payouts = [each["kind"] for each in scenes.aozora.get("/payout-ledger")["items"]]
    assert payouts == [
        *("earned", "transfer-requested", "transferred", "paid-out"),
        *("earned", "transfer-requested", "transferred", "returned", "taken-back"),
    ]
    thanks = [mail for mail in scenes.mailbox("hr@aozora.example") if mail.subject == "貴社がつないだ方の採用が決まりました"]
    assert len(thanks) == 2
    bills = [mail for mail in scenes.mailbox("hr@tsubasa.example") if "請求" in mail.subject]
    assert len(bills) == 2
    scenes.all_holds()


def test_after_an_erasure_everything_still_folds_and_nobody_opens_the_copy(scenes: Scenes) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    relay = scenes.relay(aoi, "データ分析")
    aoi.post("/me/erasure", {"confirm": True})
    assert scenes.tsubasa.look(f"/introductions/{relay.introduction}/person").status_code in {403, 404, 409, 410}
    scenes.stage.settle()
    assert "candidate-erased.v1" in scenes.kinds()
    # What the source had sent to its own applicant is the source's; it was asked to erase that itself.
    assert [mail.subject for mail in scenes.mailbox("aoi.mihon@example.jp")] == [
        "株式会社あおぞら見本より、次の選考の機会についてのご案内"
    ]
    assert [each["kind"] for each in scenes.aozora.get("/privacy-requests")["items"]] == ["erase"]
    assert scenes.tsubasa.get("/catalogue", q="データ分析")["items"] == []
    assert scenes.fee_of(str(relay.introduction))["collected_yen"] == 1_980_000
    scenes.reconcile()
    scenes.all_holds()
