"""Passkeys in a real browser with an authenticator of its own; and the same doors without JavaScript, by links that are mailed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.browser.people import COMPANY, mailed, sign_in
from tests.browser.window import Window
from tests.stories.scenes import Scenes

MOVED = "jinji@tsubasa.example"
PHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
SWITCH = {"automaticPresenceSimulation": True}


def at_localhost(scenes: Scenes) -> str:
    """Where passkeys work on a developer's machine."""
    return scenes.stage.url.replace("127.0.0.1", "localhost")


def with_phone(seen: Window) -> Any:
    """Give the window's browser an authenticator whose person is always there."""
    devtools = seen.context.new_cdp_session(seen.page)
    devtools.send("WebAuthn.enable")
    options = {**PHONE, **SWITCH}
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def later(scenes: Scenes) -> None:
    """The last proof is no longer fresh."""
    scenes.stage.move_to(scenes.stage.now() + timedelta(minutes=6))


def test_a_passkey_is_added_signs_in_and_confirms(scenes: Scenes, window: Callable[..., Window]) -> None:
    scenes.few().found_the_relay()
    seen = window(at_localhost(scenes), px=390)
    sign_in(seen, scenes, COMPANY)
    with_phone(seen)
    page = seen.page
    page.get_by_role("banner").get_by_role("link", name="パスキーを追加する").click()
    page.get_by_label("名前を付けてください").fill("わたしの電話")
    seen.press("パスキーを追加する")
    seen.page.get_by_role("heading", name="わたしの電話").wait_for()
    expect(page.get_by_role("button", name="今はしない")).to_have_count(0)
    assert seen.hurdles() == []
    assert seen.too_wide() == []

    page.get_by_role("button", name="サインアウト", exact=True).click()
    page.wait_for_url("**/sign-in")
    seen.press("パスキーでサインイン")
    page.wait_for_url(seen.url + "/")
    seen.open("/sessions")
    seen.reads("Chrome · Linux")

    later(scenes)
    seen.open("/passkeys")
    seen.press("確認してこの画面に戻る")
    assert seen.hurdles() == []
    seen.press("パスキーで確認する")
    page.wait_for_url("**/passkeys")
    seen.press("このパスキーを削除する")
    seen.reads("パスキーはまだありません")


def test_where_the_person_cancels_they_read_what_to_do(scenes: Scenes, window: Callable[..., Window]) -> None:
    scenes.few().found_the_relay()
    seen = window(at_localhost(scenes))
    devtools, phone = with_phone(seen)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    seen.open("/sign-in")
    seen.press("パスキーでサインイン")
    seen.page.get_by_role("alert").get_by_text("メールのリンクをお使いください").wait_for()


def test_at_the_bare_address_the_page_names_the_one_where_passkeys_work(scenes: Scenes, window: Callable[..., Window]) -> None:
    scenes.few().found_the_relay()
    seen = window(scenes.stage.url)
    page = seen.open("/sign-in")
    seen.reads("パスキーは、このサイトの次のアドレスでのみ使えます。")
    expect(page.get_by_role("link", name=at_localhost(scenes))).to_have_attribute("href", f"{at_localhost(scenes)}/sign-in")
    expect(page.get_by_role("button", name="パスキーでサインイン")).to_be_hidden()


def test_without_javascript_a_mailed_link_confirms_and_leads_back(scenes: Scenes, window: Callable[..., Window]) -> None:
    scenes.few().found_the_relay()
    seen = window(scenes.stage.url, javascript=False)
    sign_in(seen, scenes, COMPANY)
    expect(seen.open("/sign-in").get_by_role("button", name="パスキーでサインイン")).to_be_hidden()
    later(scenes)
    page = seen.open("/account/email")
    seen.press("確認してこの画面に戻る")
    seen.press("リンクを送る")
    seen.reads("このブラウザーで開いてください")
    link = mailed(scenes, COMPANY, r"/step-up/[\w-]{43}")
    stranger = window(scenes.stage.url, javascript=False)
    stranger.open(link)
    stranger.reads("確認を求めたブラウザーでのみ使えます")
    seen.open(link)
    seen.press("はい、本人です")
    page.wait_for_url("**/account/email")
    page.get_by_label("新しいメールアドレス").fill(MOVED)
    seen.press("アドレスを変更する")
    page.wait_for_url("**/account/email/sent")
    confirm = mailed(scenes, MOVED, r"/account/email/confirm/[\w-]{43}")
    stranger.open(confirm)
    stranger.press("このアドレスを使う")
    stranger.reads("メールアドレスを変更しました")
    sign_in(stranger, scenes, MOVED)
    objection = mailed(scenes, COMPANY, r"/account/email/object/[\w-]{43}")
    seen.open(objection)
    seen.press("自分ではない。このアドレスのままにする")
    seen.reads("これまでのアドレスが有効です")
    sign_in(seen, scenes, COMPANY)
