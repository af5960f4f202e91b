"""Headers that every answer carries, errors and files included."""

from __future__ import annotations

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from marketplace.run.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR_S = 31_536_000


class SecurityHeaders:
    """A hook that runs when an answer begins, whoever made it."""

    def __init__(self, settings: Settings) -> None:
        self._headers = dict(HEADERS)
        if settings.public_url.startswith("https:"):
            self._headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}; includeSubDomains"

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Set the headers; what is not a file is never kept by a browser or a proxy."""
        if message["type"] != "http.response.start": return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers[name] = value
        if not (scope["path"].startswith("/static/") and message["status"] in {200, 304}):
            headers["Cache-Control"] = "no-store"
