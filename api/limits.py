"""Rate limits that hold for all processes at once: fixed windows in PostgreSQL, under keyed digests of who knocks."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec

from domain.refusal import Refused
from marketplace.store.database import Connection


class Limit(msgspec.Struct, frozen=True):
    """At most `most` in each window of `minutes`."""

    name: str
    most: int
    minutes: int


ASK_FOR_LINK = Limit("ask-for-link", 30, 15)
ASK_FOR_ADDRESS = Limit("ask-for-address", 5, 15)
ASK_FOR_PROOF = Limit("ask-for-proof", 5, 15)
OPEN_LINK = Limit("open-link", 100, 15)


def take(connection: Connection, limit: Limit, who: str, key: bytes, now: datetime) -> None:
    """Count one knock of `who`. Raises Refused `too-many-requests` with `seconds` until the next window."""
    length = timedelta(minutes=limit.minutes)
    starts_at = now - (now - datetime(1970, 1, 1, tzinfo=UTC)) % length
    bucket = hmac.new(key, f"rate|{limit.name}|{who}".encode("utf-8", "replace"), hashlib.sha256).digest()
    row = connection.execute(
        "INSERT INTO rate_window AS w (bucket, starts_at, taken) VALUES (%s, %s, 1)"
        " ON CONFLICT (bucket, starts_at) DO UPDATE SET taken = w.taken + 1 RETURNING taken",
        (bucket, starts_at),
    ).fetchone()
    if row is not None and row[0] > limit.most:
        # This knock's count falls with the caller's transaction; the window stays full.
        raise Refused("too-many-requests", seconds=int((starts_at + length - now).total_seconds()) + 1)
