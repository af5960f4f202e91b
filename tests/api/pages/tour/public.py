"""What anybody may open, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "stranger"
PATHS = [
    "/",
    "/about",
    "/rules",
    "/legal",
    "/legal/results",
    "/consent-kit",
    "/i/{invitation}",
    "/i/{invitation}/not-me",
    "/n/{source}",
    "/contact/{token}",
    "/digests/{batch}",
    "/register/sent",
    "/register/{token}",
    "/share/{share}",
    "/erasures/{erasure}",
    "/dev/line",
    "/dev/mailbox",
    "/dev/roles",
]
