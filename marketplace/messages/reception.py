"""Asking for a sign-in link: whoever has the address gets a mail, and nobody else learns that they have."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from domain.refusal import Refused
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.store.database import Connection
from marketplace.vault.blind_index import AddressKind, BlindIndex
from marketplace.vault.subject import SubjectKind

_WHO = ((SubjectKind.CANDIDATE, To.CANDIDATE), (SubjectKind.COMPANY_USER, To.USER))


class Reception:
    """Finds who is behind an address by the blind index."""

    def __init__(self, blind: BlindIndex) -> None:
        self._blind = blind

    def send_login_links(self, connection: Connection, address: str, language: str, now: datetime) -> None:
        """Queue a sign-in mail for the candidate and for the company user with this address, if there are any."""
        about = {"language": language}
        several = [
            Message(template="login", to=to, recipient=who, about=about)
            for kind, to in _WHO
            for who in self._behind(connection, kind, address)
        ]
        if several:
            write(connection, *rows(uuid4(), several, now))

    def _behind(self, connection: Connection, kind: SubjectKind, address: str) -> tuple[UUID, ...]:
        try:
            return self._blind.find(connection, kind, AddressKind.EMAIL, address)
        except Refused:  # no address at all: nobody has it
            return ()
