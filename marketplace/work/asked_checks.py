"""How each invariant stood when it was last looked at. The worker looks when a person asks for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from marketplace.store.database import Connection

TASK = UUID("0f3f8c1d-2b7b-4c1e-9a52-5d3b7a1c6e20")
KIND = "check-invariants"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One invariant; `outcome`: holds, broken (with where), skipped (with why)."""

    name: str
    checked_at: datetime
    outcome: str
    title_ja: str
    title_en: str
    ja: str
    en: str


def ask(connection: Connection, now: datetime) -> None:
    """Look now. Whoever asks while it is being looked at waits for that look."""
    connection.execute(
        "INSERT INTO task (id, kind, subject, run_at) VALUES (%(id)s, %(kind)s, %(id)s, %(now)s)"
        " ON CONFLICT (id) DO UPDATE SET run_at = %(now)s, done_at = NULL, leased_until = NULL"
        " WHERE task.done_at IS NOT NULL",
        {"id": TASK, "kind": KIND, "now": now},
    )


def is_under_way(connection: Connection) -> bool:
    """Whether somebody asked and the worker has not finished."""
    return connection.execute("SELECT FROM task WHERE id = %s AND done_at IS NULL", (TASK,)).fetchone() is not None


def keep(connection: Connection, found: Checked) -> None:
    """What a look came to."""
    connection.execute(
        "INSERT INTO invariant_check (name, checked_at, outcome, title_ja, title_en, ja, en)"
        " VALUES (%(name)s, %(checked_at)s, %(outcome)s, %(title_ja)s, %(title_en)s, %(ja)s, %(en)s)"
        " ON CONFLICT (name) DO UPDATE SET checked_at = excluded.checked_at, outcome = excluded.outcome,"
        " title_ja = excluded.title_ja, title_en = excluded.title_en, ja = excluded.ja, en = excluded.en",
        msgspec.structs.asdict(found),
    )


def everything(connection: Connection) -> list[Checked]:
    """Every invariant that was ever looked at, what is broken first."""
    found = connection.execute(
        "SELECT name, checked_at, outcome, title_ja, title_en, ja, en FROM invariant_check"
        " ORDER BY outcome = 'broken' DESC, outcome = 'skipped' DESC, name"
    )
    return [
        Checked(name=name, checked_at=at, outcome=outcome, title_ja=title_ja, title_en=title_en, ja=ja, en=en)
        for name, at, outcome, title_ja, title_en, ja, en in found.fetchall()
    ]
