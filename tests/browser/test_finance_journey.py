"""Finance sends a run of transfers with a second person and sees that not a yen differs: with scripts, and without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from marketplace.run.demo import cast
from tests.browser.people import confirm_by_mail, sign_in
from tests.browser.window import Window
from tests.stories.conftest import TestStage
from tests.stories.scenes import Scenes

FIRST, SECOND = cast.OPERATOR.admin_email, cast.SECOND_EMAIL


class Collected(Scenes):
    """The fee is paid and the source's part is free; nobody has gathered a run."""

    def _pay(self, fee: dict[str, Any]) -> None:
        self.collect(fee)


@pytest.fixture
def collected(stage: TestStage) -> Iterator[Collected]:
    played = Collected(stage)
    played.ready()
    played.relay(played.register_aoi(), "データ分析")
    yield played
    played.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_run_of_two_people_settles_without_a_difference(
    collected: Collected, window: Callable[..., Window], *, javascript: bool
) -> None:
    url, settle = collected.stage.url, collected.stage.settle
    first, second = (window(url, javascript=javascript) for _ in range(2))
    sign_in(first, collected, FIRST)
    first.open("/finance")
    first.press("送金待ち 1件")
    first.reads("¥1,386,000")
    first.press("送金バッチにまとめる")
    first.reads("二人目の承認待ち")
    first.reads("ご自身がまとめた送金バッチです")
    assert first.page.get_by_role("button", name="承認して送金する").count() == 0, "nobody does both"
    there = first.page.url.removeprefix(url).partition("?")[0]

    sign_in(second, collected, SECOND)
    collected.stage.move_to(collected.stage.now() + timedelta(minutes=10))
    second.open(there)
    second.reads("この操作の前に、ご本人であることの確認が必要です")
    if javascript: assert [*second.hurdles(), *second.too_wide()] == []
    second.press("承認して送金する")
    confirm_by_mail(second, collected, SECOND)
    second.page.wait_for_url(re.compile(f"{there}$"))
    second.press("承認して送金する")
    second.reads("承認")
    settle()
    second.open(there)
    second.reads("紹介元のStripe残高に着金")
    difference = second.page.locator("dt", has_text="差額").locator("+ dd")
    assert difference.inner_text() == "¥0"

    second.open("/finance/reconciliations")
    second.press("いま照合する")
    second.reads("Stripeとの照合")
    assert second.page.locator("dt", has_text="差額").locator("+ dd").first.inner_text() == "¥0"
    if javascript: assert [*second.hurdles(), *second.too_wide()] == []
    with second.page.expect_download() as taken:
        second.open("/finance/ledger")
        second.press("CSVで書き出す")
    assert taken.value.suggested_filename.startswith("ledger-")
