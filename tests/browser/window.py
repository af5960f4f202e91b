"""A window of a real browser: it notes what must never happen, and measures what every page promises."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from marketplace.run.demo.person import Person

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
PHONE_PX = 360
_LISTEN = """
document.addEventListener("securitypolicyviolation", (found) => {
  console.error(`Content Security Policy: ${found.effectiveDirective} ${found.blockedURI} ${found.sourceFile}`);
});
"""


class Window:
    """One person's browser. `faults` stays empty: violations of the content policy, errors of scripts, strange hosts."""

    def __init__(
        self, browser: Browser, url: str, *, language: str = "ja", dark: bool = False, javascript: bool = True, px: int = 1024
    ) -> None:
        self.url, self.javascript = url, javascript
        self.faults: list[str] = []
        self.loads: list[str] = []
        self.context = browser.new_context(
            base_url=url,
            locale={"ja": "ja-JP", "en": "en-GB"}[language],
            timezone_id="Europe/London",  # deadlines are Japan's whatever the clock on the desk says
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            viewport={"width": px, "height": 900},
        )
        self.context.set_default_timeout(15_000)
        if javascript: self.context.add_init_script(_LISTEN)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "integrity" in message.text: self.faults.append(message.text)

    def _request(self, request: Request) -> None:
        if request.resource_type == "document": self.loads.append(request.url)
        if not request.url.startswith((self.url, "data:")): self.faults.append(f"asked elsewhere: {request.url}")

    def take_cookies(self, held: dict[str, str]) -> None:
        """Be whoever holds these."""
        self.context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in held.items()])

    def come_as(self, person: Person) -> None:
        """In a new session of this person."""
        person.sign_in()
        self.take_cookies({"relay-session": str(person.client.headers["Authorization"]).removeprefix("Bearer ")})

    def open(self, path: str) -> Page:
        """A page that is there."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self.page

    def press(self, name: str) -> None:
        """A button or a link by what it says, once it is there."""
        main = self.page.locator("#main")
        main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True)).first.click()

    def reads(self, text: str) -> None:
        """The page says this, now or within the time to wait."""
        self.page.locator("#main").get_by_text(text).first.wait_for()

    def focused(self) -> str:
        """What the keyboard stands on, by what it says."""
        said: str = self.page.evaluate(_FOCUSED)
        return said

    def tab_to(self, name: str, *, most: int = 60) -> None:
        """Go there by the Tab key alone."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.focused() == name: return
        raise AssertionError(f"the Tab key never came to {name}")

    def hurdles(self) -> list[str]:
        """What axe finds."""
        found: dict[str, Any] = Axe().run(self.page, options=RULES).response
        return [f"{each['id']}: {node['target']} {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]

    def too_wide(self) -> list[str]:
        """What sticks out of a narrow phone's screen."""
        self.page.set_viewport_size({"width": PHONE_PX, "height": 740})
        found: list[str] = self.page.evaluate(_TOO_WIDE, PHONE_PX)
        self.page.set_viewport_size({"width": 1024, "height": 900})
        return found

    def close(self) -> None:
        self.context.close()


_FOCUSED = """() => {
  const here = document.activeElement;
  return (here.labels?.[0] ?? here).textContent.trim();
}"""
_TOO_WIDE = """(px) => {
  const root = document.documentElement;
  if (root.scrollWidth <= px) return [];
  const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > px + 1);
  return [`page: ${root.scrollWidth}`, ...wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 100))];
}"""
