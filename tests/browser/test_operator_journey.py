"""The operator finds a stuck case and breaks the glass, and the candidate sees it: with scripts, and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.run.demo import cast
from tests.browser.people import CANDIDATE, asked, confirm_by_mail, sign_in
from tests.browser.window import Window
from tests.stories.scenes import Scenes

OPERATOR = cast.OPERATOR.admin_email
WHY = "ご本人から電話があり、回答の画面が開けないとのこと"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_the_stuck_list_through_the_glass_to_the_candidates_page(
    scenes: Scenes, window: Callable[..., Window], *, javascript: bool
) -> None:
    asked(scenes)
    operator = window(scenes.stage.url, javascript=javascript)
    sign_in(operator, scenes, OPERATOR)
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=10))

    operator.open("/operator")
    operator.press("回答のない依頼")
    operator.reads("株式会社つばさ見本")
    operator.reads("ご本人が承認か見送りを選びます")
    operator.press("回答のない依頼")
    operator.reads("保存されたままの記録")
    operator.press("この方の記録（コード）")
    page = operator.page
    page.wait_for_url(re.compile("/operator/people/"))
    there = page.url.removeprefix(scenes.stage.url)
    assert "見本 葵" not in page.content()
    assert CANDIDATE not in page.content()
    if javascript: assert [*operator.hurdles(), *operator.too_wide()] == []

    operator.press("確認してこの画面に戻る")
    confirm_by_mail(operator, scenes, OPERATOR)
    page.wait_for_url(re.compile(f"{there}$"))
    page.get_by_label("理由（ご本人に表示されます）").select_option("ご本人からのお問い合わせ")
    page.get_by_label("具体的に何を確かめますか").fill(WHY)
    operator.press("情報を開く")
    page.wait_for_url(re.compile("at="))
    scenes.stage.settle()
    operator.open(there)
    operator.reads("この方の情報は、次の時刻まであなただけに開いています")
    assert "見本 葵" not in page.content(), "breaking shows nothing yet"
    operator.press("情報を表示する")
    operator.reads("見本 葵")
    operator.reads(CANDIDATE)
    if javascript: assert operator.hurdles() == []

    operator.open(f"/operator/view-as{there.removeprefix('/operator/people')}/me")
    page.get_by_text("候補者が見るとおりのページです").wait_for()
    assert "見本 葵" not in page.content(), "seen as somebody else it stays masked, whatever is open"

    scenes.stage.settle()
    candidate = window(scenes.stage.url, javascript=javascript, px=390)
    sign_in(candidate, scenes, CANDIDATE)
    candidate.open("/me/seen-by")
    candidate.reads("運営が開いた記録")
    candidate.reads("ご本人からのお問い合わせ")
    assert WHY not in candidate.page.content()
