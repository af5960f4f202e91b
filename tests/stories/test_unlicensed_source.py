"""A source without a placement licence gets credit, and only for a hire that lasts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.calendar import jst_date

if TYPE_CHECKING:
    from tests.stories.scenes import Scenes

pytestmark = pytest.mark.story


def test_a_leave_on_day_40_means_no_transfer_no_credit_and_a_refund_on_time(scenes: Scenes) -> None:
    scenes.few().found_the_relay()
    scenes.operator.post(
        f"/companies/{scenes.companies['minato']}/legal-opinions", {"reward_mode": "credit", "opinion": "見本の意見書"}
    )
    scenes.import_exports()
    scenes.invite()
    aoi = scenes.register("架空", "架空 葵", "aoi.kaku.002@example.com", ["data-analysis", "sql"], "minato")
    introduction = scenes.ask(aoi)
    scenes.approve(aoi, introduction)
    relay = scenes.hire(aoi, introduction)
    fee = scenes.fee_of(introduction)
    assert (fee["model"], fee["collected_yen"], fee["transferred_yen"]) == ("principal", 1_980_000, 0)
    started_on = date.fromisoformat(scenes.tsubasa.get("/hires")["items"][0]["started_on"])
    left_on = started_on + timedelta(days=39)
    scenes.day((left_on - jst_date(scenes.stage.now())).days + 1)
    said = {"left_on": left_on.isoformat(), "fault": "own-wish"}
    scenes.tsubasa.post(f"/hires/{relay.hire}/leave", said)
    aoi.post(f"/hires/{relay.hire}/leave", said)
    scenes.day(8)
    fee = scenes.fee_of(introduction)
    assert (fee["returned_yen"], fee["refunded_yen"], fee["reversed_yen"]) == (990_000, 990_000, 0)
    scenes.day(300)
    assert scenes.kinds() & {"transfer-requested.v1", "credit-granted.v1", "reversal-requested.v1"} == set()
    assert scenes.minato.get("/payout-ledger")["items"] == []
    scenes.reconcile()
    scenes.all_holds()
