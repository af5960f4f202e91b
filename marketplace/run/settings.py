"""Settings: read once from the environment, checked, and frozen."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec

from domain.refusal import Refused
from marketplace.vault.master import KEY_BYTES, MasterKeys

EXAMPLE_SENDER = "no-reply@career-relay.example"
Network: TypeAlias = IPv4Network | IPv6Network

_T = TypeVar("_T")
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,189}")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,400}")
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says what to do."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name = name


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set, all by environment variables. An empty variable counts as not set.

    | variable | meaning | default |
    |---|---|---|
    | DATABASE_URL | PostgreSQL, as the role `relay_app` | our own server under RELAY_DATA |
    | MIGRATION_DATABASE_URL | the same database, as the role `relay_owner`; only `relay migrate` uses it | as above |
    | KEYRING_URL | the keyring's own database, as the role `relay_app` | with DATABASE_URL: that one; else one of its own |
    | KEYRING_MIGRATION_URL | the keyring's database, as the role `relay_owner`; only `relay migrate` uses it | as above |
    | STRIPE_SECRET_KEY | Stripe's secret or restricted key | the payment simulator, on loopback only |
    | STRIPE_WEBHOOK_SECRETS | webhook signing secrets, separated by commas, the newest first | none |
    | SMTP_URL | outgoing mail, smtp://user:password@host:port, smtps://… | /dev/mailbox, on loopback only |
    | LINE_LOGIN_CHANNEL_ID | LINE Login: the channel's number | a labelled stand-in on loopback; else no LINE |
    | LINE_LOGIN_CHANNEL_SECRET | LINE Login: the channel's secret | as above |
    | LINE_MESSAGING_TOKEN | Messaging API: the channel access token that pushes are sent with | none: no pushes |
    | RELAY_MAIL_FROM | the address that mail comes from, without a name | an example's, on loopback only |
    | RELAY_COMPLAINT_CONTACT | where complaints go, one line, as it shall stand on the public page | none, and the page says so |
    | RELAY_PUBLIC_URL | the address people see, without a path | http://127.0.0.1:8000 |
    | RELAY_HOST | the address the web listens on | 127.0.0.1 |
    | RELAY_PORT | the port the web listens on | 8000 |
    | RELAY_TRUSTED_PROXIES | addresses or networks, by commas, whose X-Forwarded-For names the client | none |
    | RELAY_PUBLISHED_ON_LOOPBACK | 1: RELAY_HOST is a container's, its port published on 127.0.0.1 only | 0 |
    | RELAY_DATA | the folder for the database's files and the master key | .relay |
    | RELAY_MASTER_KEY_FILE | the keys that wrap all keys: 64 hexadecimal digits, or a rotated file | RELAY_DATA/master.key |
    | RELAY_LANGUAGE | the language for people who have not chosen one, ja or en | ja |
    | RELAY_ALLOW_LIVE | 1: a live Stripe key is meant, real money moves | 0 |
    """

    database_url: str | None = None
    migration_database_url: str | None = None
    keyring_url: str | None = None
    keyring_migration_url: str | None = None
    stripe_secret_key: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = ()
    smtp_url: str | None = None
    line_login_channel_id: str | None = None
    line_login_channel_secret: str | None = None
    line_messaging_token: str | None = None
    mail_from: str | None = None
    complaint_contact: str | None = None
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: tuple[Network, ...] = ()
    published_on_loopback: bool = False
    data: Path = Path(".relay")
    master_key_file: Path = Path(".relay/master.key")
    language: Literal["ja", "en"] = "ja"
    allow_live: bool = False

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the site: what is for development may then be on."""
        near = _is_loopback(urlsplit(self.public_url).hostname or "")
        return near and (self.published_on_loopback or _is_loopback(self.host))

    def payments(self) -> Literal["simulator", "test", "live"]:
        """Where money goes. Raises BadSetting rather than simulate payments on a site that others can reach."""
        if self.stripe_secret_key is None:
            if not self.loopback:
                raise BadSetting(
                    "STRIPE_SECRET_KEY",
                    "is not set, and payments are only simulated while RELAY_PUBLIC_URL and RELAY_HOST are loopback "
                    "addresses. Set Stripe's key (sk_test_… moves no money).",
                )
            return "simulator"
        return "live" if _is_live(self.stripe_secret_key) else "test"

    def mail(self) -> Literal["smtp", "mailbox"]:
        """Where mail goes. Raises BadSetting rather than show people's mail on a site that others can reach."""
        if self.smtp_url is None:
            if not self.loopback:
                raise BadSetting(
                    "SMTP_URL",
                    "is not set, and the development mailbox only opens while RELAY_PUBLIC_URL and RELAY_HOST are "
                    "loopback addresses. Set a mail server, smtp://user:password@host:587.",
                )
            return "mailbox"
        self.sender()
        return "smtp"

    def line(self) -> Literal["line", "stand-in"] | None:
        """Which LINE there is. Without its settings a stand-in, and none on a site that others can reach."""
        if self.line_login_channel_id is not None: return "line"
        return "stand-in" if self.loopback else None

    def sender(self) -> str:
        """The address in From. Raises BadSetting rather than write to people from an address that nobody has."""
        if self.mail_from is None and not self.loopback:
            raise BadSetting("RELAY_MAIL_FROM", "is not set. Set the address that mail comes from, at your domain.")
        return self.mail_from or EXAMPLE_SENDER

    def master_keys(self) -> MasterKeys:
        """The keys that wrap all keys. On loopback a missing file is made; elsewhere that is an error.

        Raises BadSetting if the file is missing, open to others, or holds no keys.
        """
        path = self.master_key_file
        if not path.exists():
            if not self.loopback:
                raise BadSetting(
                    "RELAY_MASTER_KEY_FILE",
                    f"{path} is missing. Make it once and keep a copy apart from the database's backups: "
                    f"(umask 077 && openssl rand -hex {KEY_BYTES} > {path}). Without it no personal data can be read.",
                )
            _make_key(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise BadSetting("RELAY_MASTER_KEY_FILE", f"{path} is open to others ({mode:o}). Say: chmod 600 {path}")
        try:
            return MasterKeys.parse(path.read_text("ascii"))
        except (OSError, ValueError, Refused):
            raise BadSetting(
                "RELAY_MASTER_KEY_FILE",
                f"{path} does not hold {2 * KEY_BYTES} hexadecimal digits, nor the lines of a rotated file.",
            ) from None


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises BadSetting with a sentence for the first one that cannot be used."""
    env = os.environ if environ is None else environ

    def read(name: str, parse: Callable[[str], _T], default: _T) -> _T:
        value = env.get(name, "").strip()
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as error:
            raise BadSetting(name, str(error)) from None

    data = read("RELAY_DATA", Path, Path(".relay"))
    settings = Settings(
        database_url=read("DATABASE_URL", _database, None),
        migration_database_url=read("MIGRATION_DATABASE_URL", _database, None),
        keyring_url=read("KEYRING_URL", _database, None),
        keyring_migration_url=read("KEYRING_MIGRATION_URL", _database, None),
        stripe_secret_key=read("STRIPE_SECRET_KEY", _stripe_key, None),
        stripe_webhook_secrets=read("STRIPE_WEBHOOK_SECRETS", _webhook_secrets, ()),
        smtp_url=read("SMTP_URL", _smtp, None),
        line_login_channel_id=read("LINE_LOGIN_CHANNEL_ID", _token, None),
        line_login_channel_secret=read("LINE_LOGIN_CHANNEL_SECRET", _token, None),
        line_messaging_token=read("LINE_MESSAGING_TOKEN", _token, None),
        mail_from=read("RELAY_MAIL_FROM", _address, None),
        complaint_contact=read("RELAY_COMPLAINT_CONTACT", _line, None),
        public_url=read("RELAY_PUBLIC_URL", _public, "http://127.0.0.1:8000"),
        host=read("RELAY_HOST", str, "127.0.0.1"),
        port=read("RELAY_PORT", _port, 8000),
        trusted_proxies=read("RELAY_TRUSTED_PROXIES", _networks, ()),
        published_on_loopback=read("RELAY_PUBLISHED_ON_LOOPBACK", _flag, default=False),
        data=data,
        master_key_file=read("RELAY_MASTER_KEY_FILE", Path, data / "master.key"),
        language=read("RELAY_LANGUAGE", _language, "ja"),
        allow_live=read("RELAY_ALLOW_LIVE", _flag, default=False),
    )
    if settings.stripe_secret_key and _is_live(settings.stripe_secret_key) and not settings.allow_live:
        raise BadSetting("STRIPE_SECRET_KEY", "is live: real money would move. If meant, set RELAY_ALLOW_LIVE to 1.")
    if (settings.line_login_channel_id is None) != (settings.line_login_channel_secret is None):
        raise BadSetting("LINE_LOGIN_CHANNEL_SECRET", "goes together with LINE_LOGIN_CHANNEL_ID. Set both, or neither.")
    if settings.line_messaging_token and not settings.line_login_channel_id:
        raise BadSetting("LINE_LOGIN_CHANNEL_ID", "is not set though LINE_MESSAGING_TOKEN is: nobody could be pushed to.")
    if settings.migration_database_url and not settings.database_url:
        raise BadSetting("DATABASE_URL", "is not set though MIGRATION_DATABASE_URL is. Set both, or neither.")
    if settings.keyring_url and not settings.database_url:
        raise BadSetting("DATABASE_URL", "is not set though KEYRING_URL is: our own server has a keyring of its own.")
    if settings.keyring_migration_url and not settings.keyring_url:
        raise BadSetting("KEYRING_URL", "is not set though KEYRING_MIGRATION_URL is. Set both, or neither.")
    return settings


def _flag(value: str) -> bool:
    if value.lower() in _YES | _NO:
        return value.lower() in _YES
    raise ValueError("is 1 or 0.")


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and int(value) <= 65535:  # noqa: PLR2004  the highest port there is
        return int(value)
    raise ValueError("is a number from 0 to 65535; 0 takes any free port.")


def _language(value: str) -> Literal["ja", "en"]:
    if value == "ja":
        return "ja"
    if value == "en":
        return "en"
    raise ValueError("is ja or en.")


def _database(value: str) -> str:
    if _parts(value).scheme not in {"postgresql", "postgres"}:
        raise ValueError("is an address that begins with postgresql://")
    return value


def _smtp(value: str) -> str:
    parts = _parts(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("is an address such as smtp://user:password@host:587 or smtps://host:465")
    return value


def _address(value: str) -> str:
    if not value.isascii() or _ADDRESS.fullmatch(value) is None:
        raise ValueError("is one address without a name, such as no-reply@relay.example.co.jp")
    return value


def _line(value: str) -> str:
    if len(value) > 200 or not value.isprintable():  # noqa: PLR2004  a line that people read, not a page
        raise ValueError("is one line of at most 200 characters, such as: 苦情窓口 03-0000-0000 care@relay.example.co.jp")
    return value


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("has signs in it that such a value never has. Copy it again, without spaces or quotes.")
    return value


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("are addresses or networks such as 10.0.0.5 or 10.0.0.0/24, separated by commas.") from None


def _public(value: str) -> str:
    parts = _parts(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("is the site's address without a path, such as https://relay.example.co.jp")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("begins with https:// unless it is a loopback address: people sign in there.")
    return value.rstrip("/")


def _parts(value: str) -> SplitResult:
    """The parts of an address; of one that is none, nothing, so that the caller's sentence says what is wanted."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _stripe_key(value: str) -> str:
    if not value.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        raise ValueError("is a secret or restricted key: it begins with sk_ or rk_.")
    return value


def _webhook_secrets(value: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if not all(part.startswith("whsec_") for part in found):
        raise ValueError("are signing secrets that begin with whsec_, separated by commas.")
    return found


def _is_live(key: str) -> bool:
    return key.startswith(("sk_live_", "rk_live_"))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _make_key(path: Path) -> None:
    """Make the key file whole and closed to others from its first moment; of two makers at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
        try:
            path.hardlink_to(half)
        except FileExistsError:
            return
    finally:
        half.unlink()
