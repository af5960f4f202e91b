"""What Stripe is asked: frozen in the append that calls for it, sent by the worker alone, the same bytes each time.

pending → sending → done, refused or unknown; `blocked` waits for a person. A refusal is kept under the key at Stripe,
so asking again is a new generation; an unknown outcome becomes one only when nothing was found twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import msgspec

from domain.refusal import Refused
from marketplace.settlement.stripe import calls
from marketplace.settlement.stripe.calls import Call, Intent
from marketplace.settlement.stripe.results import Done
from marketplace.store.database import Connection

SEND = "send-intent"
KEY_IS_GOOD_FOR = timedelta(hours=23)
"""Stripe may forget a key after 24 hours (docs.stripe.com/api/idempotent_requests)."""
BETWEEN_LOOKUPS = timedelta(minutes=10)
LOOKUPS_BEFORE_NEW_KEY = 2

Also = dict[str, list[dict[str, Any]]]
"""Companion rows for an append: table → rows."""


class State(StrEnum):
    """How far a request has come."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    BLOCKED = "blocked"


class Planned(msgspec.Struct, frozen=True):
    """A call that an append asks for. `stream` is where its outcome will be recorded."""

    intent: Intent
    stream: UUID
    company: UUID
    call: Call


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An intent as it stands."""

    id: UUID
    kind: str
    stream: UUID
    company: UUID
    call: str
    generation: int
    state: State
    attempts: int
    first_sent_at: datetime | None
    absent_lookups: int
    looked_up_at: datetime | None
    code: str | None
    result: str | None
    recorded_at: datetime | None

    @property
    def request(self) -> Call:
        """The frozen call."""
        return calls.thaw(self.call.encode())

    @property
    def outcome(self) -> Done | None:
        """What Stripe did, once it is known that it did."""
        return None if self.result is None else msgspec.json.decode(self.result, type=Done)

    @property
    def over(self) -> bool:
        """Nothing is left to do: it is done and recorded, or a person has to look."""
        return self.recorded_at is not None or self.state is State.BLOCKED

    def key_is_old(self, now: datetime) -> bool:
        """May Stripe have forgotten the key by now?"""
        return self.first_sent_at is not None and now - self.first_sent_at >= KEY_IS_GOOD_FOR


_COLUMNS = ", ".join(Asked.__struct_fields__)


def rows(planned: Sequence[Planned], now: datetime) -> Also:
    """The companion rows of an append that asks for these calls: each intent, and the task that sends it."""
    if not planned:
        return {}
    intents = [
        {
            "id": str(each.intent.id),
            "kind": each.call.method_name,
            "stream": str(each.stream),
            "company": str(each.company),
            "call": calls.freeze(each.call).decode(),
            "created_at": now.isoformat(),
        }
        for each in planned
    ]
    return {"intent": intents, "task": [task(SEND, each.intent.id, now) for each in planned]}


def task(kind: str, subject: UUID, run_at: datetime, *, about: str = "") -> dict[str, Any]:
    """A companion row of work to do; the same kind, subject and `about` give the same task."""
    key = uuid5(subject, f"{kind}:{about}")
    return {"id": str(key), "kind": kind, "subject": str(subject), "run_at": run_at.isoformat()}


def load(connection: Connection, intent_id: UUID) -> Asked | None:
    """One intent."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM intent WHERE id = %s", (intent_id,)).fetchone()  # noqa: S608  our own names
    return _asked(found) if found else None


def sent_unanswered(connection: Connection) -> list[Asked]:
    """Intents that went out and whose outcome is not known."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM intent WHERE state IN ('sending', 'unknown') ORDER BY created_at"  # noqa: S608  our own names
    )
    return [_asked(row) for row in found.fetchall()]


def stuck(connection: Connection) -> list[Asked]:
    """What a person should look at: blocked, refused without a fact that says so, done and yet not in the log."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM intent WHERE recorded_at IS NULL AND (state IN ('blocked', 'refused')"  # noqa: S608  our own names
        " OR (state = 'done' AND code IS NOT NULL)) ORDER BY created_at"
    )
    return [_asked(row) for row in found.fetchall()]


def _asked(row: tuple[Any, ...]) -> Asked:
    return msgspec.convert(dict(zip(Asked.__struct_fields__, row, strict=True)), Asked)


def stream_of(connection: Connection, label: str) -> UUID | None:
    """Where the outcome of an intent belongs, by the label on Stripe's object; None for what is not ours."""
    try:
        intent_id = UUID(label)
    except ValueError:
        return None
    row = connection.execute("SELECT stream FROM intent WHERE id = %s", (intent_id,)).fetchone()
    return row[0] if row else None


def begin(connection: Connection, asked: Asked, now: datetime) -> bool:
    """It is about to be sent. Committed before it is, so that a crash in between leaves a trace.

    False: it was settled, or goes by another key, since it was loaded; these bytes must not go out.
    """
    begun = connection.execute(
        "UPDATE intent SET state = 'sending', attempts = attempts + 1, first_sent_at = coalesce(first_sent_at, %s)"
        " WHERE id = %s AND state IN ('pending', 'sending', 'unknown') AND generation = %s",
        (now, asked.id, asked.generation),
    )
    return begun.rowcount == 1


def keep(connection: Connection, intent_id: UUID, state: State, *, code: str | None = None) -> None:
    """What is known after an answer, or after none."""
    connection.execute("UPDATE intent SET state = %s, code = %s WHERE id = %s", (state, code, intent_id))


def keep_done(connection: Connection, intent_id: UUID, done: Done) -> None:
    """It happened; the result is kept before it is recorded, so that recording can be tried again."""
    connection.execute(
        "UPDATE intent SET state = 'done', code = NULL, result = %s WHERE id = %s",
        (msgspec.json.encode(done).decode(), intent_id),
    )


def keep_recorded(connection: Connection, intent_id: UUID, now: datetime) -> None:
    """Its outcome is in the log."""
    connection.execute("UPDATE intent SET recorded_at = coalesce(recorded_at, %s) WHERE id = %s", (now, intent_id))


def keep_unrecorded(connection: Connection, intent_id: UUID, code: str) -> None:
    """Stripe did it, and a rule or a missing movement keeps it out of the log so far."""
    connection.execute("UPDATE intent SET code = %s WHERE id = %s", (code, intent_id))


def found_nothing(connection: Connection, asked: Asked, now: datetime) -> bool:
    """A look-up after the key's time found nothing; True when that may be believed: twice, ten minutes apart."""
    if asked.looked_up_at is not None and now - asked.looked_up_at < BETWEEN_LOOKUPS:
        return False
    connection.execute(
        "UPDATE intent SET state = 'unknown', absent_lookups = absent_lookups + 1, looked_up_at = %s WHERE id = %s",
        (now, asked.id),
    )
    return asked.absent_lookups + 1 >= LOOKUPS_BEFORE_NEW_KEY


def renew(connection: Connection, asked: Asked) -> None:
    """The same request under a new key, never sent so far."""
    generation = asked.generation + 1
    call = calls.regenerate(asked.request, Intent(asked.id, generation))
    connection.execute(
        "UPDATE intent SET state = 'pending', generation = %s, call = %s, first_sent_at = NULL, absent_lookups = 0,"
        " looked_up_at = NULL, code = NULL, recorded_at = NULL WHERE id = %s",
        (generation, calls.freeze(call).decode(), asked.id),
    )


def ask_again(connection: Connection, intent_id: UUID, now: datetime) -> None:
    """A person lets a refused or blocked request go out once more. Refuses `intent-unknown`, `intent-not-stuck`.

    Whatever it left at Stripe is looked for first, because a blocked one may have happened.
    """
    asked = load(connection, intent_id)
    if asked is None: raise Refused("intent-unknown")
    if asked.state not in {State.REFUSED, State.BLOCKED} or (asked.state is State.REFUSED and _told(asked)):
        raise Refused("intent-not-stuck", state=asked.state.value)
    old = now - KEY_IS_GOOD_FOR
    connection.execute(
        "UPDATE intent SET state = 'unknown', first_sent_at = %s, absent_lookups = 0, looked_up_at = NULL,"
        " recorded_at = NULL WHERE id = %s",
        (old, intent_id),
    )
    _wake(connection, [intent_id], now)


def _told(asked: Asked) -> bool:
    """Was the refusal recorded as a fact (a transfer voided), so that asking again is another intent?"""
    return asked.kind in {"create_transfer", "reverse_transfer", "create_refund"} and asked.recorded_at is not None


def look_up_first(connection: Connection, now: datetime) -> int:
    """After a restore of the database: whatever is open may have been sent, so each is looked for first. How many."""
    found = connection.execute(
        "UPDATE intent SET state = 'unknown', first_sent_at = %s, absent_lookups = 0, looked_up_at = NULL"
        " WHERE state IN ('pending', 'sending', 'unknown') RETURNING id",
        (now - KEY_IS_GOOD_FOR,),
    ).fetchall()
    _wake(connection, [row[0] for row in found], now)
    return len(found)


def _wake(connection: Connection, intent_ids: Sequence[UUID], now: datetime) -> None:
    for intent_id in intent_ids:
        wanted = task(SEND, intent_id, now)
        connection.execute(
            "INSERT INTO task (id, kind, subject, run_at) VALUES (%(id)s, %(kind)s, %(subject)s, %(run_at)s)"
            " ON CONFLICT (id) DO UPDATE SET run_at = excluded.run_at, done_at = NULL, leased_until = NULL",
            wanted,
        )
