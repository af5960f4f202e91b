"""A real Chromium before a real server. Without one these tests are skipped with a line, or fail where it is required."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from marketplace.run import postgres
from marketplace.run.database import Addresses
from marketplace.run.settings import load
from marketplace.run.wiring import open_house
from tests.api.pages.town import Town
from tests.api.pages.walking import walk
from tests.browser.window import Window
from tests.stories.conftest import Web, scenes, stage  # noqa: F401  fixtures of the journeys

HOW = "no Chromium on this machine: `make browser` installs one and a Japanese font (apt-get, as root)"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]


@dataclass(frozen=True)
class Site:
    """The walked town behind a real socket."""

    town: Town
    url: str


def program() -> str | None:
    """The browser that is there."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = program()
    if path is None:
        if os.environ.get("RELAY_BROWSER") == "required": pytest.fail(HOW)
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Window]]:
    """Windows for a test: `window(url, language="en", dark=True, javascript=False)`. At its end none has a fault."""
    opened: list[Window] = []

    def make(url: str, **how: Any) -> Window:
        opened.append(Window(chromium, url, **how))
        return opened[-1]

    yield make
    for each in opened: each.close()
    assert [fault for each in opened for fault in each.faults] == []


@pytest.fixture(scope="session")
def site(
    chromium: Browser,  # noqa: ARG001  without a browser nobody walks
    server: postgres.Server,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The town for those who only look at it."""
    folder = tmp_path_factory.mktemp("seen")
    with walk(server, template, folder, name="seen") as town, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        url = f"http://127.0.0.1:{port}"
        addresses = Addresses(town.app_url, town.owner_url, None)
        environ = {"RELAY_DATA": str(folder), "RELAY_PUBLIC_URL": url, "RELAY_PORT": str(port), "DATABASE_URL": town.app_url}
        house = open_house(load({**environ, "MIGRATION_DATABASE_URL": town.owner_url}), addresses=addresses)
        web = Web(house, port)
        web.start()
        try:
            web.wait()
            yield Site(town, url)
        finally:
            web.end()
