"""What everybody does in a browser: sign in by a mailed link, prove who one is, look into one's mailbox."""

from __future__ import annotations

import re
import time

from tests.browser.window import Window
from tests.stories.scenes import Scenes

CANDIDATE = "aoi.mihon@example.jp"
COMPANY = "hr@tsubasa.example"
MAIL_SECONDS = 20
POLL_SECONDS = 0.02


def newest(scenes: Scenes, address: str, pattern: str) -> str | None:
    """The newest link of this kind that the mailbox holds."""
    found = (match for mail in scenes.mailbox(address) if (match := re.search(pattern, mail.text)))
    return next((match.group() for match in found), None)


def mailed(scenes: Scenes, address: str, pattern: str, *, after: str | None = None) -> str:
    """The newest link of this kind, once there is one other than `after`.

    Waited for: mails to strangers are queued after the answer, which takes as long for an unknown address.
    """
    deadline = time.monotonic() + MAIL_SECONDS
    scenes.stage.settle()
    while (link := newest(scenes, address, pattern)) in {None, after}:
        assert time.monotonic() < deadline, f"no new mail to {address} with {pattern}"
        time.sleep(POLL_SECONDS)
        scenes.stage.settle()
    assert link is not None
    return link


def asked(scenes: Scenes) -> tuple[str, str]:
    """A company has asked: the introduction, and the link that its candidate was mailed."""
    scenes.ready()
    introduction = scenes.ask(scenes.register_aoi())
    return introduction, mailed(scenes, CANDIDATE, r"/share/[\w-]{43}")


def confirm_by_mail(seen: Window, scenes: Scenes, address: str) -> None:
    """The step-up that works everywhere: a link in one's own mailbox, opened in the same browser."""
    kind = r"/step-up/[\w-]{43}"
    old = newest(scenes, address, kind)
    seen.press("リンクを送る")
    seen.page.wait_for_url(re.compile("/step-up/sent$"))
    seen.open(mailed(scenes, address, kind, after=old))
    seen.press("はい、本人です")


def sign_in(seen: Window, scenes: Scenes, address: str) -> None:
    """As everybody does: ask for a link, look into the mailbox, press the one button."""
    kind = r"/sign-in/[\w-]{43}"
    old = newest(scenes, address, kind)
    seen.open("/sign-in").get_by_label("メールアドレス").fill(address)
    seen.press("リンクを送る")
    seen.reads("リンクをお送りしました")
    seen.open(mailed(scenes, address, kind, after=old))
    seen.press("サインイン")
    seen.page.wait_for_url(seen.url + "/")
