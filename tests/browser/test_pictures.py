"""The main pages as they look; `make screenshots` keeps them for the README (RELAY_PICTURES names the folder)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Site
from tests.browser.window import Window

PAGES = {
    "ask": ("stranger", "/share/{share}", 390),
    "catalogue": ("hiring", "/hiring/search?q=データ分析&job={job}", 1024),
    "board": ("hiring", "/hiring/board", 1024),
    "finance": ("operator", "/finance", 1024),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_can_be_pictured(site: Site, window: Callable[..., Window], tmp_path: Path, name: str, *, dark: bool) -> None:
    who, path, px = PAGES[name]
    folder = Path(os.environ.get("RELAY_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    seen = window(site.url, dark=dark, px=px)
    if who != "stranger": seen.take_cookies(dict(site.town.browsers[who].client.cookies))
    picture = folder / f"{name}-{'dark' if dark else 'light'}.png"
    seen.open(site.town.filled(path)).screenshot(path=picture, full_page=True, animations="disabled")
    assert picture.read_bytes().startswith(b"\x89PNG")
