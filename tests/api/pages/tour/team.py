"""The pages of a company's people and keys, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "hiring"
PATHS = [
    "/api-keys",
    "/team",
    "/team/members/{colleague}/leaving",
    "/team/recovery",
    "/team/rights",
]
