"""A company user's own address: changed once the new mailbox has confirmed it, put back if the old one objects.

The old mailbox is told when the change is asked for and may object for seven days, before or after it was confirmed. An
objection says that somebody else may be at the account: the old address holds again, every session and open link of the
person ends, and passkeys that were added since are gone. Addresses lie in the vault only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from domain.ids import UserId, VaultRef
from domain.refusal import Refused
from marketplace.commands.office import Office
from marketplace.links import AddressPurpose, digest
from marketplace.messages.outbox import Message, To, rows, write
from marketplace.store.database import Connection
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.records import AddressChange, MemberRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind

OBJECT_DAYS = 7
_LINK = """
    SELECT c.id, c.user_id, c.ref, c.asked_at FROM address_link l JOIN address_change c ON c.id = l.change
    WHERE l.token_hash = %(hash)s AND l.purpose = %(purpose)s AND l.expires_at > %(now)s AND c.asked_at <= %(now)s
    AND c.objected_at IS NULL
    -- One that ends much later was mailed in a future that the clock has gone back from: that revives nothing.
    AND (%(purpose)s = 'object' OR (l.expires_at <= %(now)s + interval '15 minutes' AND c.confirmed_at IS NULL AND NOT EXISTS (
        SELECT FROM address_change later WHERE later.user_id = c.user_id AND later.asked_at > c.asked_at)))
"""


class _Change(msgspec.Struct, frozen=True):
    id: UUID
    user: UserId
    ref: VaultRef
    asked_at: datetime


def ask(office: Office, user: UserId, email: str, *, language: str, now: datetime) -> None:
    """Mail the new address a link that confirms it, and the old one a link to object. Nothing changes yet.

    Raises Refused `email-not-understood`, `address-unchanged`.
    """
    subject, new = _subject(user), normal_email(email)
    with office.database.transaction() as connection:
        old = normal_email(address_of(office, connection, user))
    if new == old: raise Refused("address-unchanged")
    change, sealed = uuid4(), office.vault.sealer.seal(subject, AddressChange(old=old, new=new))
    about = {"change": str(change), "language": language}
    several = [Message(template=each, to=To.USER, recipient=user, about=about) for each in ("address-confirm", "address-changing")]
    with office.database.transaction() as connection:
        connection.execute(
            "INSERT INTO address_change (id, user_id, ref, asked_at, object_until) VALUES (%s, %s, %s, %s, %s)",
            (change, user, sealed.ref, now, now + timedelta(days=OBJECT_DAYS)),
        )
        write(connection, sealed.row, *rows(change, several, now))


def confirm(office: Office, token: str, now: datetime) -> None:
    """The new mailbox says yes. Raises Refused `address-link-not-valid`, `address-taken`."""
    with office.database.transaction() as connection:
        change = _take(connection, token, "confirm", now)
        new = _opened(office, connection, change).new
        holder = office.vault.blind.find(connection, SubjectKind.COMPANY_USER, AddressKind.EMAIL, new)
        if holder: raise Refused("address-taken")
        _set(office, connection, change.user, new)
        connection.execute("UPDATE address_change SET confirmed_at = %s WHERE id = %s", (now, change.id))


def object_to(office: Office, token: str, now: datetime) -> None:
    """The old mailbox says no: this change and every later one is void. Raises Refused `address-link-not-valid`."""
    with office.database.transaction() as connection:
        change = _take(connection, token, "object", now)
        changed = connection.execute(
            "SELECT bool_or(confirmed_at IS NOT NULL AND objected_at IS NULL) FROM address_change"
            " WHERE user_id = %s AND asked_at >= %s",
            (change.user, change.asked_at),
        ).fetchone()
        if changed is not None and changed[0]:
            _set(office, connection, change.user, _opened(office, connection, change).old)
        connection.execute(
            "UPDATE address_change SET objected_at = %s WHERE user_id = %s AND asked_at >= %s AND objected_at IS NULL",
            (now, change.user, change.asked_at),
        )
        _close_all(connection, change, now)


def address_of(office: Office, connection: Connection, user: UserId) -> str:
    """The address that the person signs in with. Raises Refused `record-gone`."""
    return open_own(office.vault.keyring, connection, _subject(user), VaultRef(user), MemberRecord).email


def _take(connection: Connection, token: str, purpose: AddressPurpose, now: datetime) -> _Change:
    """The change that the link is for; two at the same moment come one after the other."""
    wanted = {"hash": digest(token), "purpose": purpose, "now": now}
    row = connection.execute(_LINK, wanted).fetchone()
    if row is None: raise Refused("address-link-not-valid")
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"address {row[1]}",))
    row = connection.execute(_LINK, wanted).fetchone()
    if row is None: raise Refused("address-link-not-valid")
    return _Change(row[0], UserId(row[1]), VaultRef(row[2]), row[3])


def _opened(office: Office, connection: Connection, change: _Change) -> AddressChange:
    return open_own(office.vault.keyring, connection, _subject(change.user), change.ref, AddressChange)


def _set(office: Office, connection: Connection, user: UserId, email: str) -> None:
    """The record in a new version, and the index; what led from the old address to the person is gone."""
    subject, ref, vault = _subject(user), VaultRef(user), office.vault
    record = open_own(vault.keyring, connection, subject, ref, MemberRecord)
    latest = connection.execute("SELECT max(version) FROM vault_record WHERE ref = %s", (ref,)).fetchone()
    version = latest[0] + 1 if latest is not None else 1
    sealed = vault.sealer.seal(subject, MemberRecord(name=record.name, email=email), ref=ref, version=version)
    connection.execute(
        "DELETE FROM blind_address WHERE subject_kind = %s AND subject_id = %s AND kind = %s",
        (str(subject.kind), user, str(AddressKind.EMAIL)),
    )
    write(connection, sealed.row, vault.blind.row(subject, AddressKind.EMAIL, email))
    connection.execute("DELETE FROM vault_record WHERE ref = %s AND version < %s", (ref, version))


def _close_all(connection: Connection, change: _Change, now: datetime) -> None:
    """Whoever asked for the change may be somebody else: nothing that they hold opens anything any more."""
    who = {"user": change.user, "now": now, "since": change.asked_at}
    for statement in (
        "UPDATE web_session SET ended_at = %(now)s WHERE kind = 'user' AND subject = %(user)s AND ended_at IS NULL",
        "UPDATE login_link SET used_at = %(now)s WHERE kind = 'user' AND subject = %(user)s AND used_at IS NULL",
        "DELETE FROM passkey WHERE kind = 'user' AND subject = %(user)s AND made_at >= %(since)s",
    ):
        connection.execute(statement, who)


def _subject(user: UserId) -> Subject:
    return Subject(SubjectKind.COMPANY_USER, user)
