"""The candidate answers an ask, from the mail's link to the contact on the hiring side: with scripts, without, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.people import CANDIDATE, COMPANY, asked, sign_in
from tests.browser.window import Window
from tests.stories.scenes import Scenes


def contact_is_shown(scenes: Scenes, window: Callable[..., Window], introduction: str, *, javascript: bool) -> Window:
    """The hiring company opens what the candidate chose to show."""
    company = window(scenes.stage.url, javascript=javascript)
    sign_in(company, scenes, COMPANY)
    company.open(f"/hiring/introductions/{introduction}")
    company.press("開く")
    company.reads("見本 葵")
    return company


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_the_mailed_link_to_the_contact(scenes: Scenes, window: Callable[..., Window], *, javascript: bool) -> None:
    introduction, link = asked(scenes)
    candidate = window(scenes.stage.url, javascript=javascript, px=390)
    page = candidate.open(link)
    for told in ("株式会社つばさ見本", "回答の期限", "日本時間", "何もしなければ", "見せないもの", "紹介元の会社に伝わること"):
        candidate.reads(told)
    assert CANDIDATE not in page.content(), "the bare link shows masked values"
    yes, no = (page.get_by_role("button", name=name).bounding_box() for name in ("この会社に共有する", "今回は見送る"))
    assert yes is not None
    assert no is not None
    assert (yes["width"], yes["height"]) == (no["width"], no["height"]), "neither answer is the bigger one"
    assert yes["height"] >= 44
    phone = page.get_by_label("電話番号")
    if phone.count(): phone.uncheck()
    page.get_by_label("いいえ、ありません").check()
    loads = len(candidate.loads)
    candidate.press("この会社に共有する")
    candidate.reads("承認しました")
    assert (len(candidate.loads) == loads) is javascript, "with JavaScript the page is not loaded anew"
    candidate.press("承認を取り消す")
    candidate.reads("回答の期限")
    page.get_by_label("いいえ、ありません").check()
    candidate.press("この会社に共有する")
    candidate.reads("承認しました")
    scenes.stage.settle()
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=11))
    contact_is_shown(scenes, window, introduction, javascript=javascript).reads(CANDIDATE)


def test_a_gap_is_told_in_place_and_declining_needs_no_answer_at_all(scenes: Scenes, window: Callable[..., Window]) -> None:
    introduction, link = asked(scenes)
    candidate = window(scenes.stage.url)
    page = candidate.open(link)
    page.eval_on_selector("form[action$='/approval']", "form => { form.noValidate = true; }")
    candidate.press("この会社に共有する")
    page.get_by_role("alert").wait_for()
    page.wait_for_function("document.activeElement.getAttribute('role') === 'alert'")
    candidate.press("今回は見送る")
    candidate.reads("今回は見送りました")
    scenes.stage.settle()
    company = window(scenes.stage.url)
    sign_in(company, scenes, COMPANY)
    company.open(f"/hiring/introductions/{introduction}")
    company.reads("ご本人の回答を待っています")


def test_the_answer_is_given_by_keyboard_alone(scenes: Scenes, window: Callable[..., Window]) -> None:
    _, link = asked(scenes)
    candidate = window(scenes.stage.url, language="en")
    page = candidate.open(link)
    page.keyboard.press("Tab")
    assert candidate.focused() == "Skip to content"
    page.keyboard.press("Enter")
    candidate.tab_to("Yes, I am")
    page.keyboard.press("ArrowDown")
    candidate.tab_to("Share with this company")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "one sees where one is"
    page.keyboard.press("Enter")
    candidate.reads("You approved.")
    candidate.tab_to("Undo my approval")
    page.keyboard.press("Space")
    candidate.reads("Answer by:")
