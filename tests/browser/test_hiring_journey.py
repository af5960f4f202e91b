"""The hiring company searches 「データ分析」, asks, sees the contact once the person approves, and reports a hire."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest

from domain.calendar import jst_date
from tests.browser.people import CANDIDATE, COMPANY, sign_in
from tests.browser.window import Window
from tests.stories.scenes import ITEMS, Scenes

WHY = "データで現場を助けたという言葉に惹かれました。"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_the_search_to_the_hire(scenes: Scenes, window: Callable[..., Window], *, javascript: bool) -> None:
    scenes.ready()
    aoi = scenes.register_aoi()
    company = window(scenes.stage.url, javascript=javascript)
    sign_in(company, scenes, COMPANY)

    page = company.open("/hiring/search")
    page.get_by_label("言葉（日本語・英語）").fill("データ分析")
    company.press("検索する")
    company.reads("一致した言葉")
    assert "見本" not in page.locator("#main").inner_text(), "a card names nobody"
    page.locator("#main h3 a").first.click()
    company.press("料金と条件を見る")
    for told in ("採用時の料金（税込）", "¥1,650,000", "¥2,145,000"): company.reads(told)
    for told in ("早期に退職されたとき", "以前からご存じの方だった場合", "ご本人に見えること"): company.reads(told)
    assert CANDIDATE not in page.content()
    page.get_by_label("この方に依頼する理由").fill(WHY)
    company.press("この条件で依頼する")
    page.wait_for_url("**/hiring/introductions/*")
    introduction = PurePosixPath(urlsplit(page.url).path).name
    scenes.stage.settle()  # nothing works on its own here
    company.open(f"/hiring/introductions/{introduction}")
    company.reads("ご本人の回答を待っています")

    ask = aoi.get(f"/me/asks/{introduction}")
    assert ask["why"] == WHY
    assert {each["item"] for each in ask["asked_for"]} == set(ITEMS)
    scenes.approve(aoi, introduction)

    company.open(f"/hiring/introductions/{introduction}")
    company.press("開く")
    company.reads("見本 葵")
    company.reads(CANDIDATE)

    page = company.open(f"/hiring/introductions/{introduction}")
    today = jst_date(scenes.stage.now())
    page.get_by_label("内定承諾日").fill(today.isoformat())
    page.get_by_label("入社日").fill((today + timedelta(days=30)).isoformat())
    page.get_by_label("月給×12（円）").fill("5400000")
    company.press("手数料を確認する")
    company.reads("まだ何も報告していません")
    company.reads("¥1,782,000")  # 5,400,000 at 30 % and 10 % tax
    company.press("採用を報告する")
    page.wait_for_url(f"**/hiring/introductions/{introduction}?at=*")
    scenes.stage.settle()
    company.open(f"/hiring/introductions/{introduction}")
    company.reads("ご本人の確認を待っています")
    (hire,) = aoi.get("/me/hires")["items"]
    assert (hire["introduction"], hire["reported_by"], hire["status"]) == (introduction, "hiring", "reported")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_between_are_for_everybody(scenes: Scenes, window: Callable[..., Window], *, dark: bool) -> None:
    """Those that a walked town cannot show: with an open ask, a difference, a preview."""
    scenes.ready()
    introduction = scenes.ask(aoi := scenes.register_aoi())
    scenes.approve(aoi, introduction)
    company = window(scenes.stage.url, dark=dark)
    sign_in(company, scenes, COMPANY)
    page = company.open(f"/hiring/introductions/{introduction}")
    assert company.hurdles() + company.too_wide() == []
    page.get_by_label("入社日").fill((jst_date(scenes.stage.now()) + timedelta(days=30)).isoformat())
    page.get_by_label("月給×12（円）").fill("5400000")
    company.press("手数料を確認する")
    company.reads("まだ何も報告していません")
    assert company.hurdles() + company.too_wide() == []
    page = company.open(f"/hiring/jobs/{scenes.job}/change")
    page.get_by_label(re.compile("^賃金")).fill("月給500,000円")
    company.press("変更内容を確認する")
    company.reads("変更による影響")
    assert company.hurdles() + company.too_wide() == []
