"""Erasing a person, and uniting two registrations of one."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from domain import candidate as decide
from domain import consent as consents
from domain import merging, referral
from domain.calendar import add_years, jst_date
from domain.consent import WithdrawalCause
from domain.event import Event
from domain.ids import (
    CandidateId,
    CompanyId,
    ReferralId,
    consent_of,
    referral_of,
)
from domain.refusal import Refused
from domain.rules.withdrawal import Step
from marketplace.commands import privacy_request
from marketplace.commands.consent import closing, following
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages import outbox
from marketplace.messages.outbox import Message, To
from marketplace.store.database import Connection
from marketplace.store.log import Appended, Command
from marketplace.vault import blind_index, statutory
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.erasure import certify, erase_candidate, erase_subjects
from marketplace.vault.subject import Subject, SubjectKind
from projections import gate, referral_board

Streams = dict[UUID, tuple[int, list[Event]]]

FURTHER_DELETIONS = (
    "DELETE FROM message WHERE recipient = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM consent_receipt WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM registration WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM web_session WHERE kind = 'candidate' AND subject = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM login_link WHERE kind = 'candidate' AND subject = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM passkey WHERE kind = 'candidate' AND subject = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM passkey_declined WHERE kind = 'candidate' AND subject = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM share_link WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM contact_change WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM line_attempt WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM merge_link WHERE %(id)s IN (survivor, absorbed) AND %(kind)s = 'candidate'",
)
"""What else dies with a person, beside the vault's own rows."""

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('person ' || %s::text, 0))"
PARTING = "erasure-certificate"
PARTING_LASTS = timedelta(days=1)
"""How long an erasure waits at most until the last mail has gone out to the address that it destroys."""
UNFINISHED_LASTS = timedelta(days=1)
FORGOTTEN_AT_ONCE = 200


@once
def start_erasure(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """From here on nothing is shown, counted, disclosed, decrypted or sent; each source gets a privacy request.

    Everything is withdrawn in the same append, so it holds from the moment this is acknowledged. The registrations that
    were merged into this one are the same person and go with it.
    """
    streams: Streams = {}
    rows: list[CompanionRow] = []
    records: set[UUID] = set()
    for each in registrations_of(office, candidate):
        streams |= _end(office, each)
        task = {
            "id": str(new_id(command, f"erase:{each}")),
            "kind": "erase-candidate",
            "subject": str(each),
            "run_at": command.now.isoformat(),
        }
        rows.append(CompanionRow("task", task))
        with office.database.transaction() as connection:
            referrals = referral_board.of_candidate(connection, each)
        for each_of in referrals:
            theirs = office.referral(ReferralId(each_of.referral))
            streams[each_of.referral] = (theirs.version, list(referral.suspend_card(theirs.state, cause="erasure")))
        holders = [CompanyId(each_of.source) for each_of in referrals if each_of.applicant not in records]
        asked = privacy_request.ask(office, command, each, holders, first=len(records))
        records |= {each_of.applicant for each_of in referrals}
        streams |= asked.streams
        rows += asked.rows
    parting = Message(template=PARTING, to=To.CANDIDATE, recipient=candidate)
    # A moment earlier than the erasure, which takes the address with it and waits for this mail.
    rows += outbox.rows(command.id, [parting], command.now, run_at=command.now - timedelta(seconds=1))
    return office.log.append(command, streams, also=companions(*rows, *closing(command, streams)))


def _end(office: Office, candidate: CandidateId) -> Streams:
    """One registration ends: nothing is permitted any more, and what was being asked is over."""
    loaded, consent = office.candidate(candidate), office.consent(candidate)
    permitted = msgspec.structs.replace(consent.state, candidate=candidate)
    withdrawn = consents.withdraw(permitted, frozenset(), cause=WithdrawalCause.ERASURE)
    return {
        candidate: (loaded.version, [decide.start_erasure(loaded.state)]),
        consent_of(candidate): (consent.version, [withdrawn]),
        **following(office, candidate, Step.ERASED),
    }


def registrations_of(office: Office, candidate: CandidateId) -> list[CandidateId]:
    """This registration and those that were merged into it, which are not erased yet."""
    state = office.candidate(candidate).state
    several = [candidate]
    for each in state.absorbed:
        several += [one for one in registrations_of(office, each) if not office.candidate(one).state.erasing]
    return several


def finish_erasure(office: Office, candidate: CandidateId, now: datetime) -> bool:
    """Destroy keys and rows, then say so in an event with a signed certificate. Safe to stop and repeat anywhere.

    Answers False, and destroys nothing yet, while the last mail to the person is still on its way.
    """
    loaded = office.candidate(candidate)
    if not loaded.state.erasing or loaded.state.erased:
        return True
    with office.database.transaction() as connection:
        if _parting_waits(connection, candidate, now):
            return False
    with office.database.transaction() as connection:
        alone_with(connection, candidate)
        erase_candidate(office.vault.keyring, connection, candidate, now=now, further=FURTHER_DELETIONS)
        remaining = kept_by_law(connection, candidate)
    keep_until = max((until for _, until in remaining), default=add_years(jst_date(now), 1))
    certificate = certify(
        office.vault.sealer,
        office.vault.signer,
        candidate,
        erased_at=now,
        remaining=remaining,
        keep_until=keep_until,
    )
    event = decide.erase(loaded.state, remaining=remaining, certificate_ref=certificate.ref)
    command = Command(id=new_id(Command(id=candidate, actor="", now=now), "erased"), actor="worker:erase", now=now)
    office.log.append(command, {candidate: (loaded.version, [event])}, also=companions(certificate.sealed.row))
    return True


def alone_with(connection: Connection, person: UUID) -> None:
    """Until this transaction ends nobody else writes for the person outside the log, nor ends their erasure."""
    connection.execute(ALONE, (person,))


def check_still_there(connection: Connection, person: UUID) -> None:
    """What is written outside the log comes before the end of an erasure, or not at all. Refuses `not-found`."""
    alone_with(connection, person)
    if gate.is_gone(connection, person): raise Refused("not-found")


def _parting_waits(connection: Connection, candidate: CandidateId, now: datetime) -> bool:
    """Is the mail that says where the certificate will be not settled yet, though there was time?"""
    waits = connection.execute(
        "SELECT FROM message WHERE recipient = %s AND template = %s AND sent_at IS NULL AND not_sent IS NULL"
        " AND created_at > %s",
        (candidate, PARTING, now - PARTING_LASTS),
    )
    return waits.fetchone() is not None


def kept_by_law(connection: Connection, candidate: CandidateId) -> tuple[tuple[str, date], ...]:
    """What the law makes us keep of the person, under all registrations, and the last day of each."""
    several = gate.registrations_of(connection, candidate)
    return tuple(sorted(kept for each in several for kept in statutory.remaining(connection, each)))


def forget_unfinished(office: Office, now: datetime) -> None:
    """Erase what was given with registrations whose link is over for a day: the address, and the mails to it."""
    with office.database.transaction() as connection:
        begun = connection.execute(
            "SELECT candidate FROM registration WHERE used_at IS NULL AND coalesce(expires_at, started_at) < %s"
            " ORDER BY started_at LIMIT %s",
            (now - UNFINISHED_LASTS, FORGOTTEN_AT_ONCE),
        ).fetchall()
        nobody = [row[0] for row in begun if not office.candidate(CandidateId(row[0])).state.registered]
        kinds = (SubjectKind.CANDIDATE, SubjectKind.DEV_MAIL)
        several = [Subject(kind, who) for who in nobody for kind in kinds]
        if several:
            erase_subjects(office.vault.keyring, connection, several, now=now, further=FURTHER_DELETIONS)


def ask_to_merge(office: Office, command: Command, /, *, survivor: CandidateId, email: str) -> Appended | None:
    """A link goes to the other mailbox, if there is a registration behind it; who asks is never told."""
    with office.database.transaction() as connection:
        known = office.vault.blind.find(connection, SubjectKind.CANDIDATE, AddressKind.EMAIL, email)
    if not known or known[0] == survivor:
        return None
    about = {"survivor": str(survivor)}
    message = Message(template="merge-request", to=To.CANDIDATE, recipient=known[0], about=about)
    return office.log.append(command, {}, also=companions(*mail(command, message)))


def merge(office: Office, command: Command, /, *, survivor: CandidateId, absorbed: CandidateId) -> Appended:
    """Two registrations are one person, who confirmed it from both mailboxes; both mailboxes lead to the survivor.

    Sent again after a crash, the addresses still move.
    """
    done = _unite(office, command, survivor=survivor, absorbed=absorbed)
    with office.database.transaction() as connection:
        blind_index.move(connection, absorbed, survivor)
    return done


@once
def _unite(office: Office, command: Command, /, *, survivor: CandidateId, absorbed: CandidateId) -> Appended:
    """One card, both claims, the stricter wins; what the absorbed registration was being asked is over.

    What either handed over closes for whom the other blocked.
    """
    one, other = office.candidate(survivor), office.candidate(absorbed)
    event = decide.merge(one.state, other.state)
    mine, theirs = office.consent(survivor), office.consent(absorbed)
    taken_over = merging.unite(mine.state, theirs.state, candidate=survivor, now=command.now)
    united = functools.reduce(consents.evolve, taken_over, mine.state)
    streams: Streams = {
        survivor: (one.version, [event]),
        absorbed: (other.version, [event]),
        consent_of(survivor): (mine.version, list(taken_over)),
        consent_of(absorbed): (theirs.version, list(merging.give_way(theirs.state))),
    }
    with office.database.transaction() as connection:
        referrals = referral_board.of_candidate(connection, absorbed)
    for each in referrals:
        old = office.referral(ReferralId(each.referral))
        key = referral_of(survivor, old.state.source)
        existing = office.referral(key)
        streams[key] = (
            existing.version,
            list(merging.carry_over(existing.state, old.state, candidate=survivor)),
        )
        streams[each.referral] = (old.version, list(referral.suspend_card(old.state, cause="merge")))
    for who in (survivor, absorbed):
        streams |= following(office, who, Step.BLOCKED, united)
    streams |= following(office, absorbed, Step.UNLISTED)
    return office.log.append(command, streams, also=companions(*closing(command, streams)))
