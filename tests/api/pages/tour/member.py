"""The pages of one's own account that only people of companies have; a new page is a new line."""

from __future__ import annotations

WHO = "hiring"
PATHS = [
    "/account/email",
    "/account/email/sent",
]
