"""The operator's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "operator"
PATHS = [
    "/",
    "/operator",
    "/operator/companies/{source}",
    "/operator/stories",
    "/operator/stories?ident={introduction}",
]
