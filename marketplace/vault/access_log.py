"""Who opened whose data, when and what for: append-only, and gone with the person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row

from domain.ids import CandidateId, CompanyId, IntroductionId, UserId
from marketplace.vault.subject import Subject
from projections.gate import registrations_of


class Viewer(Protocol):
    """Who looks, and for which company."""

    @property
    def company(self) -> CompanyId:
        """The company looked for."""
        ...

    @property
    def user(self) -> UserId:
        """The person who looks."""
        ...


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a person's data."""

    at: datetime
    viewer_user: UUID
    viewer_company: UUID
    introduction: UUID | None
    items: tuple[str, ...]
    purpose: str


def write(
    connection: psycopg.Connection[Any],
    viewer: Viewer,
    subject: Subject,
    *,
    items: Iterable[str],
    purpose: str,
    now: datetime,
    candidate: UUID | None = None,
    introduction: IntroductionId | None = None,
) -> None:
    """Note a look, in the transaction that looks."""
    connection.execute(
        "INSERT INTO vault_access_log"
        " (at, viewer_user, viewer_company, subject_kind, subject_id, candidate, introduction, items, purpose)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            now,
            viewer.user,
            viewer.company,
            str(subject.kind),
            subject.id,
            candidate,
            introduction,
            list(items),
            purpose,
        ),
    )


def looks_of(
    connection: psycopg.Connection[Any], candidate: CandidateId, viewer: UserId, *, since: datetime, until: datetime
) -> int:
    """How often one viewer looked at one person in this time, both ends inclusive."""
    row = connection.execute(
        "SELECT count(*) FROM vault_access_log WHERE candidate = %s AND viewer_user = %s AND at BETWEEN %s AND %s",
        (candidate, viewer, since, until),
    ).fetchone()
    return row[0] if row else 0


def views_of(connection: psycopg.Connection[Any], candidate: CandidateId, *, most: int | None = 200) -> list[View]:
    """What companies have seen of a person, under all registrations, latest first: the person's own to read."""
    query = (
        "SELECT at, viewer_user, viewer_company, introduction, items, purpose FROM vault_access_log"
        " WHERE candidate = ANY(%s) ORDER BY at DESC, id DESC LIMIT %s"
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        several = registrations_of(connection, candidate)
        return msgspec.convert(cursor.execute(query, (several, most)).fetchall(), list[View])
