"""Links that people follow: a login link opens a session once; a step-up link proves its person anew in the session
that asked for it; a share link opens one introduction until it expires.

The door consumes them; the worker mints them while it writes a mail, so that a readable token is never stored.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
import psycopg

LOGIN_LINK_MINUTES = 10
_LIVES = "expires_at > %(now)s AND expires_at <= %(now)s + interval '15 minutes'"
"""Of a link of ten minutes, at this moment. One that ends later was made in a future that the clock has gone back from:
setting a clock back revives nothing (five minutes are let pass, as clocks are corrected)."""
TOKEN_LENGTH = 43
"""256 bits in URL-safe base 64."""

Kind = Literal["user", "candidate"]
"""Whom a session is for: a person of a company (or of the operator), or a candidate."""


_FORGET_CHANGES = (
    "WITH over AS (DELETE FROM address_change WHERE object_until < %s RETURNING ref)"
    " DELETE FROM vault_record WHERE ref IN (SELECT ref FROM over)"
)
"""A change of address goes with both addresses, once nobody may object any more."""

AddressPurpose = Literal["confirm", "object"]
"""What a mailed link does to a change of address."""


class Holder(msgspec.Struct, frozen=True):
    """Whose link it was."""

    kind: Kind
    subject: UUID


class SharedIntroduction(msgspec.Struct, frozen=True):
    """What a share link opens, and for whom."""

    introduction: UUID
    candidate: UUID
    expires_at: datetime


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token. Plain SHA-256 is enough for 256 random bits (ASVS 6.5.2)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def mint_login_link(
    connection: psycopg.Connection[Any], kind: Kind, subject: UUID, now: datetime, *, site: str = ""
) -> str:
    """A link that signs this person in, once, within ten minutes. `site` is the public address; without it a path."""
    token = new_token()
    connection.execute(
        "INSERT INTO login_link (token_hash, kind, subject, expires_at) VALUES (%s, %s, %s, %s)",
        (digest(token), kind, subject, now + timedelta(minutes=LOGIN_LINK_MINUTES)),
    )
    return f"{site}/sign-in/{token}"


def use_login_link(connection: psycopg.Connection[Any], token: str, now: datetime) -> Holder | None:
    """Take the link, once: of many at the same moment one gets the holder, the others None."""
    row = connection.execute(
        "UPDATE login_link SET used_at = %(now)s"  # noqa: S608  the text put in is ours
        f" WHERE token_hash = %(hash)s AND used_at IS NULL AND {_LIVES} RETURNING kind, subject",
        {"hash": digest(token), "now": now},
    ).fetchone()
    return None if row is None else Holder(row[0], row[1])


def mint_merge_link(
    connection: psycopg.Connection[Any], survivor: UUID, absorbed: UUID, now: datetime, *, site: str = ""
) -> str:
    """A link for the absorbed registration's mailbox; opened in the survivor's session it proves both, for ten minutes."""
    token = new_token()
    connection.execute(
        "INSERT INTO merge_link (token_hash, survivor, absorbed, expires_at) VALUES (%s, %s, %s, %s)",
        (digest(token), survivor, absorbed, now + timedelta(minutes=LOGIN_LINK_MINUTES)),
    )
    return f"{site}/me/merging/{token}"


def open_merge_link(connection: psycopg.Connection[Any], token: str, survivor: UUID, now: datetime) -> UUID | None:
    """The registration that is to be merged into `survivor`; a link meant for another's session opens nothing."""
    row = connection.execute(
        f"SELECT absorbed FROM merge_link WHERE token_hash = %(hash)s AND survivor = %(survivor)s AND {_LIVES}",  # noqa: S608  as above
        {"hash": digest(token), "survivor": survivor, "now": now},
    ).fetchone()
    return None if row is None else row[0]


def mint_step_up_link(connection: psycopg.Connection[Any], session: UUID, now: datetime, *, site: str = "") -> str:
    """A link that proves the person of this session anew, in this session only, once, within ten minutes."""
    token = new_token()
    connection.execute(
        "INSERT INTO step_up_link (token_hash, session, expires_at) VALUES (%s, %s, %s)",
        (digest(token), session, now + timedelta(minutes=LOGIN_LINK_MINUTES)),
    )
    return f"{site}/step-up/{token}"


def session_of_step_up_link(connection: psycopg.Connection[Any], token: str, now: datetime) -> UUID | None:
    """In which session the link works, while it does."""
    row = connection.execute(
        f"SELECT session FROM step_up_link WHERE token_hash = %(hash)s AND used_at IS NULL AND {_LIVES}",  # noqa: S608  as above
        {"hash": digest(token), "now": now},
    ).fetchone()
    return None if row is None else row[0]


def use_step_up_link(connection: psycopg.Connection[Any], token: str, session: UUID, now: datetime) -> bool:
    """Take the link, once, in the session that asked for it."""
    return connection.execute(
        "UPDATE step_up_link SET used_at = %(now)s"  # noqa: S608  as above
        f" WHERE token_hash = %(hash)s AND session = %(session)s AND used_at IS NULL AND {_LIVES}",
        {"hash": digest(token), "session": session, "now": now},
    ).rowcount == 1


def mint_contact_link(connection: psycopg.Connection[Any], change: UUID, now: datetime, *, site: str = "") -> str:
    """A link for a new mailbox; whoever opens it there has proved it. A newer one ends the older."""
    token = new_token()
    connection.execute(
        "UPDATE contact_change SET token_digest = %s, expires_at = %s WHERE id = %s AND used_at IS NULL",
        (digest(token), now + timedelta(minutes=LOGIN_LINK_MINUTES), change),
    )
    return f"{site}/contact/{token}"


def change_of_contact_link(
    connection: psycopg.Connection[Any], token: str, now: datetime
) -> tuple[UUID, UUID, UUID] | None:
    """The change, its candidate and the new contact's reference, while the link works."""
    return connection.execute(
        f"SELECT id, candidate, contact_ref FROM contact_change WHERE token_digest = %(hash)s AND used_at IS NULL AND {_LIVES}",  # noqa: S608  as above
        {"hash": digest(token), "now": now},
    ).fetchone()


def use_contact_link(connection: psycopg.Connection[Any], change: UUID, now: datetime) -> None:
    """The mailbox counts now, and the link opens nothing any more."""
    connection.execute("UPDATE contact_change SET used_at = %s WHERE id = %s AND used_at IS NULL", (now, change))


def mint_address_link(
    connection: psycopg.Connection[Any], change: UUID, purpose: AddressPurpose, now: datetime, *, site: str = ""
) -> str:
    """For a change of address: to confirm it, for ten minutes; to object, for as long as one may."""
    token = new_token()
    connection.execute(
        "INSERT INTO address_link (token_hash, change, purpose, expires_at) SELECT %(hash)s, id, %(purpose)s,"
        " CASE WHEN %(purpose)s = 'object' THEN object_until ELSE %(soon)s END FROM address_change WHERE id = %(change)s",
        {
            "hash": digest(token),
            "purpose": purpose,
            "soon": now + timedelta(minutes=LOGIN_LINK_MINUTES),
            "change": change,
        },
    )
    return f"{site}/account/email/{purpose}/{token}"


def mint_share_link(
    connection: psycopg.Connection[Any], introduction: UUID, candidate: UUID, expires_at: datetime, *, site: str = ""
) -> str:
    """A link that opens one introduction for its candidate until `expires_at`, as often as they like."""
    token = new_token()
    connection.execute(
        "INSERT INTO share_link (token_hash, introduction, candidate, expires_at) VALUES (%s, %s, %s, %s)",
        (digest(token), introduction, candidate, expires_at),
    )
    return f"{site}/share/{token}"


def open_share_link(connection: psycopg.Connection[Any], token: str, now: datetime) -> SharedIntroduction | None:
    """What the link opens now; None if it is unknown, expired, or its candidate was erased or merged away."""
    row = connection.execute(
        "SELECT introduction, candidate, expires_at FROM share_link s"
        " WHERE token_hash = %(hash)s AND expires_at > %(now)s AND NOT EXISTS"
        " (SELECT FROM gate g WHERE g.subject = s.candidate AND g.what IN ('erased', 'merged') AND g.open)",
        {"hash": digest(token), "now": now},
    ).fetchone()
    return None if row is None else SharedIntroduction(row[0], row[1], row[2])


def sweep(connection: psycopg.Connection[Any], now: datetime) -> int:
    """Forget sessions, links and rate windows that are over for a day. Answers how many rows went."""
    before = now - timedelta(days=1)
    return sum(
        connection.execute(statement, (before,)).rowcount
        for statement in (
            "DELETE FROM web_session WHERE least(expires_at, idle_until, ended_at) < %s",
            "DELETE FROM login_link WHERE expires_at < %s",
            "DELETE FROM share_link WHERE expires_at < %s",
            "DELETE FROM merge_link WHERE expires_at < %s",
            "DELETE FROM step_up_link WHERE expires_at < %s",
            "DELETE FROM passkey_challenge WHERE expires_at < %s",
            _FORGET_CHANGES,
            "DELETE FROM rate_window WHERE starts_at < %s",
        )
    )
