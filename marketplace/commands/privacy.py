"""Erasing a person, and uniting two registrations of one."""

from __future__ import annotations

from datetime import datetime, timedelta
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
    IntroductionId,
    ReferralId,
    consent_of,
    referral_of,
)
from domain.introduction import PENDING, CancelCause
from domain.rules import share
from domain.rules.withdrawal import Step
from marketplace.commands import privacy_request
from marketplace.commands.consent import following
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages import outbox
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault import blind_index
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.erasure import certify, erase_candidate
from marketplace.vault.subject import SubjectKind
from projections import candidate_inbox, referral_board

Streams = dict[UUID, tuple[int, list[Event]]]

FURTHER_DELETIONS = (
    "DELETE FROM message WHERE recipient = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM consent_receipt WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
    "DELETE FROM registration WHERE candidate = %(id)s AND %(kind)s = 'candidate'",
)
"""What else dies with a person, beside the vault's own rows."""


@once
def start_erasure(office: Office, command: Command, /, *, candidate: CandidateId) -> Appended:
    """From here on nothing is shown, counted, disclosed, decrypted or sent; each source gets a privacy request.

    Everything is withdrawn in the same append, so it holds from the moment this is acknowledged. The registrations that
    were merged into this one are the same person and go with it.
    """
    streams: Streams = {}
    rows: list[CompanionRow] = []
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
        referrals = referral_board.of_candidate(connection, candidate)
    for each_of in referrals:
        theirs = office.referral(ReferralId(each_of.referral))
        streams[each_of.referral] = (theirs.version, list(referral.suspend_card(theirs.state, cause="erasure")))
    asked = privacy_request.ask(office, command, candidate, [CompanyId(each_of.source) for each_of in referrals])
    parting = Message(template="erasure-certificate", to=To.CANDIDATE, recipient=candidate)
    # A moment earlier than the erasure, which takes the address with it.
    rows += outbox.rows(command.id, [parting], command.now, run_at=command.now - timedelta(seconds=1))
    return office.log.append(command, streams | asked.streams, also=companions(*rows, *asked.rows))


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


def finish_erasure(office: Office, candidate: CandidateId, now: datetime) -> None:
    """Destroy keys and rows, then say so in an event with a signed certificate. Safe to stop and repeat anywhere."""
    loaded = office.candidate(candidate)
    if not loaded.state.erasing or loaded.state.erased:
        return
    with office.database.transaction() as connection:
        remaining = erase_candidate(office.vault.keyring, connection, candidate, now=now, further=FURTHER_DELETIONS)
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
    """One card, both claims, the stricter wins; what the absorbed registration was being asked is over."""
    one, other = office.candidate(survivor), office.candidate(absorbed)
    event = decide.merge(one.state, other.state)
    mine, theirs = office.consent(survivor), office.consent(absorbed)
    streams: Streams = {
        survivor: (one.version, [event]),
        absorbed: (other.version, [event]),
        consent_of(survivor): (
            mine.version,
            list(merging.unite(mine.state, theirs.state, candidate=survivor, now=command.now)),
        ),
        consent_of(absorbed): (theirs.version, list(merging.give_way(theirs.state))),
    }
    with office.database.transaction() as connection:
        referrals = referral_board.of_candidate(connection, absorbed)
        asks = candidate_inbox.unfinished(connection, absorbed)
    for each in referrals:
        old = office.referral(ReferralId(each.referral))
        key = referral_of(survivor, old.state.source)
        existing = office.referral(key)
        streams[key] = (
            existing.version,
            list(merging.carry_over(existing.state, old.state, candidate=survivor)),
        )
        streams[each.referral] = (old.version, list(referral.suspend_card(old.state, cause="merge")))
    for ask_id in asks:
        ask = office.introduction(IntroductionId(ask_id))
        if ask.state.status in PENDING:
            streams[ask_id] = (ask.version, [share.cancel(ask.state, CancelCause.WITHDRAWN)])
    return office.log.append(command, streams)
