"""Keyset pages: a cursor says where a page ended, signed, so that it leads on in its own list and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Annotated, TypeVar

import msgspec
from litestar.params import QueryParameter

from api.visit import Visit
from domain.refusal import Refused

C = TypeVar("C")

After = Annotated[
    str | None, QueryParameter(required=False, max_length=400, description="`next` of the page before this one.")
]
"""The type of a handler's `after` parameter."""
Limit = Annotated[int, QueryParameter(required=False, ge=1, le=100, description="How many at most.")]
"""The type of a handler's `limit` parameter."""

_MAC_BYTES = 12


def cursor(visit: Visit, of: str, place: object) -> str:
    """A cursor of the list `of`."""
    body = msgspec.json.encode(place)
    return base64.urlsafe_b64encode(_mac(visit, of, body) + body).decode().rstrip("=")


def place_of(visit: Visit, of: str, text: str | None, kind: type[C]) -> C | None:
    """What `cursor` was given; None for the first page. Raises Refused `cursor-malformed`."""
    if text is None: return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Refused("cursor-malformed") from None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(visit, of, body)): raise Refused("cursor-malformed")
    return msgspec.json.decode(body, type=kind)


def _mac(visit: Visit, of: str, body: bytes) -> bytes:
    return hmac.new(visit.house.door_key, b"\n".join((b"cursor", of.encode(), body)), hashlib.sha256).digest()[:_MAC_BYTES]
