"""The hiring company's pages over a town of one's own: a company with a job, and one person whose card is listed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.session import begin
from marketplace import clock
from tests.api.pages.browser import Browser
from tests.api.v1.introductions.conftest import built, town  # noqa: F401  fixtures
from tests.api.v1.introductions.town import Town

Enter = Callable[..., Browser]


@pytest.fixture
def enter(town: Town) -> Enter:  # noqa: F811  the fixture
    """A browser in which somebody is signed in: of a company by its name, or a user by their id."""

    def make(who: str = "hiring", language: str = "ja") -> Browser:
        browser = Browser(town.app, language)
        with town.house.database.transaction() as connection:
            token = begin(connection, "user", town.users[who], clock.now(connection))
        browser.client.cookies.set("relay-session", token)
        return browser

    return make
