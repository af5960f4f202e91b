"""Every page, for whom it is, in both languages, light and dark: no hurdle, nothing wider than a phone, no violation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.pages.tour import pages
from tests.browser.conftest import Site
from tests.browser.window import Window

REST = [("en", True), ("ja", True), ("en", False)]
LOOKS = [("ja", False), *(pytest.param(*look, marks=pytest.mark.heavy) for look in REST)]
"""Japanese in the light is looked at with every run, the three others with the heavy ones."""


@pytest.mark.parametrize("who", sorted(pages()))
@pytest.mark.parametrize(("language", "dark"), LOOKS)
def test_every_page_is_for_everybody(
    site: Site, window: Callable[..., Window], who: str, language: str, *, dark: bool
) -> None:
    seen = window(site.url, language=language, dark=dark)
    if who != "stranger": seen.take_cookies(dict(site.town.browsers[who].client.cookies))
    found: dict[str, list[str]] = {}
    for path in pages()[who]:
        page = seen.open(site.town.filled(path))
        assert page.locator("html").get_attribute("lang") == language, path
        if wrong := [*seen.hurdles(), *seen.too_wide()]: found[path] = wrong
    assert found == {}
