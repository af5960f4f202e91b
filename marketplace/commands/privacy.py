"""Erasing a person, and uniting two registrations of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import candidate as decide
from domain import consent as consents
from domain import merging, privacy_request, referral
from domain.calendar import add_years, jst_date
from domain.consent import WithdrawalCause
from domain.event import Event
from domain.ids import (
    CandidateId,
    IntroductionId,
    PrivacyRequestId,
    ReferralId,
    consent_of,
    referral_of,
)
from domain.introduction import PENDING, CancelCause
from domain.privacy_request import RequestKind
from domain.rules import share
from domain.rules.withdrawal import Step
from marketplace.commands.consent import following
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault import blind_index
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.erasure import certify, erase_candidate
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

    Everything is withdrawn in the same append, so it holds from the moment this is acknowledged.
    """
    loaded, consent = office.candidate(candidate), office.consent(candidate)
    withdrawn = consents.withdraw(consent.state, frozenset(), cause=WithdrawalCause.ERASURE)
    streams: Streams = {
        candidate: (loaded.version, [decide.start_erasure(loaded.state)]),
        consent_of(candidate): (consent.version, [withdrawn]),
    }
    streams |= following(office, candidate, Step.ERASED)
    with office.database.transaction() as connection:
        referrals = referral_board.of_candidate(connection, candidate)
    rows: list[CompanionRow] = []
    for n, each in enumerate(referrals):
        theirs = office.referral(ReferralId(each.referral))
        streams[each.referral] = (theirs.version, list(referral.suspend_card(theirs.state, cause="erasure")))
        key = PrivacyRequestId(new_id(command, "privacy-request", n))
        request = privacy_request.receive(
            privacy_request.INITIAL,
            request_id=key,
            kind=RequestKind.ERASE,
            controller=theirs.state.source,
            candidate=candidate,
            applicant=theirs.state.applicant,
            today=jst_date(command.now),
        )
        streams[key] = (0, [request])
        rows += mail(
            command,
            Message(
                template="privacy-request", to=To.COMPANY, recipient=theirs.state.source, about={"request": str(key)}
            ),
        )
    key_of_task = str(new_id(command, "erase"))
    task = {"id": key_of_task, "kind": "erase-candidate", "subject": str(candidate), "run_at": command.now.isoformat()}
    return office.log.append(command, streams, also=companions(CompanionRow("task", task), *rows))


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


@once
def merge(office: Office, command: Command, /, *, survivor: CandidateId, absorbed: CandidateId) -> Appended:
    """Two registrations are one person, who confirmed it from both mailboxes: one card, both claims, the stricter wins."""
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
    done = office.log.append(command, streams)
    move_addresses(office, survivor, absorbed)
    return done


def move_addresses(office: Office, survivor: CandidateId, absorbed: CandidateId) -> None:
    """Both mailboxes lead to the surviving registration."""
    with office.database.transaction() as connection:
        blind_index.move(connection, absorbed, survivor)
