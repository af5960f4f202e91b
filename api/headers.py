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


async def set_headers(message: Message, scope: Scope) -> None:
    """Set them when an answer begins, whoever made it; what is not a file is never kept by a browser or a proxy."""
    if message["type"] != "http.response.start": return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers[name] = value
    settings: Settings = scope["litestar_app"].state.house.settings
    if settings.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}; includeSubDomains"
    if not (scope["path"].startswith("/static/") and message["status"] in {200, 304}):
        headers["Cache-Control"] = "no-store"
