"""Sealing the log: its head, signed from time to time with a key outside the database, cannot be rewritten unnoticed.

The chain alone can be computed anew by whoever may write the tables; the signature of a head cannot. Who also removes
the seals is found only by a copy of a seal kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from marketplace.store.database import Connection

Sign = Callable[[bytes], bytes]
"""The signature of some bytes, by the vault's signer."""
Verify = Callable[[str, bytes, bytes], bool]
"""Did the key of this id sign these bytes with this signature? A key that is not known did not."""

FIRST_LINK = b"\x00"
"""What the chain begins with."""
_PAGE = 500


class BrokenSeal(msgspec.Struct, frozen=True):
    """A signed head that no longer holds. `reason`: signature, removed (no such event any more), or altered."""

    position: int
    reason: str


def content(position: int, chain: bytes) -> bytes:
    """The bytes that are signed for a head."""
    return f"career-relay/log-head\n{position}\n{chain.hex()}".encode()


def sign_head(connection: Connection, sign: Sign, *, key_id: str, now: datetime) -> int | None:
    """Sign the log's last position and its chain; answers the position, None where there is nothing new to sign."""
    head = connection.execute(
        "SELECT e.notification_id, e.chain FROM relay_events e ORDER BY e.notification_id DESC LIMIT 1"
    ).fetchone()
    if head is None:
        return None
    position, chain = head[0], bytes(head[1])
    written = connection.execute(
        "INSERT INTO log_seal (position, chain, key_id, signature, at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (position) DO NOTHING",
        (position, chain, key_id, sign(content(position, chain)), now),
    )
    return position if written.rowcount else None


def verify_seals(connection: Connection, verify: Verify) -> Iterator[BrokenSeal]:
    """The seals that do not hold, by position: not signed by us, or of another past than the one that is here."""
    after = -1
    while page := connection.execute(
        "SELECT s.position, s.chain, s.key_id, s.signature, e.chain FROM log_seal s"
        " LEFT JOIN relay_events e ON e.notification_id = s.position"
        " WHERE s.position > %s ORDER BY s.position LIMIT %s",
        (after, _PAGE),
    ).fetchall():
        for position, chain, key_id, signature, there in page:
            if not verify(key_id, content(position, bytes(chain)), bytes(signature)):
                yield BrokenSeal(position, "signature")
            elif there is None:
                yield BrokenSeal(position, "removed")
            elif bytes(there) != bytes(chain):
                yield BrokenSeal(position, "altered")
        after = page[-1][0]
