"""The source company's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "source"
PATHS = [
    "/",
    "/consent-kit",
    "/source",
    "/source/imports/{batch}",
]
