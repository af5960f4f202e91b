"""The mail server of a machine without one: it listens on loopback, keeps each mail sealed under its reader's own key.

What it keeps falls with the person: the reader is found by the blind index, else by the message that was sent, else a
keyed digest of the address stands for them.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.refusal import Refused
from marketplace import clock
from marketplace.messages.outbox import write
from marketplace.messages.smtp import is_loopback
from marketplace.store.database import Connection, Database
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.records import MailRecord, open_many
from marketplace.vault.subject import Subject, SubjectKind
from marketplace.vault.vault import Vault

HOST = "127.0.0.1"
STARTED_SECONDS = 10.0

logger = logging.getLogger(__name__)


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that the sink caught."""

    id: UUID
    at: datetime
    to: str
    subject: str
    text: str
    html: str

    def __repr__(self) -> str:
        """Never the values: a mail must not reach a log or a traceback."""
        return f"Mail({self.id}, …)"


class Mailbox(msgspec.Struct, frozen=True):
    """What the sink caught, opened from the vault; any process on the same database reads it."""

    database: Database
    vault: Vault

    def mails(self, limit: int) -> Sequence[Mail]:
        """The newest mails first."""
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT ref, reader, at FROM dev_mail ORDER BY n DESC LIMIT %s", (limit,)
            ).fetchall()
            wanted = [(Subject(SubjectKind.DEV_MAIL, reader), ref) for ref, reader, _ in rows]
            opened = open_many(self.vault.keyring, connection, wanted, MailRecord)
        return [
            Mail(id=ref, at=at, **{name: getattr(opened[ref], name) for name in ("to", "subject", "text", "html")})
            for ref, _, at in rows
            if ref in opened
        ]


class Sink:
    """An SMTP server in a thread of its own, on a free port. Raises Refused `mail-sink-only-on-loopback`."""

    def __init__(self, database: Database, vault: Vault, *, public_url: str) -> None:
        if not is_loopback(urlsplit(public_url).hostname or ""):
            raise Refused("mail-sink-only-on-loopback")
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the library's own log names senders and readers
        self._keeper = _Keeper(database, vault)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="relay-mail-sink", daemon=True)
        self._started = threading.Event()
        self._port = 0

    def start(self) -> str:
        """Listen; answers the address that mails are sent to, as SMTP_URL would name it."""
        self._thread.start()
        if not self._started.wait(STARTED_SECONDS) or not self._port:
            raise RuntimeError("the mail sink could not listen")
        return f"smtp://{HOST}:{self._port}"

    def stop(self) -> None:
        """Finish and end; a second time changes nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        try:
            server = self._loop.run_until_complete(self._loop.create_server(self._talk, HOST, 0))
            self._port = server.sockets[0].getsockname()[1]
            self._started.set()
            self._loop.run_forever()
            server.close()
            self._loop.run_until_complete(self._hang_up())
        finally:
            self._started.set()
            self._loop.close()

    def _talk(self) -> asyncio.BaseProtocol:
        spoken: asyncio.BaseProtocol = SMTP(
            self._keeper, hostname="relay.localhost", ident="Career Relay mail sink", loop=self._loop
        )
        return spoken

    async def _hang_up(self) -> None:
        """End the conversations that are still open."""
        talking = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.sleep(0)


class _Keeper:
    """What the SMTP server does with a mail."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._digest_key = vault.keyring.master.derive("dev-mail")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  the library's names
        try:
            await asyncio.to_thread(self.keep, envelope.original_content or b"", list(envelope.rcpt_tos))
        except Exception as error:  # noqa: BLE001  the sender hears that it did not work, and tries again
            logger.warning("a mail was not kept: %s", type(error).__name__)
            return "451 not kept, try again later"
        return "250 kept"

    def keep(self, content: bytes, addresses: Sequence[str]) -> None:
        """Seal the mail for each of its readers; for one who was erased it is dropped."""
        mail = message_from_bytes(content, policy=default)
        if not isinstance(mail, EmailMessage):
            raise TypeError(type(mail))
        for address in addresses:
            try:
                self._keep(mail, address)
            except Refused as refused:
                if refused.code != "erased-for-good": raise

    def _keep(self, mail: EmailMessage, address: str) -> None:
        with self._database.transaction() as connection:
            reader = self._reader(connection, address, str(mail["Message-ID"] or ""))
            record = MailRecord(
                to=address, subject=str(mail["Subject"] or ""), text=_part(mail, "plain"), html=_part(mail, "html")
            )
            sealed = self._vault.sealer.seal(Subject(SubjectKind.DEV_MAIL, reader), record)
            write(connection, sealed.row)
            connection.execute(
                "INSERT INTO dev_mail (ref, reader, at) VALUES (%s, %s, %s)",
                (sealed.ref, reader, clock.now(connection)),
            )

    def _reader(self, connection: Connection, address: str, message_id: str) -> UUID:
        try:
            normal = normal_email(address)
        except Refused:
            return self._stands_for(address)
        for kind in (SubjectKind.CANDIDATE, SubjectKind.COMPANY_USER):
            if found := self._vault.blind.find(connection, kind, AddressKind.EMAIL, normal):
                return found[0]
        sent = connection.execute(
            "SELECT recipient FROM message WHERE id::text = %s", (message_id.strip("<>").partition("@")[0],)
        ).fetchone()
        return sent[0] if sent else self._stands_for(normal)

    def _stands_for(self, address: str) -> UUID:
        return UUID(bytes=hmac.new(self._digest_key, address.encode(), hashlib.sha256).digest()[:16], version=4)


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")
