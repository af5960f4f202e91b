"""A person comes from the invitation: registers, consents to each thing apart, lists a card, and connects LINE's stand-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator

from tests.browser.people import CANDIDATE, mailed
from tests.browser.window import Window
from tests.stories.scenes import Scenes

NAME = "見本 葵"
both = pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])


def registered(scenes: Scenes, person: Window) -> None:
    """From the invitation to a page of one's own."""
    scenes.ready()
    invitation = mailed(scenes, CANDIDATE, r"/i/[0-9a-f-]{36}")
    page = person.open(invitation)
    person.reads("何もしなければ")
    assert not {"見本 葵", "葵", CANDIDATE} & set(page.locator("#main").inner_text().split()), "it names nobody"
    page.get_by_label("メールアドレス").fill(CANDIDATE)
    person.press("確認のリンクを送る")
    page.wait_for_url("**/register/sent")
    scenes.stage.settle()
    page = person.open(mailed(scenes, CANDIDATE, r"/register/[\w-]{43}"))
    page.get_by_label("お名前").fill(NAME)
    page.get_by_label("はい、18歳以上です").check()
    page.get_by_label("いいえ、生徒ではありません").check()
    person.press("登録する")
    page.wait_for_url(re.compile(r"/me(\?at=\d+)?$"))
    scenes.stage.settle()


def consent(person: Window, about: str) -> None:
    """Agree to exactly the text under this heading."""
    section(person, about).get_by_role("button", name="この内容に同意する").click()
    section(person, about).get_by_text("同意しています。").wait_for()


def section(person: Window, about: str) -> Locator:
    """The part of the page under this heading."""
    heading = person.page.get_by_role("heading", name=re.compile(about))
    return person.page.locator("#main section").filter(has=heading).first


@both
def test_from_the_invitation_to_the_listed_card(scenes: Scenes, window: Callable[..., Window], *, javascript: bool) -> None:
    person = window(scenes.stage.url, javascript=javascript, px=390)
    registered(scenes, person)
    page = person.open("/me/consents")
    given = page.get_by_text("同意しています。")
    assert given.count() == 0, "nothing is agreed to beforehand"
    for n, about in enumerate(("匿名カードの掲載", "お知らせの受け取り", "応募時の記録の保管"), 1):
        consent(person, about)
        assert given.count() == n, "each consent stands alone"
    person.open("/me/profile")
    fill_in_the_profile(person)
    fill_in_the_record(person)
    scenes.stage.settle()
    recommend(scenes)
    person.open("/me")
    person.reads("論点の整理が丁寧でした。")
    do(scenes, person, "読みました。見せてよい")
    person.reads("了承済みです。")
    do(scenes, person, "匿名カードを掲載する")
    person.reads("匿名カードを掲載しています。")
    person.open("/me/profile")
    person.reads("会社には、いまこの通りに見えています。")
    (card,) = scenes.tsubasa.get("/catalogue", q="データ分析")["items"]
    assert card["skills"] == ["data-analysis"]
    assert NAME not in str(card)


def do(scenes: Scenes, person: Window, name: str) -> None:
    """Press a button of one's own page, and look again once the work behind it is done: nothing works on its own here."""
    person.press(name)
    person.page.wait_for_url(re.compile(r"/me\?at=\d+#card$"))
    scenes.stage.settle()
    person.open("/me")


def fill_in_the_profile(person: Window) -> None:
    """The card in codes, the career in words."""
    page = person.page
    for group, code in (("職種", "data-analyst"), ("スキル", "data-analysis")):
        box = page.locator(f"input[type=checkbox][value={code}]")
        if not box.is_visible(): page.locator("summary", has_text=group).click()
        box.check()
    page.get_by_label("ひとこと").fill("データで現場を助ける仕事が好きです")
    page.get_by_label("職務経歴").fill("小売業でデータ分析を6年。")
    person.press("保存する")
    page.wait_for_url(re.compile(r"/me/profile(\?at=\d+)?$"))


def fill_in_the_record(person: Window) -> None:
    """What the law wants on record before an introduction."""
    page = person.page
    page.get_by_label("住所").fill("大阪府見本市1-2-3")
    page.get_by_label("生年月日").fill("1994-05-06")
    person.press("封をして保管する")
    person.reads("記録済みです。")


def recommend(scenes: Scenes) -> None:
    """The source writes about the one who registered."""
    referral = scenes.aozora.get("/referrals")["items"][0]["referral"]
    scenes.aozora.post(f"/referrals/{referral}/recommendation", {"text": "論点の整理が丁寧でした。"})
    scenes.stage.settle()


@both
def test_line_is_connected_at_its_labelled_stand_in(scenes: Scenes, window: Callable[..., Window], *, javascript: bool) -> None:
    person = window(scenes.stage.url, javascript=javascript, px=390)
    registered(scenes, person)
    page = person.open("/me/channels")
    person.reads("LINEの代役")
    person.press("LINEと連携する")
    person.press("LINEへ進む")
    person.reads("本物のLINEには何も送られません")
    assert urlsplit(page.url).path.startswith("/dev/line")
    page.get_by_role("button", name=re.compile("として許可する$")).first.click()
    page.wait_for_url("**/line/return?code=*")
    person.press("連携する")
    page.wait_for_url(re.compile(r"/me/channels(\?at=\d+)?$"))
    scenes.stage.settle()
    person.open("/me/channels")
    person.reads("連携しています。")


def test_who_says_no_at_line_goes_on_by_mail_alone(scenes: Scenes, window: Callable[..., Window]) -> None:
    person = window(scenes.stage.url)
    registered(scenes, person)
    person.open("/me/channels")
    person.press("LINEと連携する")
    person.press("LINEへ進む")
    person.page.get_by_role("link", name="許可しない").click()
    person.reads("何も変わっていません")
    person.open("/me/channels")
    person.reads("LINEと連携する")
