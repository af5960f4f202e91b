"""One key, one effect: the command's id follows from actor and `Idempotency-Key`, what was asked is kept as an HMAC.

A repeat is carried through again: the office finds its command done and answers `again`, ids follow from the command's
id, and the policy decides under the rights of now. So no answer is stored. The same key for something else is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from uuid import UUID, uuid5

from domain.refusal import Refused
from marketplace.store.database import Connection

_ACTORS = UUID("5b0e3a52-2d0c-4b8e-9c39-6f0f1b8a4c11")
_KEY = re.compile(r"[\x21-\x7e]{8,200}")


def command_id(actor: str, key: str) -> UUID:
    """The id of the command that `actor` sent under `key`."""
    return uuid5(uuid5(_ACTORS, actor), key)


def checked_key(key: str | None) -> str:
    """Raises Refused `idempotency-key-missing`, `idempotency-key-malformed` (8 to 200 visible ASCII characters)."""
    if not key: raise Refused("idempotency-key-missing")
    if not _KEY.fullmatch(key): raise Refused("idempotency-key-malformed")
    return key


def remember(
    connection: Connection, command: UUID, now: datetime, *, key: bytes, method: str, path: str, body: bytes
) -> None:
    """Note what was asked under this command's id, or compare it with what was asked before.

    Raises Refused `idempotency-key-reused`: the same key came with another method, path or body.
    """
    asked = hmac.new(
        key, b"\n".join((b"request", method.encode(), path.encode("utf-8", "replace"), body)), hashlib.sha256
    )
    # The commit does not wait for the disk: the command's own does, and comes after it.
    inserted = connection.execute(
        "INSERT INTO idempotency (command_id, request, at) SELECT %s::uuid, %s::bytea, %s::timestamptz"
        " FROM (SELECT set_config('synchronous_commit', 'off', true)) soon ON CONFLICT (command_id) DO NOTHING",
        (command, asked.digest(), now),
    ).rowcount
    if inserted: return
    row = connection.execute("SELECT request FROM idempotency WHERE command_id = %s", (command,)).fetchone()
    if row is None or not hmac.compare_digest(bytes(row[0]), asked.digest()): raise Refused("idempotency-key-reused")
