"""What a mail says on its way, and what becomes of it when the other server does not play along."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from marketplace.messages import smtp
from marketplace.messages.outbox import To
from marketplace.messages.send import Later, send
from marketplace.messages.sink import Sink
from marketplace.messages.templates import Letter
from tests.marketplace.messages.town import CANDIDATE, NOON, Town

LETTER = Letter(language="ja", subject="件名\r\nBcc: other@example.jp", text="本文\n", html="<p>本文</p>\n")


def composed(**changed: Any) -> EmailMessage:
    given: dict[str, Any] = {
        "to": "hoshino@example.jp", "sender": ("みなと光学 (キャリアリレー)", "relay@relay.example"),
        "message_id": "1@relay.example", "at": NOON, "unsubscribe": "https://relay.example/i/1/not-me",
    }
    mail = smtp.compose(LETTER, **(given | changed))
    read = message_from_bytes(mail.as_bytes(policy=WIRE), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_says_who_sends_it_and_how_to_get_no_more() -> None:
    mail = composed()
    assert mail["From"].addresses[0].display_name == "みなと光学 (キャリアリレー)"
    assert mail["From"].addresses[0].addr_spec == "relay@relay.example"
    assert mail["List-Unsubscribe"] == "<https://relay.example/i/1/not-me>"
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<1@relay.example>", "auto-generated")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert composed(unsubscribe=None)["List-Unsubscribe"] is None


def test_no_line_break_begins_a_header() -> None:
    mail = composed(
        sender=("a\r\nBcc: other@example.jp", "relay@relay.example"), unsubscribe="https://x\r\nBcc: other@example.jp",
        message_id="1\r\nBcc: other@example.jp",
    )
    assert mail["Bcc"] is None
    assert mail["Subject"] == "件名 Bcc: other@example.jp"


def test_a_comma_in_an_address_does_not_make_it_two() -> None:
    assert [each.addr_spec for each in composed(to="a,b@example.jp")["To"].addresses] == ['"a,b"@example.jp']


def test_a_password_never_goes_in_the_clear() -> None:
    with pytest.raises(smtp.NotTaken, match="no-tls-for-the-password"):
        smtp._log_in(smtplib.SMTP(), "user", "password", is_private=False)


class Refuser:
    """A server that takes nothing for anybody."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802  the library's name
        return self._answer


@pytest.fixture
def serve(town: Town) -> Iterator[Callable[..., str]]:
    """Starts a server that handles mail otherwise, or speaks TLS; answers its address."""
    sinks: list[Sink] = []

    def serve(handler: Any = None, tls: ssl.SSLContext | None = None) -> str:
        sink = Sink(town.pool, town.vault, public_url="http://127.0.0.1:8000")
        sinks.append(sink)
        sink._talk = lambda: SMTP(  # type: ignore[method-assign]
            handler or sink._keeper, hostname="relay.localhost", loop=sink._loop, tls_context=tls, require_starttls=tls is not None
        )
        return sink.start()

    yield serve
    for sink in sinks:
        sink.stop()


def test_a_mailbox_that_does_not_exist_is_not_tried_again(town: Town, serve: Callable[..., str]) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    assert send(replace(town.post, smtp_url=serve(Refuser("550 5.1.1 no such user"))), message, NOON) is None
    assert town.row(message) == (False, "recipient-refused")


def test_a_server_that_says_later_is_tried_later(town: Town, serve: Callable[..., str]) -> None:
    town.candidate()
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    greylisting = replace(town.post, smtp_url=serve(Refuser("451 4.7.1 greylisted")))
    assert send(greylisting, message, NOON) == Later(NOON + timedelta(seconds=10), "recipient-refused")
    assert send(town.post, message, NOON) is None
    assert len(town.mails()) == 1


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody trusts yet, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


def test_tls_is_spoken_where_it_is_offered_and_only_with_a_server_one_can_trust(
    town: Town, serve: Callable[..., str], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.candidate()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    post = replace(town.post, smtp_url=serve(tls=tls))
    message = town.queue("welcome", To.CANDIDATE, CANDIDATE)
    assert send(post, message, NOON) == Later(NOON + timedelta(seconds=10), "SSLCertVerificationError")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert send(post, message, NOON) is None
    assert len(town.mails()) == 1
