"""The only source of now: the database's time plus an offset that only the demo and the tests may write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg


def now(connection: psycopg.Connection[Any]) -> datetime:
    """The moment, in UTC; the same for every process on one database."""
    row = connection.execute("SELECT relay_now()").fetchone()
    if row is None:
        message = "relay_now answers exactly one row"
        raise RuntimeError(message)
    moment: datetime = row[0]
    return moment.astimezone(UTC)


def move_to(connection: psycopg.Connection[Any], moment: datetime) -> None:
    """Set the clock so that it is `moment` now. Only the owner of the database has the right; never on a real one."""
    connection.execute(
        "INSERT INTO clock_offset (one, by) VALUES (true, %(moment)s - clock_timestamp())"
        " ON CONFLICT (one) DO UPDATE SET by = %(moment)s - clock_timestamp()",
        {"moment": moment},
    )
