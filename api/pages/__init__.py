"""Plain pages and forms, for whoever looks: each module of this folder has its `ROUTES`; a new file is a new page."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def page_routes() -> list[Any]:
    """The routes of every page, by the names of the modules."""
    modules = (import_module(f"api.pages.{found.name}") for found in iter_modules(__path__))
    return [route for module in modules for route in getattr(module, "ROUTES", ())]
