"""A hiring manager comes, is given a job, and leaves: what they see, and what closes under their hands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import COMPANY, mailed, sign_in
from tests.browser.window import Window
from tests.stories.scenes import Scenes

MANAGER = "manager@tsubasa.example"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_hiring_manager_comes_is_given_a_job_and_leaves(
    scenes: Scenes, window: Callable[..., Window], *, javascript: bool
) -> None:
    scenes.ready()
    admin, manager = (window(scenes.stage.url, javascript=javascript) for _ in range(2))
    sign_in(admin, scenes, COMPANY)
    page = admin.open("/team")
    page.get_by_label("お名前（担当者）").fill("見本 選考")
    page.get_by_label("メールアドレス").fill(MANAGER)
    page.get_by_label("権限", exact=True).select_option("hiring-manager")
    admin.press("招待を送る")
    admin.reads("見本 選考")
    scenes.stage.settle()
    assert mailed(scenes, MANAGER, r"/sign-in")

    sign_in(manager, scenes, MANAGER)
    assert manager.page.goto(f"/hiring/jobs/{scenes.job}").status == 404  # type: ignore[union-attr]  # a page was loaded
    page = admin.open(f"/hiring/jobs/{scenes.job}")
    page.get_by_label("担当に加える方").select_option(label="見本 選考 (選考担当)")
    admin.press("担当に加える")
    page.get_by_role("button", name="見本 選考 さんを担当から外す").wait_for()
    manager.open(f"/hiring/jobs/{scenes.job}")
    manager.reads("この求人の担当者")

    admin.open("/team")
    admin.press("見本 選考 さんの退職")
    admin.reads("すぐに使えなくなるもの")
    admin.reads("求人：")
    admin.press("退職の手続きをする")
    admin.page.get_by_role("alert").get_by_text("引き継ぐ方を選んで").wait_for()
    admin.page.get_by_label("引き継ぐ方").select_option(index=1)
    admin.press("退職の手続きをする")
    admin.page.wait_for_url("**/team*")
    assert admin.page.get_by_text("見本 選考").count() == 0
    manager.page.goto(f"/hiring/jobs/{scenes.job}")
    manager.page.wait_for_url("**/sign-in")
