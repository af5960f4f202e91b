"""Sessions: 256-bit ids stored hashed, idle and absolute limits by kind, a new one at every sign-in, each revocable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from domain.company import MemberRole
from domain.refusal import Refused
from marketplace.links import Kind, digest, mint_login_link, new_token, open_share_link, sweep, use_login_link
from marketplace.store.database import Connection

__all__ = ["Session", "begin", "end", "find", "mint_login_link", "open_share_link", "sign_in", "sweep"]

IDLE = {"user": timedelta(minutes=30), "candidate": timedelta(hours=12)}
PUT_OFF_EVERY = timedelta(minutes=1)
ABSOLUTE = {"user": timedelta(hours=12), "candidate": timedelta(days=30)}

_COLUMNS = "id, kind, subject, company, language, started_at, seen_at, expires_at"
_LIVE = (
    "ended_at IS NULL AND idle_until > %(now)s AND expires_at > %(now)s"
    # Seen later than now: the clock was set back, and "not idle yet" would be said of what was over long ago.
    " AND seen_at <= %(now)s + interval '5 minutes' AND NOT EXISTS"
    " (SELECT FROM gate g WHERE g.subject = s.subject AND g.what IN ('erased', 'merged') AND g.open)"
)


class Session(msgspec.Struct, frozen=True):
    """A session that is live. `id` names it in lists; the token that opens it is known to its browser alone."""

    id: UUID
    kind: Kind
    subject: UUID
    company: UUID | None
    language: str | None
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


def begin(connection: Connection, kind: Kind, subject: UUID, now: datetime, *, instead_of: str | None = None) -> str:
    """Open a session and answer its token. The one the browser had (`instead_of`) ends: ids are never carried over."""
    if instead_of is not None:
        connection.execute(
            "UPDATE web_session SET ended_at = %s WHERE token_hash = %s AND ended_at IS NULL", (now, digest(instead_of))
        )
    token = new_token()
    connection.execute(
        "INSERT INTO web_session (token_hash, id, kind, subject, company, started_at, seen_at, idle_until, expires_at)"
        " VALUES (%(hash)s, %(id)s, %(kind)s, %(subject)s,"
        " CASE WHEN %(kind)s = 'user' THEN (SELECT company FROM member WHERE user_id = %(subject)s AND left_at IS NULL"
        " ORDER BY company LIMIT 1) END, %(now)s, %(now)s, %(idle)s, %(end)s)",
        {
            "hash": digest(token),
            "id": uuid4(),
            "kind": kind,
            "subject": subject,
            "now": now,
            "idle": now + IDLE[kind],
            "end": now + ABSOLUTE[kind],
        },
    )
    return token


def sign_in(connection: Connection, token: str, now: datetime, *, instead_of: str | None = None) -> tuple[str, Kind]:
    """Use a login link up and open a session; answers its token and kind. Raises Refused `sign-in-link-not-valid`."""
    holder = use_login_link(connection, token, now)
    if holder is None: raise Refused("sign-in-link-not-valid")
    gone = connection.execute(
        "SELECT FROM gate WHERE subject = %s AND what IN ('erased', 'merged') AND open LIMIT 1", (holder.subject,)
    ).fetchone()
    if gone is not None: raise Refused("sign-in-link-not-valid")
    return begin(connection, holder.kind, holder.subject, now, instead_of=instead_of), holder.kind


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """The live session that this token opens; None if it is over or its person was erased.

    Its idle limit is put off once a minute, not with every request: a page that only reads writes nothing.
    """
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM web_session s WHERE token_hash = %(hash)s AND {_LIVE}",  # noqa: S608  the text put in is ours
        {"hash": digest(token), "now": now},
    ).fetchone()
    if row is None: return None
    found = Session(*row)
    if now - found.seen_at >= PUT_OFF_EVERY:
        connection.execute(
            "UPDATE web_session SET seen_at = %s, idle_until = %s WHERE id = %s AND ended_at IS NULL",
            (now, now + IDLE[found.kind], found.id),
        )
    return found


def live(connection: Connection, kind: Kind, subject: UUID, now: datetime) -> list[Session]:
    """A person's live sessions, the last used first."""
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT {_COLUMNS} FROM web_session s WHERE kind = %(kind)s AND subject = %(subject)s"  # noqa: S608  ours
        f" AND {_LIVE} ORDER BY seen_at DESC, id",
        {"kind": kind, "subject": subject, "now": now},
    ).fetchall()
    return [Session(*row) for row in rows]


def end(connection: Connection, kind: Kind, subject: UUID, now: datetime, *, only: UUID | None = None) -> int:
    """End one of a person's sessions, or all of them. Answers how many ended now."""
    return connection.execute(
        "UPDATE web_session SET ended_at = %(now)s WHERE kind = %(kind)s AND subject = %(subject)s AND ended_at IS NULL"
        " AND (%(only)s::uuid IS NULL OR id = %(only)s)",
        {"now": now, "kind": kind, "subject": subject, "only": only},
    ).rowcount


def speak(connection: Connection, session: UUID, language: str) -> None:
    """Remember the language that was chosen."""
    connection.execute("UPDATE web_session SET language = %s WHERE id = %s", (language, session))


def stand_for(connection: Connection, session: UUID, user: UUID, company: UUID) -> None:
    """Let the session stand for another company of the same person. Raises Refused `not-found`."""
    changed = connection.execute(
        "UPDATE web_session SET company = %(company)s WHERE id = %(session)s AND EXISTS (SELECT FROM member"
        " WHERE user_id = %(user)s AND company = %(company)s AND left_at IS NULL)",
        {"company": company, "session": session, "user": user},
    ).rowcount
    if not changed: raise Refused("not-found")


def role_in(connection: Connection, user: UUID, company: UUID) -> MemberRole | None:
    """What the person may do for the company now; None when they do not (any more) work there."""
    row = connection.execute(
        "SELECT role FROM member WHERE user_id = %s AND company = %s AND left_at IS NULL", (user, company)
    ).fetchone()
    return None if row is None else MemberRole(row[0])
