"""Whom a message reaches at this moment: the gate and the suppression list first, then the address from the vault.

Rule 3: an erased or merged person gets nothing; one who took mail back, or paused, gets nothing that others want of
them. Rule 4: nobody writes to a suppressed address, and nothing is pushed outside decent hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain import applicant as applicants
from domain import candidate as candidates
from domain import company as companies
from domain import consent as consents
from domain.applicant import Applicant, Channel, InvitationStatus
from domain.company import Company
from domain.ids import CandidateId, CompanyId, VaultRef
from domain.refusal import Refused
from domain.rules import cooling_off
from marketplace.messages.outbox import To
from marketplace.messages.post import Post, Reader, Waiting, Withheld
from marketplace.messages.templates import TEMPLATES, Nature
from marketplace.store.database import Connection
from marketplace.texts.catalogue import Language
from marketplace.vault.blind_index import FROM_NOBODY, AddressKind, normal_email
from marketplace.vault.envelope import Record
from marketplace.vault.records import AddressChange, ApplicantRecord, ContactRecord, MemberRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind
from projections import gate

R = TypeVar("R", bound=Record)


def find(post: Post, connection: Connection, waiting: Waiting, now: datetime) -> Reader:
    """The reader of a message for one person. Raises Withheld."""
    match waiting.to:
        case To.APPLICANT:
            return _applicant(post, connection, waiting, now)
        case To.CANDIDATE:
            return _candidate(post, connection, waiting, now)
        case To.USER:
            return _user(post, connection, waiting)
        case To.COMPANY:
            raise ValueError(waiting.to)


def members(connection: Connection, waiting: Waiting) -> list[UUID]:
    """Who of a company reads this kind of mail now."""
    roles = [str(role) for role in TEMPLATES[waiting.template].roles]
    found = connection.execute(
        "SELECT user_id FROM member WHERE company = %s AND left_at IS NULL AND role = ANY(%s) ORDER BY user_id",
        (waiting.recipient, roles),
    )
    return [row[0] for row in found]


def _applicant(post: Post, connection: Connection, waiting: Waiting, now: datetime) -> Reader:
    state = post.log.load(waiting.recipient, applicants.INITIAL, applicants.evolve).state
    if state.erased: raise Withheld("erased")
    if state.frozen: raise Withheld("frozen")
    if state.retention_ended: raise Withheld("retention-ended")
    if state.candidate is not None: raise Withheld("registered-already")
    sent = state.invitation
    if sent is None or sent.id != waiting.named("invitation") or sent.status is not InvitationStatus.SENT:
        raise Withheld("invitation-gone")
    source = post.log.load(state.company, companies.INITIAL, companies.evolve).state
    if source.suspended: raise Withheld("company-suspended")
    _may_push(post, state, source, now)
    record = _open(post, connection, Subject(SubjectKind.APPLICANT, waiting.recipient), state.ref, ApplicantRecord)
    if not record.emails: raise Withheld("no-address")
    address = _reachable(post, connection, record.emails[0], state.company)
    return Reader(address=address, name=record.name, language=_language(waiting, None, post))


def _may_push(post: Post, state: Applicant, source: Company, now: datetime) -> None:
    """Rule 4 once more: what the source has said of the record since the invitation was decided counts too."""
    if not state.invitable: raise Withheld("applicant-not-invitable")
    try:
        cooling_off.may_push(
            state,
            source,
            Channel.EMAIL,
            consents.INITIAL,
            opted_out=False,  # the suppression list is asked with the address
            now=now,
            policy=post.policy,
            holidays=post.holidays,
        )
    except Refused as refused:
        raise Withheld(refused.code) from None


def _candidate(post: Post, connection: Connection, waiting: Waiting, now: datetime) -> Reader:
    who, kind = CandidateId(waiting.recipient), TEMPLATES[waiting.template]
    if gate.is_open(connection, who, "merged", now=now): raise Withheld("merged")
    if gate.is_open(connection, who, "erased", now=now) and not kind.after_erasure: raise Withheld("erased")
    if kind.nature is Nature.CONSENTED:
        if gate.is_open(connection, who, "paused", now=now): raise Withheld("paused")
        if not gate.is_open(connection, who, "channel-email", now=now): raise Withheld("no-consent-to-mail")
    if "registration" in waiting.about:
        ref, language = _registration(connection, waiting)
    else:
        state = post.log.load(who, candidates.INITIAL, candidates.evolve).state
        ref, language = VaultRef(UUID(waiting.about.get("contact", str(state.contact_ref)))), state.language
        # What opens a door is tried all the same: it is how the person comes back.
        dead = Channel.EMAIL in state.reach.failed and "contact" not in waiting.about
        if dead and not kind.tries_dead_mailbox: raise Withheld("mailbox-dead")
    record = _open(post, connection, Subject(SubjectKind.CANDIDATE, who), ref, ContactRecord)
    address = _reachable(post, connection, record.email, FROM_NOBODY)
    return Reader(address=address, name=record.name, language=_language(waiting, language, post))


def _registration(connection: Connection, waiting: Waiting) -> tuple[VaultRef, str]:
    row = connection.execute(
        "SELECT contact_ref, language, used_at FROM registration WHERE id = %s", (waiting.named("registration"),)
    ).fetchone()
    if row is None: raise Withheld("registration-gone")
    if row[2] is not None: raise Withheld("answered-already")
    return VaultRef(row[0]), row[1]


def _user(post: Post, connection: Connection, waiting: Waiting) -> Reader:
    employer = waiting.about.get("for_company") or waiting.about.get("company")
    held = connection.execute(
        "SELECT role FROM member WHERE user_id = %s AND left_at IS NULL AND (%s::uuid IS NULL OR company = %s::uuid)",
        (waiting.recipient, employer, employer),
    ).fetchall()
    if not held: raise Withheld("left")
    roles = TEMPLATES[waiting.template].roles
    if "for_company" in waiting.about and held[0][0] not in roles: raise Withheld("other-role")
    subject = Subject(SubjectKind.COMPANY_USER, waiting.recipient)
    record = _open(post, connection, subject, VaultRef(waiting.recipient), MemberRecord)
    own = _changing(post, connection, waiting, subject) if "change" in waiting.about else record.email
    spoken = connection.execute(
        "SELECT language FROM web_session WHERE kind = 'user' AND subject = %s AND language IS NOT NULL"
        " ORDER BY seen_at DESC LIMIT 1",
        (waiting.recipient,),
    ).fetchone()
    address = _reachable(post, connection, own, FROM_NOBODY)
    return Reader(address=address, name=record.name, language=_language(waiting, spoken[0] if spoken else None, post))


def _changing(post: Post, connection: Connection, waiting: Waiting, subject: Subject) -> str:
    """Of a change of address: the new one is asked, the old one told, whichever holds by now."""
    row = connection.execute("SELECT ref FROM address_change WHERE id = %s", (waiting.named("change"),)).fetchone()
    if row is None: raise Withheld("change-gone")
    change = _open(post, connection, subject, VaultRef(row[0]), AddressChange)
    return change.new if waiting.template == "address-confirm" else change.old


def _open(post: Post, connection: Connection, subject: Subject, ref: VaultRef, record: type[R]) -> R:
    try:
        return open_own(post.vault.keyring, connection, subject, ref, record)
    except Refused as refused:
        if refused.code != "record-gone": raise
        raise Withheld("address-gone") from None


def _reachable(post: Post, connection: Connection, address: str, sender: CompanyId) -> str:
    """The address in the one spelling that is also looked up; nothing in it can begin a header or a second address."""
    try:
        normal = normal_email(address)
    except Refused:
        raise Withheld("address-not-understood") from None
    if post.vault.blind.suppressed(connection, AddressKind.EMAIL, normal, company=sender) is not None:
        raise Withheld("suppressed")
    return normal


def _language(waiting: Waiting, known: str | None, post: Post) -> Language:
    """The language the message was asked in, else the reader's, else the site's."""
    chosen = waiting.about.get("language") or known
    return "ja" if chosen == "ja" else "en" if chosen == "en" else post.language
