"""Handing one mail to a mail server. Nothing in here says an address to a log or in an exception."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from marketplace.messages.templates import Letter, one_line

TIMEOUT_SECONDS = 20.0
_PERMANENT = range(500, 600)
_GO_AHEAD = 354


class NotTaken(Exception):
    """The server did not take the mail. `forever`: it never will, for this address."""

    def __init__(self, why: str, *, forever: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.forever = forever


class Line(smtplib.SMTP):
    """A line that looks a last time before it ends a mail: a slow server has nothing until the last dot."""

    look: Callable[[], None] = staticmethod(lambda: None)

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  the library's bytes or text
        """Send the mail, look, end it. What `look` raises leaves a mail without an end, which is none."""
        self.putcmd("data")
        code, said = self.getreply()
        if code != _GO_AHEAD: raise smtplib.SMTPDataError(code, said)
        self.send(re.sub(rb"(?m)^\.", b"..", bytes(msg)))
        try:
            self.look()
        except BaseException:
            self.close()  # any further word would be read as part of the mail
            raise
        self.send(b".\r\n")
        return self.getreply()


class _SecureLine(Line, smtplib.SMTP_SSL):
    """The same over TLS from its first byte."""


def compose(
    letter: Letter, *, to: str, sender: tuple[str, str], message_id: str, at: datetime, unsubscribe: str | None
) -> EmailMessage:
    """The mail as it travels: text and HTML, and a Message-ID by which a second sending is recognised.

    `sender` is a name and an address. `unsubscribe` is a page with one button.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(sender[0]), addr_spec=sender[1])
    user, _, domain = to.rpartition("@")
    mail["To"] = Address(username=user, domain=domain)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = at
    mail["Message-ID"] = f"<{one_line(message_id)}>"
    mail["Content-Language"] = letter.language
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{one_line(unsubscribe)}>"
    mail.set_content(letter.text, cte="base64")
    mail.add_alternative(letter.html, subtype="html", cte="base64")
    return mail


@contextmanager
def connect(url: str) -> Iterator[Line]:
    """A line to the server that `smtp://user:password@host:port` or `smtps://…` names; TLS wherever it is offered.

    Raises NotTaken.
    """
    try:
        with _open(url) as line:
            yield line
    except (OSError, smtplib.SMTPException) as error:  # its text may hold an address: only its type goes on
        raise NotTaken(type(error).__name__) from None


def _open(url: str) -> Line:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        line: Line = _SecureLine(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    else:
        line = Line(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        is_private = _encrypt(line) or is_loopback(host)
        if parts.username:
            _log_in(line, unquote(parts.username), unquote(parts.password or ""), is_private=is_private)
    except BaseException:
        line.close()
        raise
    return line


def _encrypt(line: smtplib.SMTP) -> bool:
    """Speak TLS if the server can; answers whether we do. Reading the system's certificates takes longer than a mail."""
    line.ehlo_or_helo_if_needed()
    if isinstance(line, smtplib.SMTP_SSL):
        return True
    if not line.has_extn("starttls"):
        return False
    line.starttls(context=ssl.create_default_context())
    line.ehlo()
    return True


def _log_in(line: smtplib.SMTP, user: str, password: str, *, is_private: bool) -> None:
    """A password never goes in the clear. A mail may, where the server cannot do better."""
    if not is_private: raise NotTaken("no-tls-for-the-password")
    line.login(user, password)


def hand_over(line: Line, mail: EmailMessage, *, sender: str, to: str, look: Callable[[], None]) -> None:
    """Send to exactly one address; what `look` raises stops it before its end. Raises NotTaken."""
    line.look = look
    try:
        line.send_message(mail, from_addr=sender, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as refused:
        codes: Sequence[int] = [code for code, _ in refused.recipients.values()]
        raise NotTaken("recipient-refused", forever=all(code in _PERMANENT for code in codes)) from None
    except smtplib.SMTPNotSupportedError:
        raise NotTaken("address-not-supported", forever=True) from None


def is_loopback(host: str) -> bool:
    """Does the name stand for this machine only?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
