"""Signing in, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "stranger"
PATHS = [
    "/sign-in",
    "/sign-in/sent",
    "/account/email/confirm/{token}",
    "/account/email/object/{token}",
    "/sign-in/{token}",
    "/step-up/{token}",
]
