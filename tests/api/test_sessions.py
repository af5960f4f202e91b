"""Where one is signed in: coarse words for browser and device and nothing more of them, and an end to one or to all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from api.device import Device, device_of
from tests.api.street import Street, press

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 "
    "Mobile/15E148 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0"


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        (IPHONE, "safari", "iphone"),
        (EDGE, "edge", "windows"),
        (f"{IPHONE} Line/15.2.0", "line", "iphone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", "linux"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "chrome", "android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/19.1 Safari/605.1.15", "safari", "mac"),
        ("Mozilla/5.0 (<script>alert(1)</script>)", "other", "other"),
        ("curl/8.9", "program", "other"),
        ("", "other", "other"),
        ("Mozilla/" + "Ω" * 100_000, "other", "other"),
    ],
)  # fmt: skip
def test_what_a_browser_says_of_itself_becomes_two_words(said: str, browser: str, system: str) -> None:
    assert device_of(said) == Device(browser, system)


def test_the_list_says_where_and_keeps_no_more_than_that(street: Street) -> None:
    who = uuid4()
    here = street.browser(**{"User-Agent": IPHONE})
    link = street.link("candidate", who)
    press(here, link, link)
    program = street.bearer("candidate", who)
    shown = here.get("/sessions").text
    assert "Safari · iPhone" in shown
    assert "不明なブラウザー · 不明な端末" in shown
    listed = street.browser().get("/api/v1/sessions", headers=program).json()
    found = {(row["browser"], row["system"], row["current"]) for row in listed}
    assert found == {("safari", "iphone", False), ("other", "other", True)}
    assert "605" not in str(street.rows("SELECT to_jsonb(s) - 'token_hash' - 'id' - 'subject' FROM web_session s"))


def test_everything_is_ended_at_once_here_too(street: Street) -> None:
    who = uuid4()
    here, elsewhere = street.signed_in("candidate", who), street.bearer("candidate", who)
    stranger = street.bearer("candidate", uuid4())
    assert press(here, "/sessions", "/sessions/end-all").headers["location"] == "/sign-in"
    assert here.get("/sessions").headers["location"] == "/sign-in"
    program = street.browser()
    assert program.get("/api/v1/session", headers=elsewhere).status_code == 401
    assert program.get("/api/v1/session", headers=stranger).status_code == 200
