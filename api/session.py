"""Sessions: 256-bit ids stored hashed, idle and absolute limits by kind, a new one at every sign-in, each revocable."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from api.device import UNKNOWN, Device
from domain.company import MemberRole
from domain.refusal import Refused
from marketplace.links import Kind, digest, mint_login_link, new_token, open_share_link, sweep, use_login_link
from marketplace.store.database import Connection
from projections import gate

__all__ = ["Session", "begin", "end", "find", "mint_login_link", "open_share_link", "sign_in", "sweep"]

IDLE = {"user": timedelta(minutes=30), "candidate": timedelta(hours=12)}
PUT_OFF_EVERY = timedelta(minutes=1)
ABSOLUTE = {"user": timedelta(hours=12), "candidate": timedelta(days=30)}
FRESH = timedelta(minutes=5)
"""How long a proof counts for what asks for a fresh one (`api.step_up`); signing in is one."""

_COLUMNS = "id, kind, subject, company, language, started_at, seen_at, expires_at, proved_at, browser, system, offers_passkey"
_LIVE = (
    "ended_at IS NULL AND idle_until > %(now)s AND expires_at > %(now)s"
    # Seen later than now: the clock was set back, and "not idle yet" would be said of what was over long ago.
    " AND seen_at <= %(now)s + interval '5 minutes' AND NOT EXISTS"
    " (SELECT FROM gate g WHERE g.subject = s.subject AND g.what IN ('erased', 'merged') AND g.open)"
    # Whoever works for no company any more is nobody here, whatever they still hold.
    " AND (s.kind <> 'user' OR EXISTS (SELECT FROM member m WHERE m.user_id = s.subject AND m.left_at IS NULL))"
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
    proved_at: datetime | None
    """When the person last showed that it is them."""
    browser: str
    system: str
    offers_passkey: bool
    """Its pages offer to add a passkey: it was opened by a mailed link, and the person has none and never declined."""

    def fresh(self, now: datetime) -> bool:
        """Whether that was a moment ago. Much later than now it was not: the clock was set back, which revives nothing."""
        return self.proved_at is not None and abs(now - self.proved_at) <= FRESH


def begin(
    connection: Connection,
    kind: Kind,
    subject: UUID,
    now: datetime,
    *,
    instead_of: str | None = None,
    device: Device = UNKNOWN,
) -> str:
    """Open a session and answer its token. The one the browser had (`instead_of`) ends: ids are never carried over."""
    if instead_of is not None:
        connection.execute(
            "UPDATE web_session SET ended_at = %s WHERE token_hash = %s AND ended_at IS NULL", (now, digest(instead_of))
        )
    token = new_token()
    opened = connection.execute(
        "INSERT INTO web_session (token_hash, id, kind, subject, company, started_at, seen_at, idle_until, expires_at, proved_at,"
        " browser, system)"
        " VALUES (%(hash)s, %(id)s, %(kind)s, %(subject)s,"
        " CASE WHEN %(kind)s = 'user' THEN (SELECT company FROM member WHERE user_id = %(subject)s AND left_at IS NULL"
        " ORDER BY company LIMIT 1) END, %(now)s, %(now)s, %(idle)s, %(end)s, %(now)s,"
        " %(browser)s, %(system)s) RETURNING company",
        {
            "hash": digest(token),
            "id": uuid4(),
            "kind": kind,
            "subject": subject,
            "now": now,
            "idle": now + IDLE[kind],
            "end": now + ABSOLUTE[kind],
            "browser": device.browser,
            "system": device.system,
        },
    ).fetchone()
    if opened is not None: _note_seen(connection, subject, opened[0], now)
    return token


def sign_in(
    connection: Connection, token: str, now: datetime, *, instead_of: str | None = None, device: Device = UNKNOWN
) -> tuple[str, Kind]:
    """Use a login link up and open a session; answers its token and kind. Raises Refused `sign-in-link-not-valid`."""
    holder = use_login_link(connection, token, now)
    if holder is None: raise Refused("sign-in-link-not-valid")
    if gate.is_gone(connection, holder.subject) or not works_somewhere(connection, holder.kind, holder.subject):
        raise Refused("sign-in-link-not-valid")
    opened = begin(connection, holder.kind, holder.subject, now, instead_of=instead_of, device=device)
    connection.execute(
        "UPDATE web_session s SET offers_passkey = true WHERE token_hash = %s"
        " AND NOT EXISTS (SELECT FROM passkey p WHERE p.kind = s.kind AND p.subject = s.subject)"
        " AND NOT EXISTS (SELECT FROM passkey_declined d WHERE d.kind = s.kind AND d.subject = s.subject)",
        (digest(opened),),
    )
    return opened, holder.kind


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
        _note_seen(connection, found.subject, found.company, now)
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


def prove(connection: Connection, session: UUID, now: datetime) -> str:
    """The person of this session has just shown that it is them. Answers the page that asked for it, or the first."""
    row = connection.execute(
        "UPDATE web_session SET proved_at = %s WHERE id = %s AND ended_at IS NULL RETURNING proving_for", (now, session)
    ).fetchone()
    return (row and row[0]) or "/"


def ask_for_proof(connection: Connection, session: UUID, back: str) -> None:
    """Remember which page wants a proof; the mailed link leads back there."""
    connection.execute("UPDATE web_session SET proving_for = %s WHERE id = %s", (back, session))


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


def works_somewhere(connection: Connection, kind: Kind, subject: UUID) -> bool:
    """A candidate stands for themselves; a user is somebody here for as long as a company has them."""
    here = "SELECT FROM member WHERE user_id = %s AND left_at IS NULL LIMIT 1"
    return kind == "candidate" or connection.execute(here, (subject,)).fetchone() is not None


def _note_seen(connection: Connection, user: UUID, company: UUID | None, now: datetime) -> None:
    """For the company's list of its people; their sessions are forgotten sooner."""
    if company is None: return
    connection.execute("UPDATE member SET seen_at = %s WHERE user_id = %s AND company = %s", (now, user, company))


def role_in(connection: Connection, user: UUID, company: UUID) -> MemberRole | None:
    """What the person may do for the company now; None when they do not (any more) work there."""
    row = connection.execute(
        "SELECT role FROM member WHERE user_id = %s AND company = %s AND left_at IS NULL", (user, company)
    ).fetchone()
    return None if row is None else MemberRole(row[0])
