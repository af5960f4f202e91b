"""The pages of one's own account, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "person"
PATHS = [
    "/me/merging",
    "/me/merging/sent",
    "/me/merging/{token}",
    "/passkeys",
    "/sessions",
    "/step-up",
    "/step-up/sent",
]
