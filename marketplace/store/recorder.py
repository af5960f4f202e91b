"""The library's PostgreSQL recorder, for reading. Writing is `appender.py`: the stock way loses what we promise.

Two commands at once leave gaps or wait for each other's disk, and a command whose answer was lost is reported as failed
although it is stored (docs/events.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder


class RelayRecorder(PostgresApplicationRecorder):
    """Reads streams and notifications; refuses to write."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:  # noqa: ANN401  the base class
        """Refuse the stock way in: it knows neither command ids nor companion rows."""
        message = f"{len(stored_events)} events came without a command; use Log.append"
        raise TypeError(message)
