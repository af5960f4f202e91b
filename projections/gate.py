"""Reading the gate: what may be shown, counted, sent or opened now. Written by the store, with the event that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.ids import CandidateId, CompanyId, CompanyToken

ANYTHING = UUID(int=0)
"""The object of a row that is about nothing in particular."""

VISIBLE = """(
    EXISTS (SELECT FROM gate g WHERE g.subject = c.candidate AND g.what = 'list' AND g.open AND g.expires_at > %(now)s)
    AND NOT EXISTS (SELECT FROM gate g
                    WHERE g.subject = c.candidate AND g.what IN ('paused', 'erased', 'merged') AND g.open)
    AND NOT EXISTS (SELECT FROM gate g WHERE g.subject = c.candidate AND g.what = 'block' AND g.open
                    AND g.object = ANY(%(tokens)s))
)"""
"""Rules 1, 3 and 5 in SQL, over a row `c` that has a candidate: may a viewer with these tokens see this person now?"""

BARRED = """EXISTS (
    WITH RECURSIVE one(id) AS (
        SELECT c.candidate
        UNION
        SELECT m.object FROM one JOIN gate m ON m.subject = one.id AND m.what = 'merged-into' AND m.open
    )
    SELECT FROM one JOIN gate n ON n.subject = one.id AND n.open
    WHERE n.what = 'erased' OR (n.what = 'block' AND n.object = ANY(%(tokens)s))
)"""
"""Rules 3 and 5 over a row `c` that has a candidate: what closes even a copy that was handed over to these tokens.

What forbids it may stand under the registration that the one which handed the copy over was merged into.
"""

_MAY_SEE = f"SELECT FROM (SELECT %(candidate)s::uuid AS candidate) c WHERE {VISIBLE}"
_IS_BARRED = f"SELECT FROM (SELECT %(candidate)s::uuid AS candidate) c WHERE {BARRED}"

_REGISTRATIONS = """
    WITH RECURSIVE one(id) AS (
        SELECT %(candidate)s::uuid
        UNION
        SELECT g.subject FROM one JOIN gate g ON g.object = one.id AND g.what = 'merged-into' AND g.open
    )
    SELECT id FROM one
"""

_TOKENS = """
    WITH RECURSIVE reach(token) AS (
        SELECT object FROM gate WHERE subject = ANY(%(companies)s) AND what = 'belongs' AND open
        UNION
        SELECT other.object FROM reach
        JOIN gate mine ON mine.object = reach.token AND mine.what = 'belongs' AND mine.open
        JOIN gate other ON other.subject = mine.subject AND other.what = 'belongs' AND other.open
    )
    SELECT token FROM reach
"""


def theirs(job: str) -> str:
    """Over the column that names a job: a hiring manager (`%(only)s`) sees and counts the jobs they look after alone."""
    return (
        f"(%(only)s::uuid IS NULL OR EXISTS (SELECT FROM gate g WHERE g.subject = {job}"
        " AND g.what = 'assigned' AND g.object = %(only)s AND g.open))"
    )


def tokens_of(connection: psycopg.Connection[Any], companies: Sequence[CompanyId]) -> frozenset[CompanyToken]:
    """The tokens of these companies and of every company of their groups, whoever declared the group."""
    found = connection.execute(_TOKENS, {"companies": list(companies)}).fetchall()
    return frozenset(CompanyToken(row[0]) for row in found)


def registrations_of(connection: psycopg.Connection[Any], candidate: CandidateId) -> list[CandidateId]:
    """This registration and all that were merged into it, into those too: they are one person."""
    return [CandidateId(row[0]) for row in connection.execute(_REGISTRATIONS, {"candidate": candidate}).fetchall()]


def may_see(
    connection: psycopg.Connection[Any], candidate: CandidateId, tokens: frozenset[CompanyToken], now: datetime
) -> bool:
    """May anything new of the person be shown or told to who has these tokens?"""
    values = {"candidate": candidate, "tokens": list(tokens), "now": now}
    return connection.execute(_MAY_SEE.encode(), values).fetchone() is not None


def is_barred(connection: psycopg.Connection[Any], candidate: CandidateId, tokens: frozenset[CompanyToken]) -> bool:
    """Is even what was handed over closed to who has these tokens?"""
    values = {"candidate": candidate, "tokens": list(tokens)}
    return connection.execute(_IS_BARRED.encode(), values).fetchone() is not None


def is_open(
    connection: psycopg.Connection[Any], subject: UUID, what: str, obj: UUID = ANYTHING, *, now: datetime
) -> bool:
    """Does the row exist, stand open, and not lie in the past?"""
    found = connection.execute(
        "SELECT FROM gate WHERE subject = %s AND what = %s AND object = %s AND open"
        " AND (expires_at IS NULL OR expires_at > %s)",
        (subject, what, obj, now),
    ).fetchone()
    return found is not None


def is_gone(connection: psycopg.Connection[Any], person: UUID) -> bool:
    """The person is being erased, or was merged into another registration: nothing of theirs opens or is written any more."""
    row = connection.execute(
        "SELECT FROM gate WHERE subject = %s AND what IN ('erased', 'merged') AND open LIMIT 1", (person,)
    ).fetchone()
    return row is not None
