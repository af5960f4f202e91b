"""Saved searches: a person's own bookmarks in the catalogue, with a digest as often as they want one. No fact about anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from domain.calendar import jst_date, start_of_jst_day
from domain.refusal import Refused
from marketplace.commands.office import Office, new_id
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.store.database import Connection
from marketplace.store.log import Command
from marketplace.vault.searching import Criteria, query_of

MOST = 20
BATCH = 200
MORNING = timedelta(hours=9)


class Frequency(StrEnum):
    """How often a digest is mailed."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """One of a person's searches. `next_at`: when it is looked at for the next digest."""

    id: UUID
    name: str
    criteria: Criteria
    frequency: Frequency
    made_at: datetime
    next_at: datetime | None


def save(
    office: Office, command: Command, *, user: UUID, company: UUID, name: str, criteria: Criteria, frequency: Frequency
) -> UUID:
    """Keep a search under a name. Raises Refused `saved-search-empty`, `saved-searches-enough`, and as `query_of`."""
    if criteria.empty: raise Refused("saved-search-empty")
    query_of(office.vault.lexemes, criteria)
    key = new_id(command, "saved-search")
    with office.database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"saved-search:{user}:{company}",))
        known = [row[0] for row in _own(connection, user, company)]
        if key in known: return key
        if len(known) >= MOST: raise Refused("saved-searches-enough", most=MOST)
        connection.execute(
            "INSERT INTO saved_search (id, user_id, company, name, criteria, frequency, made_at, looked_at, next_at)"
            " VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)",
            (key, user, company, name, msgspec.json.encode(criteria).decode(), frequency, command.now, command.now,
             next_look(frequency, command.now)),
        )  # fmt: skip
    return key


def of_user(connection: Connection, user: UUID, company: UUID) -> list[SavedSearch]:
    """The person's own searches for this company, the newest first."""
    return [
        SavedSearch(
            id=key,
            name=name,
            criteria=msgspec.json.decode(criteria, type=Criteria),
            frequency=Frequency(frequency),
            made_at=made_at,
            next_at=next_at,
        )
        for key, name, criteria, frequency, made_at, next_at in _own(connection, user, company)
    ]


def change_frequency(
    office: Office, *, user: UUID, company: UUID, search: UUID, frequency: Frequency, now: datetime
) -> None:
    """Mail more often, less often or never. Another's is as if it were not there: nothing changes."""
    with office.database.transaction() as connection:
        connection.execute(
            "UPDATE saved_search SET frequency = %s, next_at = %s WHERE id = %s AND user_id = %s AND company = %s",
            (frequency, next_look(frequency, now), search, user, company),
        )


def forget(office: Office, *, user: UUID, company: UUID, search: UUID) -> None:
    """The search is gone, and with it its digests. Twice is once; another's is as if it were not there."""
    with office.database.transaction() as connection:
        connection.execute(
            "DELETE FROM saved_search WHERE id = %s AND user_id = %s AND company = %s", (search, user, company)
        )


def stop_digest(office: Office, search: UUID) -> None:
    """By the link in a mail: no more digests of this search. The search itself stays."""
    with office.database.transaction() as connection:
        connection.execute("UPDATE saved_search SET frequency = 'none', next_at = NULL WHERE id = %s", (search,))


def write_digests(office: Office, now: datetime) -> int:
    """Write the mails that are due; whether there is anything to say is decided when each is sent."""
    with office.database.transaction() as connection:
        due = connection.execute(
            "SELECT id, user_id, company, frequency, looked_at, next_at FROM saved_search WHERE next_at <= %s"
            " ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
            (now, BATCH),
        ).fetchall()
        for search, user, company, frequency, looked_at, next_at in due:
            about = {"search": str(search), "for_company": str(company), "since": looked_at.isoformat()}
            message = Message(template="saved-search", to=To.USER, recipient=user, about=about)
            write(connection, *rows(uuid5(search, next_at.isoformat()), [message], now))
            connection.execute(
                "UPDATE saved_search SET looked_at = %s, next_at = %s WHERE id = %s",
                (now, next_look(Frequency(frequency), now), search),
            )
    return len(due)


def next_look(frequency: Frequency, now: datetime) -> datetime | None:
    """Nine in the morning in Japan, so many days on; None for never."""
    days = _DAYS.get(frequency)
    return None if days is None else start_of_jst_day(jst_date(now) + timedelta(days=days)) + MORNING


def _own(connection: Connection, user: UUID, company: UUID) -> list[tuple[UUID, str, str, str, datetime, datetime | None]]:
    return connection.execute(
        "SELECT id, name, criteria::text, frequency, made_at, next_at FROM saved_search"
        " WHERE user_id = %s AND company = %s ORDER BY made_at DESC, id",
        (user, company),
    ).fetchall()
