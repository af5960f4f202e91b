"""A source brings in a CP932 file, puts a row right and invites, with scripts and without; what it may know, it sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.calendar import next_decent_moment
from marketplace.holidays import HOLIDAYS
from tests.browser.people import sign_in
from tests.browser.window import Window
from tests.stories.scenes import Scenes

SOURCE = "hr@aozora.example"
MAILBOX = "sora.mihon@example.jp"
FILE = (
    "応募ID,氏名,メールアドレス,応募日,不採用日,選考結果,選考段階,職種,生年月日\r\n"
    "Z-1,見本 海,umi.mihon@example.jp,2026/01/10,2026/02/01,不採用,最終面接,営業職,1990/01/01\r\n"
    "Z-2,,sora.mihon@example.jp,2026/01/10,2026/02/01,不採用,最終面接,営業職,1991/02/02\r\n"
).encode("cp932")


both = pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])


@both
def test_a_cp932_file_comes_in_a_row_is_put_right_and_its_person_is_invited(
    scenes: Scenes, window: Callable[..., Window], *, javascript: bool
) -> None:
    scenes.few().found_the_relay()
    source = window(scenes.stage.url, javascript=javascript)
    sign_in(source, scenes, SOURCE)
    page = source.open("/source/imports")
    fill_in_the_file(source)
    source.press("まず確かめる（何も保存しない）")
    source.reads("何も保存していません")
    source.reads("読み込み2行、招待できる1、辞退0、保留1")
    source.press("取り込みへ進む")
    fill_in_the_file(source)
    source.press("取り込む")
    source.reads("取り込んでいます")
    scenes.stage.settle()
    if javascript: page.locator("#under-way[hx-get]").wait_for(state="detached")
    else: source.press("もう一度見る")
    page.reload()
    source.press("3行目を修正する")
    name = page.get_by_label("氏名", exact=True)
    assert name.get_attribute("aria-invalid") == "true"
    assert page.get_by_label("生年月日").count() == 0, "what may not be collected is in no form"
    source.press("この行を取り込む")
    page.get_by_role("alert").wait_for()
    page.get_by_label("氏名", exact=True).fill("見本 空")
    source.press("この行を取り込む")
    page.wait_for_url(re.compile(r"/source/imports/[0-9a-f-]{36}(\?at=\d+)?$"))
    scenes.stage.settle()
    page.reload()
    source.reads("読み込み2行、招待できる2、辞退0、保留0")
    source.press("招待できる人にご案内を予約する")
    source.reads("2件のご案内を予約しました")
    opening = next_decent_moment(scenes.stage.now() + timedelta(minutes=1), scenes.stage.house.office.policy, HOLIDAYS)
    scenes.stage.move_to(opening + timedelta(minutes=1))
    assert [re.search(r"/i/[0-9a-f-]{36}", mail.text) is not None for mail in scenes.mailbox(MAILBOX)] == [True]


@both
def test_an_accepted_recommendation_shows_as_far_as_the_source_may_know(
    scenes: Scenes, window: Callable[..., Window], *, javascript: bool
) -> None:
    scenes.ready()
    person = scenes.register_aoi()
    source = window(scenes.stage.url, javascript=javascript)
    sign_in(source, scenes, SOURCE)
    page = source.open("/source/referrals")
    page.locator("#main a[href^='/source/referrals/']").first.click()
    source.reads("推薦文")
    for text in ("求人企業の評価が貴社に伝わることはありません", "お知らせできる結果はまだありません"):
        source.reads(text)
    page.get_by_label("紹介元の推薦文").fill("最終選考まで進まれた方です。論点の整理が丁寧でした。")
    source.press("ご本人に送る")
    source.reads("未読")
    scenes.stage.settle()
    referral = page.url.rpartition("/")[2].partition("?")[0]
    version = next(each for each in person.get("/me/referrals")["items"] if each["referral"] == referral)["recommendation_version"]
    person.post(f"/me/referrals/{referral}/recommendation-reading", {"version": version})
    scenes.stage.settle()
    page.reload()
    source.reads("承諾済み")


def fill_in_the_file(source: Window) -> None:
    """The form of the imports, by its labels."""
    page = source.page
    file = {"name": "応募者.csv", "mimeType": "text/csv", "buffer": FILE}
    page.get_by_label("ファイル", exact=True).set_input_files(file)  # type: ignore[arg-type]  # playwright's own shape
    page.get_by_label("保管してよい根拠", exact=False).first.select_option("application-notice")
    page.get_by_label("通知や同意の文の版", exact=False).fill("2026-01")
