"""What waits, on whom, since when, until when; for the operator. Asks and hires, money and messages, the house's own work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from domain.calendar import jst_date

MOST = 100
PATIENCE = timedelta(hours=1)
"""What the house does by itself waits this long before it is shown."""
FAILURES = 3
"""What fails is tried again; after so many times a person is told."""

UNDELIVERED = (
    *("recipient-refused", "address-not-supported", "address-gone", "address-not-understood", "no-address"),
    "nobody-reads-it",
)
"""Why a message never reached anybody though it should have; what a rule withheld is no failure."""

WHOM = ("candidate", "hiring", "source", "operator", "house")
KINDS = (
    *("dispute", "privacy-request", "ask", "approval", "selection", "deletion", "hire", "payment"),
    *("parked", "refusal", "timer", "intent", "message", "task", "notice"),
)

_JST_DAY = "AT TIME ZONE 'Asia/Tokyo'"
_END_OF_DAY = f"(({{}} + 1)::timestamp {_JST_DAY})"

_WAITING = f"""
    SELECT 'ask' AS kind, 'candidate' AS whom, hiring AS company, introduction::text AS subject, number AS code,
        requested_at AS since, expires_at AS until
    FROM candidate_inbox WHERE status IN ('requested', 'asked')
    UNION ALL SELECT 'approval', CASE WHEN disclose_not_before > %(now)s THEN 'candidate' ELSE 'house' END, hiring,
        introduction::text, number, disclose_not_before - %(undo)s::interval, disclose_not_before
    FROM candidate_inbox WHERE status = 'approved'
    UNION ALL SELECT 'selection', 'hiring', hiring, introduction::text, number,
        coalesce(stage_on::timestamp {_JST_DAY}, disclosed_at), NULL
    FROM introduction_board b WHERE disclosed_at IS NOT NULL AND closed IS NULL AND NOT revoked
        AND NOT EXISTS (SELECT FROM placements p WHERE p.introduction = b.introduction AND p.status <> 'cancelled')
    UNION ALL SELECT 'deletion', 'hiring', hiring, introduction::text, NULL, revoked_at, NULL
    FROM seen_by WHERE revoked_at IS NOT NULL AND deletion_confirmed_at IS NULL
    UNION ALL SELECT 'hire', CASE WHEN reported_by = 'hiring' THEN 'candidate' ELSE 'hiring' END, hiring, hire::text, NULL,
        (SELECT min(s.at) FROM story s WHERE s.subject = p.hire AND s.kind = 'hire-reported.v1'), NULL
    FROM placements p WHERE status = 'reported'
    UNION ALL SELECT 'payment', 'hiring', hiring, fee::text, invoice_no, {_END_OF_DAY.format("due_on")}, NULL
    FROM fees WHERE status = 'invoiced' AND due_on < %(today)s
    UNION ALL SELECT 'privacy-request', 'source', controller, request::text, kind, received_at, {_END_OF_DAY.format("due_on")}
    FROM privacy_requests WHERE status <> 'completed'
    UNION ALL SELECT 'dispute', 'operator', NULL, id, kind, opened_at, NULL FROM disputes WHERE settled_at IS NULL
    UNION ALL SELECT 'parked', 'operator', NULL, stream::text, reader, min(at), NULL FROM parked GROUP BY stream, reader
    UNION ALL SELECT 'refusal', 'operator', NULL, stream::text, code, at, next_at FROM refusal
    UNION ALL SELECT 'timer', 'house', NULL, d.stream::text, d.kind, d.due_at, NULL
    FROM due d WHERE d.due_at < %(late)s AND NOT EXISTS (SELECT FROM refusal r WHERE r.id = d.id)
    UNION ALL SELECT 'intent', CASE state WHEN 'unknown' THEN 'house' ELSE 'operator' END, company, stream::text, kind,
        coalesce(first_sent_at, created_at), NULL
    FROM intent WHERE state IN ('unknown', 'refused', 'blocked')
    UNION ALL SELECT 'message', CASE WHEN not_sent IS NULL THEN 'house' ELSE 'operator' END, NULL, id::text,
        coalesce(not_sent, template), created_at, NULL
    FROM message WHERE sent_at IS NULL AND (not_sent = ANY(%(undelivered)s) OR (not_sent IS NULL AND attempts >= {FAILURES}))
    UNION ALL SELECT 'task', 'house', NULL, id::text, kind, run_at, NULL
    FROM task WHERE done_at IS NULL AND attempts >= {FAILURES}
    UNION ALL SELECT 'notice', 'house', NULL, id::text, type, received_at, NULL
    FROM webhook_inbox WHERE handled_at IS NULL AND received_at < %(late)s
"""


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that waits. `subject` is an id, `code` a number or code that says which; `until`: what happens then."""

    kind: str
    whom: str
    company: UUID | None
    subject: str
    code: str | None
    since: datetime
    until: datetime | None


def of(
    connection: psycopg.Connection[Any],
    *,
    now: datetime,
    undo: timedelta,
    kind: str = "",
    whom: str = "",
    at_least: timedelta = timedelta(0),
) -> list[Wait]:
    """What waits now, the longest first: of one kind, on one sort of people, at least so long, where that is asked."""
    rows = connection.execute(
        f"SELECT kind, whom, company, subject, code, since, until FROM ({_WAITING}) w"
        " WHERE (%(kind)s = '' OR kind = %(kind)s) AND (%(whom)s = '' OR whom = %(whom)s) AND since <= %(before)s"
        f" ORDER BY since, kind, subject LIMIT {MOST}".encode(),
        {**_values(now, undo), "kind": kind, "whom": whom, "before": now - at_least},
    ).fetchall()
    return [Wait(**dict(zip(Wait.__struct_fields__, row, strict=True))) for row in rows]


def counts(connection: psycopg.Connection[Any], *, now: datetime, undo: timedelta) -> dict[str, int]:
    """How many of each kind."""
    rows = connection.execute(
        f"SELECT kind, count(*) FROM ({_WAITING}) w GROUP BY kind".encode(), _values(now, undo)
    ).fetchall()
    found = dict(rows)
    return {kind: found[kind] for kind in KINDS if kind in found}


def _values(now: datetime, undo: timedelta) -> dict[str, Any]:
    return {"now": now, "undo": undo, "late": now - PATIENCE, "today": jst_date(now), "undelivered": list(UNDELIVERED)}
