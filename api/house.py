"""What the door needs of the house. `marketplace.run.wiring.open_house(settings)` makes one that fits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from marketplace.commands.office import Office
from marketplace.messages.line import Line
from marketplace.messages.sink import Mail
from marketplace.run.settings import Settings
from marketplace.run.wiring import Role as DemoRole
from marketplace.store.database import Connection, Database
from marketplace.store.log import Log
from marketplace.work.pay import Client

__all__ = ["DemoRole", "House", "Mail", "Mailbox", "Reception"]


class Mailbox(Protocol):
    """The loopback mail sink, read by its page only."""

    def mails(self, limit: int) -> Sequence[Mail]:
        """The newest mails first."""
        ...


class Reception(Protocol):
    """Finds out who is behind an address and has a sign-in mail sent to them."""

    def send_login_links(self, connection: Connection, address: str, language: str, now: datetime) -> None:
        """Queue a sign-in mail for everybody with this address; nothing, and no refusal, for one nobody has."""
        ...


class House(Protocol):
    """Everything the door was given at its start."""

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        ...

    @property
    def database(self) -> Database:
        """The pool, as the role relay_app."""
        ...

    @property
    def log(self) -> Log:
        """All events."""
        ...

    @property
    def office(self) -> Office:
        """What every command works with."""
        ...

    @property
    def door_key(self) -> bytes:
        """32 bytes for the door's own HMACs, derived from the master key file (`MasterKeys.derive("door")`)."""
        ...

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """What Stripe signs with, the newest first."""
        ...

    def stripe(self) -> Client:
        """A client of Stripe, or of its simulator."""
        ...

    @property
    def reception(self) -> Reception:
        """Who sends sign-in mails."""
        ...

    @property
    def mailbox(self) -> Mailbox | None:
        """The loopback sink, or None where mail goes out."""
        ...

    @property
    def line(self) -> Line | None:
        """LINE, or its stand-in on loopback; None where it is not offered."""
        ...

    def masked(self) -> House:
        """The same house for whoever looks on as somebody else: nothing personal opens, and nothing can be written."""
        ...

    def demo_roles(self) -> Sequence[DemoRole]:
        """Whom a developer may sign in as, on loopback only."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
