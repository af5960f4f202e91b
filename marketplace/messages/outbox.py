"""The outbox: a message is a row of ids in the append that causes it, and a task that sends it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from marketplace.store.database import Connection
from marketplace.vault.companion import CompanionRow, companions


class To(StrEnum):
    """Whom a message is for; the address is opened from the vault when it is sent."""

    APPLICANT = "applicant"
    CANDIDATE = "candidate"
    USER = "user"
    COMPANY = "company"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message: a template's name, the one it is for, and the ids that the template needs."""

    template: str
    to: To
    recipient: UUID
    about: dict[str, str] = {}


def rows(cause: UUID, messages: list[Message], now: datetime, *, run_at: datetime | None = None) -> list[CompanionRow]:
    """The rows of messages caused by a command: sent again with the same command, they are the same."""
    found: list[CompanionRow] = []
    for n, message in enumerate(messages):
        key = str(uuid5(cause, f"message:{n}:{message.template}:{message.recipient}"))
        moment = now.isoformat()
        found.append(
            CompanionRow(
                "message",
                {
                    "id": key,
                    "template": message.template,
                    "recipient_kind": str(message.to),
                    "recipient": str(message.recipient),
                    "about": message.about,
                    "created_at": moment,
                },
            )
        )
        found.append(
            CompanionRow(
                "task", {"id": key, "kind": "send-message", "subject": key, "run_at": (run_at or now).isoformat()}
            )
        )
    return found


def write(connection: Connection, *several: CompanionRow) -> None:
    """Write rows outside any command, as an append writes them: for what causes no event."""
    also = msgspec.json.encode(companions(*several)).decode()
    connection.execute("SELECT relay_companions(%s::jsonb, 0)", (also,))
