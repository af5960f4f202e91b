"""Registering: an address is given, a link is sent to it, and only who opens that mailbox becomes a candidate."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import msgspec

from domain import applying, candidate, referral
from domain.applicant import Applicant
from domain.candidate import Entrance
from domain.company import CompanyRole
from domain.event import Event
from domain.ids import ApplicantId, CandidateId, CompanyId, VaultRef, referral_of
from domain.refusal import Refused
from domain.rules import cooling_off
from domain.rules.licence import check_active
from domain.vocabulary import Kind, terms
from marketplace import clock
from marketplace.commands import applicant as applicants
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import AlreadyThere, Appended, Command, Loaded
from marketplace.vault.blind_index import AddressKind, normal_email
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import ApplicantRecord, ContactRecord, open_many, open_own
from marketplace.vault.subject import Subject, SubjectKind

LINK_LASTS = timedelta(minutes=10)


class Begun(msgspec.Struct, frozen=True):
    """A registration whose mailbox was just proved."""

    id: UUID
    candidate: CandidateId
    contact_ref: VaultRef
    entrance: Entrance
    source: CompanyId | None
    applicant: ApplicantId | None
    language: str


def check_entrance(
    office: Office, *, entrance: Entrance, source: CompanyId | None, invited: ApplicantId | None
) -> CompanyId | None:
    """By whose door someone comes in. Says nothing of any address. Refuses an invitation that was not sent."""
    record: Applicant | None = applicants.load(office, invited).state if invited else None
    cooling_off.may_enter(entrance, record)
    if record is not None:
        source = record.company
    if source is not None:
        check_active(office.company(source).state, CompanyRole.SOURCE)
    return source


@once
def begin(
    office: Office,
    command: Command,
    /,
    *,
    email: str,
    language: str,
    entrance: Entrance,
    source: CompanyId | None = None,
    invited: ApplicantId | None = None,
) -> Appended:
    """Someone gave an address. Whoever is known there is sent a sign-in link instead; the answer is the same."""
    normal_email(email)
    source = check_entrance(office, entrance=entrance, source=source, invited=invited)
    with office.database.transaction() as connection:
        known = office.vault.blind.find(connection, SubjectKind.CANDIDATE, AddressKind.EMAIL, email)
    if known:
        message = Message(template="already-registered", to=To.CANDIDATE, recipient=known[0])
        return office.log.append(command, {}, also=companions(*mail(command, message)))
    who = CandidateId(new_id(command, "candidate"))
    sealed = office.vault.sealer.seal(Subject(SubjectKind.CANDIDATE, who), ContactRecord(email=email.strip()))
    registration = {
        "id": str(new_id(command, "registration")),
        "candidate": str(who),
        "contact_ref": str(sealed.ref),
        "entrance": str(entrance),
        "source": source and str(source),
        "applicant": invited and str(invited),
        "language": language,
        "started_at": command.now.isoformat(),
    }
    message = Message(
        template="verify-mailbox", to=To.CANDIDATE, recipient=who, about={"registration": registration["id"] or ""}
    )
    rows = [CompanionRow("registration", registration), sealed.row, *mail(command, message)]
    return office.log.append(command, {}, also=companions(*rows))


def mint_link(office: Office, registration: UUID) -> str:
    """A fresh token for the link in the mail; only its digest is kept, and it holds for ten minutes."""
    token = secrets.token_urlsafe(32)
    with office.database.transaction() as connection:
        connection.execute(
            "UPDATE registration SET token_digest = %s, expires_at = %s WHERE id = %s AND used_at IS NULL",
            (hashlib.sha256(token.encode()).digest(), clock.now(connection) + LINK_LASTS, registration),
        )
    return token


def opened(office: Office, token: str) -> Begun:
    """Whose mailbox was opened, without using the link up. Refuses `link-not-valid` for whatever reason."""
    with office.database.transaction() as connection:
        row = connection.execute(
            "SELECT id, candidate, contact_ref, entrance, source, applicant, language FROM registration"
            " WHERE token_digest = %s AND used_at IS NULL AND expires_at > %s",
            (hashlib.sha256(token.encode()).digest(), clock.now(connection)),
        ).fetchone()
    if row is None:
        raise Refused("link-not-valid")
    return Begun(row[0], CandidateId(row[1]), VaultRef(row[2]), Entrance(row[3]), *row[4:])


def use_up(office: Office, begun: Begun) -> None:
    """The registration is complete, and whoever comes second with the same link is refused `link-not-valid`."""
    with office.database.transaction() as connection:
        used = connection.execute(
            "UPDATE registration SET used_at = %s WHERE id = %s AND used_at IS NULL",
            (clock.now(connection), begun.id),
        ).rowcount
    if not used:
        raise Refused("link-not-valid")


def command_of(begun: Begun, now: datetime) -> Command:
    """The command that completes this registration: one, however often the link is sent."""
    return Command(id=uuid5(begun.id, "complete"), actor=f"candidate:{begun.candidate}", now=now)


@once
def complete(
    office: Office, command: Command, /, *, begun: Begun, name: str, is_adult: bool, is_pupil: bool
) -> Appended:
    """The person registers, and claims their record at the source that invited them, if the mailbox is the same.

    The source's referral and the person's confirmation of it are in the same append: the person came by that source.
    """
    loaded = office.candidate(begun.candidate)
    contact = _contact(office, begun, name)
    subject = Subject(SubjectKind.CANDIDATE, begun.candidate)
    sealed = office.vault.sealer.seal(subject, contact)
    registered = candidate.register(
        loaded.state,
        candidate_id=begun.candidate,
        entrance=begun.entrance,
        language=begun.language,
        contact_ref=sealed.ref,
    )
    adult = candidate.declare_adulthood(
        candidate.evolve(loaded.state, registered), is_adult=is_adult, is_pupil=is_pupil
    )
    streams: dict[UUID, tuple[int, list[Event]]] = {begun.candidate: (loaded.version, [registered, adult])}
    for applicant_id, theirs in _records_of(office, begun.source, [contact.email]):
        streams[applicant_id] = (theirs.version, list(applying.claim(theirs.state, candidate=begun.candidate)))
        _refer(office, command, begun.candidate, applicant_id, theirs.state, streams)
    rows = [sealed.row, office.vault.blind.row(subject, AddressKind.EMAIL, contact.email)]
    rows += mail(command, Message(template="welcome", to=To.CANDIDATE, recipient=begun.candidate))
    try:
        return office.log.append(command, streams, also=companions(*rows))
    except AlreadyThere as taken:
        raise Refused("address-already-registered") from taken


def _contact(office: Office, begun: Begun, name: str) -> ContactRecord:
    with office.database.transaction() as connection:
        given = open_own(
            office.vault.keyring,
            connection,
            Subject(SubjectKind.CANDIDATE, begun.candidate),
            begun.contact_ref,
            ContactRecord,
        )
        phone = kana = ""
        if begun.applicant:
            theirs = applicants.load(office, begun.applicant).state
            subject = Subject(SubjectKind.APPLICANT, begun.applicant)
            record = open_many(
                office.vault.keyring, connection, [(subject, VaultRef(theirs.ref))], ApplicantRecord
            ).get(VaultRef(theirs.ref))
            if record is not None and _is_of(given.email, record):
                phone, kana = record.phone, record.kana
    return ContactRecord(email=given.email, name=name.strip(), phone=phone, kana=kana)


def _is_of(email: str, record: ApplicantRecord) -> bool:
    return normal_email(email) in {address.strip().casefold() for address in record.emails}


def _records_of(
    office: Office, source: CompanyId | None, mailboxes: Sequence[str]
) -> list[tuple[ApplicantId, Loaded[Applicant]]]:
    """The source's records with one of these mailboxes, the one that came furthest first.

    Proving the mailbox is what proves that they are the person's.
    """
    if source is None:
        return []
    with office.database.transaction() as connection:
        found = {
            ApplicantId(each)
            for email in mailboxes
            for each in office.vault.blind.find(
                connection, SubjectKind.APPLICANT, AddressKind.EMAIL, email, controller=source
            )
        }
    loaded = [(each, applicants.load(office, each)) for each in found]
    several = [(applicant_id, theirs) for applicant_id, theirs in loaded if _claimable(theirs.state)]
    return sorted(several, key=lambda each: (-_how_far(each[1].state.stage), each[0]))


def _claimable(theirs: Applicant) -> bool:
    gone = theirs.erased or theirs.frozen or bool(theirs.retention_ended)
    return theirs.imported and not gone and theirs.candidate is None


def _how_far(stage: str) -> int:
    order = [term.code for term in terms(Kind.STAGE)]
    return order.index(stage) if stage in order else -1


@once
def claim(office: Office, command: Command, /, *, candidate: CandidateId, source: CompanyId) -> Appended:
    """A registered person says of a further source: it turned me away too. Their proved mailboxes say which record."""
    check_active(office.company(source).state, CompanyRole.SOURCE)
    loaded = office.candidate(candidate)
    if not loaded.state.live: raise Refused("candidate-not-registered")
    mine = _records_of(office, source, [each.email for each in _contacts(office, candidate)])
    if not mine: raise Refused("no-record-to-claim")
    streams: dict[UUID, tuple[int, list[Event]]] = {candidate: (loaded.version, [])}
    for applicant_id, theirs in mine:
        streams[applicant_id] = (theirs.version, list(applying.claim(theirs.state, candidate=candidate)))
        _refer(office, command, candidate, applicant_id, theirs.state, streams)
    return office.log.append(command, streams)


def _contacts(office: Office, candidate: CandidateId) -> list[ContactRecord]:
    """The person's own address and those of the registrations that were merged into this one."""
    state = office.candidate(candidate).state
    own = [(candidate, state.contact_ref)]
    own += [(each, office.candidate(each).state.contact_ref) for each in state.absorbed]
    wanted = [(Subject(SubjectKind.CANDIDATE, who), ref) for who, ref in own]
    with office.database.transaction() as connection:
        return list(open_many(office.vault.keyring, connection, wanted, ContactRecord).values())


def _refer(
    office: Office,
    command: Command,
    who: CandidateId,
    applicant_id: ApplicantId,
    theirs: Applicant,
    streams: dict[UUID, tuple[int, list[Event]]],
) -> None:
    """One referral per source: the record that came furthest is the one it stands on; rejected and kept with a basis."""
    key = referral_of(who, theirs.company)
    loaded = office.referral(key)
    if key in streams or not theirs.invitable or (loaded.state.made and not loaded.state.ended):
        return
    made = referral.refer(
        loaded.state, candidate=who, source=theirs.company, applicant=applicant_id, reached=theirs.stage
    )
    confirmed = referral.confirm_ownership(
        referral.evolve(loaded.state, made), now=command.now, window_days=office.policy.ownership_window_days
    )
    streams[key] = (loaded.version, [made, *confirmed])
