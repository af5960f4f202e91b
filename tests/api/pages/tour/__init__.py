"""Who opens which page in the tests of all pages: one module for each part of the site, all found by themselves."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules


def pages() -> dict[str, list[str]]:
    """Who → their pages. `{introduction}` and its like are ids of the walked town."""
    found: dict[str, list[str]] = {}
    for each in iter_modules(__path__):
        module = import_module(f"tests.api.pages.tour.{each.name}")
        found.setdefault(module.WHO, []).extend(module.PATHS)
    return {who: sorted(set(paths)) for who, paths in found.items()}
