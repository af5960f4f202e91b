"""No other site acts in a person's name: where the request comes from, and a token bound to the session or the browser.

The token is an HMAC of what the browser holds (its session's, or a visitor's nonce cookie), so nothing is stored, and a
token made for another visitor fits nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from domain.refusal import Refused
from marketplace.run.settings import Settings

FIELD = "csrf"
HEADER = "x-csrf-token"
NEAR = frozenset({"127.0.0.1", "localhost", "[::1]"})


def token_for(key: bytes, held: str) -> str:
    """The token that fits what the browser holds."""
    return hmac.new(key, f"csrf|{held}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def check_token(key: bytes, held: str | None, given: str) -> None:
    """Raises Refused `csrf-token-wrong` unless the token fits."""
    if held is None or not hmac.compare_digest(token_for(key, held).encode(), given.encode("utf-8", "replace")):
        raise Refused("csrf-token-wrong")


def check_origin(settings: Settings, *, origin: str | None, fetch_site: str | None, host: str) -> None:
    """Raises Refused `request-from-elsewhere` where the browser says that another site caused the request.

    Our pages name no referrer, so a browser sends their forms with `Origin: null`; it then says itself whose they are.
    """
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}: raise Refused("request-from-elsewhere")
    if origin == "null" and fetch_site == "same-origin": return
    if origin is not None and origin != settings.public_url and not _own_near(settings, origin, host):
        raise Refused("request-from-elsewhere")


def check_pressed(*, origin: str | None, fetch_site: str | None) -> None:
    """Raises Refused `request-from-elsewhere` unless a browser says that a page of ours sent the form.

    Scanners of mails open links and send every form they find, tokens, cookies and all. None of that is a person.
    """
    if origin is None and fetch_site != "same-origin": raise Refused("request-from-elsewhere")


def check_near(settings: Settings, host: str) -> None:
    """Raises Refused `not-found` unless only this machine reaches the site and the browser called it by a near name.

    The name counts because a page elsewhere may let its own name lead to 127.0.0.1 (DNS rebinding).
    """
    if not settings.loopback or not _near(host): raise Refused("not-found")


def _own_near(settings: Settings, origin: str, host: str) -> bool:
    """On a developer's machine `localhost` and `127.0.0.1` are the same site."""
    return settings.loopback and _near(host) and origin == f"{urlsplit(settings.public_url).scheme}://{host}"


def _near(host: str) -> bool:
    name, _, port = host.rpartition(":")
    return (name if port.isdigit() else host) in NEAR
