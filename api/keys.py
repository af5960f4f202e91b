"""API keys for systems: `crk_<id>_<secret>`, bound to a company and its scopes, stored hashed, shown once."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.refusal import Refused
from marketplace.links import TOKEN_LENGTH, digest, new_token
from marketplace.store.database import Connection

PREFIX = "crk_"
LIVE_KEYS_MOST = 20

SCOPES = frozenset(
    {
        "applicants:read",
        "applicants:write",
        "catalogue:read",
        "company:read",
        "hires:read",
        "hires:write",
        "imports:write",
        "introductions:read",
        "introductions:write",
        "invitations:write",
        "jobs:read",
        "jobs:write",
        "ledger:read",
        "referrals:write",
    }
)
"""What a key may be good for. A route names one of these in its policy, or none and is then for people only."""

_COLUMNS = "id, company, label, scopes, made_at, expires_at, last_used_at, revoked_at"


class Key(msgspec.Struct, frozen=True):
    """A key as its company may see it; the secret is nowhere."""

    id: UUID
    company: UUID
    label: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def make(
    connection: Connection,
    key: UUID,
    *,
    company: UUID,
    label: str,
    scopes: frozenset[str],
    by: UUID,
    now: datetime,
    expires_at: datetime,
) -> str | None:
    """Make a key under an id that follows from the command; answers the whole key, or None if it was made before.

    Raises Refused `scope-unknown`, `key-expiry-wrong`, `too-many-keys`, `not-permitted` for whoever left meanwhile.
    """
    if not scopes or not scopes <= SCOPES: raise Refused("scope-unknown")
    if expires_at <= now: raise Refused("key-expiry-wrong")
    # One after the other per company, so that the count below cannot be outrun.
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('api-key|' || %s, 0))", (str(company),))
    if connection.execute("SELECT FROM api_key WHERE id = %s", (key,)).fetchone() is not None: return None
    # Held until the key is there: whoever leaves at this moment ends it, or was gone before.
    here = "SELECT FROM member WHERE user_id = %s AND company = %s AND left_at IS NULL FOR SHARE"
    if connection.execute(here, (by, company)).fetchone() is None: raise Refused("not-permitted")
    if sum(1 for k in of_company(connection, company) if k.revoked_at is None and k.expires_at > now) >= LIVE_KEYS_MOST:
        raise Refused("too-many-keys", most=LIVE_KEYS_MOST)
    secret = new_token()
    connection.execute(
        "INSERT INTO api_key (id, company, label, secret_hash, scopes, made_by, made_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (key, company, label, digest(secret), sorted(scopes), by, now, expires_at),
    )
    return f"{PREFIX}{key.hex}_{secret}"


def find(connection: Connection, text: str, now: datetime) -> Key | None:
    """The live key that this is; notes that it was used, to the minute."""
    name, _, secret = text.removeprefix(PREFIX).partition("_")
    if not text.startswith(PREFIX) or len(secret) != TOKEN_LENGTH: return None
    try:
        key = UUID(hex=name)
    except ValueError:
        return None
    row = connection.execute(
        # Used later than now: the clock was set back, and an end that has passed is none any more.
        f"SELECT secret_hash, {_COLUMNS} FROM api_key WHERE id = %(id)s AND revoked_at IS NULL AND expires_at > %(now)s"  # noqa: S608
        " AND coalesce(last_used_at, made_at) <= %(now)s + interval '5 minutes'"
        " AND EXISTS (SELECT FROM member m WHERE m.user_id = made_by AND m.company = api_key.company AND m.left_at IS NULL)",
        {"id": key, "now": now},
    ).fetchone()
    if row is None or not hmac.compare_digest(bytes(row[0]), digest(secret)): return None
    connection.execute(
        "UPDATE api_key SET last_used_at = %(now)s"
        " WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at <= %(now)s - interval '1 minute')",
        {"now": now, "id": key},
    )
    return _key(row[1:])


def of_company(connection: Connection, company: UUID) -> list[Key]:
    """All keys a company ever had, the newest first."""
    query = f"SELECT {_COLUMNS} FROM api_key WHERE company = %s ORDER BY made_at DESC, id"  # noqa: S608  ours
    rows = connection.execute(query, (company,))
    return [_key(row) for row in rows]


def company_of(connection: Connection, key: UUID) -> UUID | None:
    """Whose key it is."""
    row = connection.execute("SELECT company FROM api_key WHERE id = %s", (key,)).fetchone()
    return None if row is None else row[0]


def revoke(connection: Connection, key: UUID, now: datetime) -> None:
    """The key opens nothing from now on. A second time changes nothing."""
    connection.execute("UPDATE api_key SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", (now, key))


def _key(row: tuple[Any, ...]) -> Key:
    key, company, label, scopes, *moments = row
    return Key(key, company, label, tuple(scopes), *moments)
