"""How long a source told its applicants that it keeps their records. A row of the store, nothing is folded."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.viewer import Viewer


def months_said(connection: psycopg.Connection[Any], viewer: Viewer) -> int | None:
    """In months from the rejection; None where the viewer's company has not said."""
    row = connection.execute("SELECT months FROM source_retention WHERE company = %s", (viewer.company,)).fetchone()
    return row[0] if row else None


def say_months(connection: psycopg.Connection[Any], company: UUID, months: int, *, by: UUID, now: datetime) -> None:
    """The company says it, or says it anew."""
    connection.execute(
        "INSERT INTO source_retention (company, months, said_by, said_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (company) DO UPDATE SET months = excluded.months, said_by = excluded.said_by, said_at = excluded.said_at",
        (company, months, by, now),
    )
