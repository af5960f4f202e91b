"""What the mail room works with, what it is asked to send, and why it sometimes does not."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from domain.applicant import Channel
from domain.calendar import Holidays
from domain.policy import Policy
from marketplace.messages.line import Line
from marketplace.messages.outbox import To
from marketplace.store.database import Database
from marketplace.store.log import Log
from marketplace.texts.catalogue import Language
from marketplace.vault.vault import Vault


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One per worker. `mint_registration` answers a fresh token for a registration's id, `channel_failed` is told
    that nothing reaches a candidate over a channel any more. Without `line` nothing is pushed.

    `language` is for readers who have not chosen one, `mail_from` the address in From (no name).
    """

    log: Log
    database: Database
    vault: Vault
    policy: Policy
    holidays: Holidays
    public_url: str
    smtp_url: str
    mail_from: str
    mint_registration: Callable[[UUID], str]
    channel_failed: Callable[[UUID, Channel], None]
    line: Line | None = None
    language: Language = "ja"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the outbox that one worker is at."""

    id: UUID
    template: str
    to: To
    recipient: UUID
    about: dict[str, str]
    attempts: int

    def named(self, what: str) -> UUID:
        """One of the ids that the message is about."""
        return UUID(self.about[what])


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who a mail goes to, opened from the vault for this one mail."""

    address: str
    name: str
    language: Language

    def __repr__(self) -> str:
        """Never the values: a reader must not reach a log or a traceback."""
        return "Reader(…)"


class Withheld(Exception):
    """The mail may not be sent, now or ever; `code` is what the outbox keeps."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
