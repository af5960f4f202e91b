"""How a person is reached: a new mailbox is proved before it counts, a dead channel rests the card, LINE is connected."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain import consent as consents
from domain import reaching, referral
from domain.applicant import Channel
from domain.consent import Permission, Scope, WithdrawalCause
from domain.event import Event
from domain.ids import CandidateId, ReferralId, VaultRef, consent_of
from domain.refusal import Refused
from marketplace.commands.candidate import contact, own
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.links import change_of_contact_link, use_contact_link
from marketplace.messages.outbox import Message, To
from marketplace.store.log import AlreadyThere, Appended, Command
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.companion import companions
from marketplace.vault.records import ContactRecord, LineRecord, open_own
from projections import referral_board

UNPROVED_LASTS = timedelta(days=1)
Streams = dict[UUID, tuple[int, list[Event]]]


class Change(msgspec.Struct, frozen=True):
    """A mailbox that waits to be proved."""

    id: UUID
    candidate: CandidateId
    contact_ref: VaultRef


@once
def ask_to_change(office: Office, command: Command, /, *, candidate: CandidateId, email: str) -> Appended:
    """A link goes to the new mailbox; until it is followed there, nothing changes. The answer never says whose it is."""
    normal_email(email)
    person = office.candidate(candidate)
    if not person.state.live: raise Refused("candidate-erased")
    sealed = office.vault.sealer.seal(own(candidate), replace(contact(office, candidate), email=email.strip()))
    change = {
        "id": str(new_id(command, "contact-change")),
        "candidate": str(candidate),
        "contact_ref": str(sealed.ref),
        "asked_at": command.now.isoformat(),
    }
    message = Message(
        template="contact-change", to=To.CANDIDATE, recipient=candidate,
        about={"change": change["id"], "contact": change["contact_ref"]},
    )
    with office.database.transaction() as connection:
        # Before the mail that leads to it: without the mail it opens nothing, and is forgotten within a day.
        connection.execute(
            "INSERT INTO contact_change (id, candidate, contact_ref, asked_at)"
            " VALUES (%(id)s, %(candidate)s, %(contact_ref)s, %(asked_at)s) ON CONFLICT (id) DO UPDATE"
            " SET contact_ref = excluded.contact_ref",
            change,
        )
    rows = [sealed.row, *mail(command, message)]
    # With the person's version: what is written while they are being erased would outlive its key.
    return office.log.append(command, {candidate: (person.version, [])}, also=companions(*rows))


def asked_for(office: Office, token: str, now: datetime) -> Change:
    """Whose mailbox the link was sent to, without using it up. Refuses `link-not-valid` for whatever reason."""
    with office.database.transaction() as connection:
        row = change_of_contact_link(connection, token, now)
    if row is None: raise Refused("link-not-valid")
    return Change(row[0], CandidateId(row[1]), VaultRef(row[2]))


def change_contact(office: Office, command: Command, /, *, change: Change) -> Appended:
    """The new mailbox was opened: it counts from now on, the old one is told, and nothing is disclosed for a day."""
    before = contact(office, change.candidate)
    done = _change(office, command, change=change)
    with office.database.transaction() as connection:
        use_contact_link(connection, change.id, command.now)
        new = contact(office, change.candidate)
        if normal_email(before.email) != normal_email(new.email):
            office.vault.blind.forget(connection, own(change.candidate), AddressKind.EMAIL, before.email)
    return done


@once
def _change(office: Office, command: Command, /, *, change: Change) -> Appended:
    person, subject = office.candidate(change.candidate), own(change.candidate)
    event = reaching.change_contact(person.state, ref=change.contact_ref, at=command.now)
    old = contact(office, change.candidate)
    with office.database.transaction() as connection:
        new = open_own(office.vault.keyring, connection, subject, change.contact_ref, ContactRecord)
    rows = mail(
        command,
        Message(
            template="contact-changed", to=To.CANDIDATE, recipient=change.candidate,
            about={"contact": str(event.old_ref)},
        ),
    )
    if normal_email(new.email) != normal_email(old.email):
        rows.append(office.vault.blind.row(subject, AddressKind.EMAIL, new.email))
    try:
        return office.log.append(command, {change.candidate: (person.version, [event])}, also=companions(*rows))
    except AlreadyThere as taken:
        raise Refused("address-already-registered") from taken


@once
def fail(office: Office, command: Command, /, *, candidate: CandidateId, channel: Channel) -> Appended:
    """Nothing arrives there any more: that consent ends, the card rests, and another channel is asked for."""
    person, consent = office.candidate(candidate), office.consent(candidate)
    streams: Streams = {candidate: (person.version, [reaching.fail(person.state, channel)])}
    permission = Permission(scope=Scope.CHANNEL, channel=channel)
    if consent.state.grant_of(permission) is not None:
        withdrawn = consents.withdraw(consent.state, frozenset({permission}), cause=WithdrawalCause.DEAD_CHANNEL)
        streams[consent_of(candidate)] = (consent.version, [withdrawn])
    with office.database.transaction() as connection:
        referrals = referral_board.of_candidate(connection, candidate)
    if not person.state.reach.works_besides(channel):
        for each in referrals:
            theirs = office.referral(ReferralId(each.referral))
            streams[each.referral] = (theirs.version, list(referral.suspend_card(theirs.state, cause="dead-channel")))
    rows = mail(command, Message(template="channel-failed", to=To.CANDIDATE, recipient=candidate))
    return office.log.append(command, streams, also=companions(*rows))


@once
def connect_line(office: Office, command: Command, /, *, candidate: CandidateId, account: str) -> Appended:
    """The person signed in at LINE; one account belongs to one person."""
    person, subject = office.candidate(candidate), own(candidate)
    sealed = office.vault.sealer.seal(subject, LineRecord(account=account))
    event = reaching.connect_line(person.state, ref=sealed.ref)
    rows = [sealed.row]
    with office.database.transaction() as connection:
        known = office.vault.blind.find(connection, subject.kind, AddressKind.LINE, account)
    if known and known != (candidate,): raise Refused("line-account-taken")
    if not known: rows.append(office.vault.blind.row(subject, AddressKind.LINE, account))
    try:
        return office.log.append(command, {candidate: (person.version, [event])}, also=companions(*rows))
    except AlreadyThere as taken:
        raise Refused("line-account-taken") from taken


def disconnect_line(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """Nothing is sent to LINE any more, and the account opens no door here."""
    done = _disconnect(office, command, candidate=candidate)
    with office.database.transaction() as connection:
        office.vault.blind.forget_kind(connection, own(candidate), AddressKind.LINE)
    return done


@once
def _disconnect(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    person, consent = office.candidate(candidate), office.consent(candidate)
    streams: Streams = {candidate: (person.version, [reaching.disconnect_line(person.state)])}
    permission = Permission(scope=Scope.CHANNEL, channel=Channel.LINE)
    if consent.state.grant_of(permission) is not None:
        withdrawn = consents.withdraw(consent.state, frozenset({permission}), cause=WithdrawalCause.PERSON)
        streams[consent_of(candidate)] = (consent.version, [withdrawn])
    return office.log.append(command, streams)


def forget_unproved(office: Office, now: datetime) -> None:
    """Mailboxes that were given and not proved within a day are forgotten, and their records destroyed."""
    with office.database.transaction() as connection:
        gone = connection.execute(
            "DELETE FROM contact_change WHERE asked_at < %s RETURNING contact_ref, used_at IS NULL", (now - UNPROVED_LASTS,)
        ).fetchall()
        refs = [ref for ref, unproved in gone if unproved]
        connection.execute("DELETE FROM vault_record WHERE ref = ANY(%s) AND subject_kind = 'candidate'", (refs,))
        connection.execute("DELETE FROM line_attempt WHERE expires_at < %s", (now - UNPROVED_LASTS,))
