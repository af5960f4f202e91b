"""What Stripe tells us: believed when signed and fresh, kept once as it came, read later by the worker.

The row and its task are one transaction, so a notice is either answered with 2xx and will be read, or comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from marketplace import clock
from marketplace.settlement.intents import task
from marketplace.settlement.stripe import webhooks
from marketplace.settlement.stripe.webhooks import Notification
from marketplace.store.database import Connection, Database

READ = "read-webhook"
_EVENTS = UUID("0d2b6f6e-5a43-4a0f-9a52-6d2c7a3b1e90")


class Notice(msgspec.Struct, frozen=True):
    """A notice that was kept."""

    event_id: str
    type: str
    object_id: str
    account: str
    received_at: datetime
    handled_at: datetime | None


def receive(
    database: Database, raw: bytes, header: str | None, secrets: Sequence[str], *, livemode: bool = False
) -> Notification:
    """Keep a notice, once, with the task that reads it; `secrets` are those of the endpoint it came to, newest first.

    Raises Refused as `webhooks.verify` does, and then nothing is stored.
    """
    with database.transaction() as connection:
        now = clock.now(connection)
        notice = webhooks.verify(raw, header, secrets, now, livemode=livemode)
        _keep(connection, notice, raw, now)
    return notice


def _keep(connection: Connection, notice: Notification, raw: bytes, now: datetime) -> None:
    key = uuid5(_EVENTS, notice.event_id)
    taken = connection.execute(
        "INSERT INTO webhook_inbox (event_id, id, raw, type, object_id, account, received_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        (notice.event_id, key, raw, notice.type, notice.object_id, notice.account, now),
    ).fetchone()
    if taken is not None:
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at) VALUES (%(id)s, %(kind)s, %(subject)s, %(run_at)s)",
            task(READ, key, now),
        )


def load(connection: Connection, key: UUID) -> Notice | None:
    """The notice that a task means."""
    row = connection.execute(
        "SELECT event_id, type, object_id, account, received_at, handled_at FROM webhook_inbox WHERE id = %s", (key,)
    ).fetchone()
    return Notice(*row) if row else None


def keep_handled(connection: Connection, key: UUID, outcome: str, now: datetime) -> None:
    """It was read. `outcome`: folded, ignored, foreign, or the code of what stood in the way to the end."""
    connection.execute(
        "UPDATE webhook_inbox SET handled_at = %s, outcome = %s WHERE id = %s AND handled_at IS NULL",
        (now, outcome, key),
    )
