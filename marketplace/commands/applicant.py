"""A source's applicants: invited decently in its name, disowned with one tap, let go when the source decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import applying
from domain.applicant import (
    INITIAL,
    Applicant,
    Channel,
    EvaluationRecorded,
    InvitationCancelled,
    InvitationScheduled,
    evolve,
)
from domain.company import Company, CompanyRole
from domain.consent import INITIAL as NO_CONSENT
from domain.event import Event
from domain.ids import ApplicantId, CandidateId, CompanyId, VaultRef
from domain.refusal import Refused
from domain.rules import cooling_off
from domain.rules.licence import check_active
from marketplace.commands import set_aside
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.blind_index import AddressKind, Basis
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.erasure import erase_subjects
from marketplace.vault.records import ApplicantRecord, EvaluationRecord, R, open_own
from marketplace.vault.subject import Subject, SubjectKind

FURTHER_DELETIONS = ("DELETE FROM message WHERE recipient = %(id)s AND %(kind)s = 'applicant'",)
"""What else dies with a record, beside the vault's own rows."""


def load(office: Office, applicant: ApplicantId) -> Loaded[Applicant]:
    """An applicant's stream."""
    return office.log.load(applicant, INITIAL, evolve)


def _own(office: Office, applicant: ApplicantId, company: CompanyId) -> Loaded[Applicant]:
    loaded = load(office, applicant)
    if loaded.state.company != company:
        raise Refused("applicant-unknown")
    return loaded


@once
def invite(office: Office, command: Command, /, *, applicant: ApplicantId, company: CompanyId) -> Appended:
    """Schedule an invitation in the source's name for the first decent moment after cooling-off (rule 4)."""
    loaded = _own(office, applicant, company)
    event = _scheduled(office, applicant, loaded.state, invitation=new_id(command, "invitation"), now=command.now)
    return office.log.append(command, {applicant: (loaded.version, [event])})


def invitation_moment(office: Office, applicant: ApplicantId, *, company: CompanyId, now: datetime) -> datetime:
    """When an invitation made now would go out. Raises what would refuse it; nothing is scheduled."""
    state = _own(office, applicant, company).state
    return _scheduled(office, applicant, state, invitation=applicant, now=now).not_before


def _scheduled(
    office: Office, applicant: ApplicantId, state: Applicant, *, invitation: UUID, now: datetime
) -> InvitationScheduled:
    source = office.company(state.company).state
    check_active(source, CompanyRole.SOURCE)
    if state.imported and not state.erased:
        _check_reachable(office, now, applicant, state)
    moment = cooling_off.invitation_not_before(
        state, source, now=now, policy=office.policy, holidays=office.holidays
    )
    return applying.schedule_invitation(state, invitation=invitation, channel=Channel.EMAIL, not_before=moment)


def _check_reachable(office: Office, now: datetime, applicant: ApplicantId, state: Applicant) -> None:
    """Nothing is scheduled that could not be sent as things stand; when it is sent all of it is asked again."""
    if not cooling_off.has_basis(state, Channel.EMAIL, NO_CONSENT, now) and state.candidate is None:
        raise Refused("no-basis-for-channel", channel=Channel.EMAIL.value)
    if is_suppressed(office, applicant, state):
        raise Refused("opted-out")


@once
def cancel_invitation(office: Office, command: Command, /, *, applicant: ApplicantId, company: CompanyId) -> Appended:
    """The source takes an invitation back that was not sent yet."""
    loaded = _own(office, applicant, company)
    if loaded.state.invitation is None:
        raise Refused("invitation-unknown")
    event = applying.cancel_invitation(loaded.state, invitation=loaded.state.invitation.id, cause="source")
    return office.log.append(command, {applicant: (loaded.version, [event])})


@once
def send_invitation(office: Office, command: Command, /, *, applicant: ApplicantId) -> Appended:
    """The moment has come: all is decided anew, then the mail goes out; what no longer may be sent is cancelled."""
    loaded = load(office, applicant)
    state, waiting = loaded.state, loaded.state.invitation
    if waiting is None:
        raise Refused("invitation-unknown")
    source = office.company(state.company)
    # A suspension or a longer cooling-off period at this moment is before the invitation or after it.
    rests_on: dict[UUID, tuple[int, list[Event]]] = {state.company: (source.version, [])}
    try:
        _may_push(office, command, state, source.state, applicant)
    except Refused as refused:
        if refused.code in {"not-a-decent-hour", "cooling-off-not-over", "company-suspended"}:
            raise
        cancelled = InvitationCancelled(invitation=waiting.id, cause=refused.code)
        return office.log.append(command, {applicant: (loaded.version, [cancelled])})
    event = applying.send_invitation(state, invitation=waiting.id, now=command.now)
    message = Message(
        template="invitation",
        to=To.APPLICANT,
        recipient=applicant,
        about={"invitation": str(waiting.id), "company": str(state.company)},
    )
    return office.log.append(
        command, rests_on | {applicant: (loaded.version, [event])}, also=companions(*mail(command, message))
    )


def _may_push(office: Office, command: Command, state: Applicant, source: Company, applicant: ApplicantId) -> None:
    consent = office.consent(CandidateId(state.candidate)).state if state.candidate else NO_CONSENT
    cooling_off.may_push(
        state,
        source,
        Channel.EMAIL,
        consent,
        opted_out=is_suppressed(office, applicant, state),
        now=command.now,
        policy=office.policy,
        holidays=office.holidays,
    )


def is_suppressed(office: Office, applicant: ApplicantId, state: Applicant) -> bool:
    """Is the address that we would write to on the suppression list?"""
    email = address_of(office, applicant, state)
    if email is None:
        return True
    with office.database.transaction() as connection:
        found = office.vault.blind.suppressed(connection, AddressKind.EMAIL, email, company=state.company)
    return found is not None


def address_of(office: Office, applicant: ApplicantId, state: Applicant) -> str | None:
    """The e-mail address of a record, or None where there is none (any more)."""
    record = _opened(office, applicant, VaultRef(state.ref), ApplicantRecord)
    return record.emails[0] if record and record.emails else None


def words(office: Office, applicant: ApplicantId) -> ApplicantRecord | None:
    """The record's words, for the source that brought it in; None once they are gone."""
    return _opened(office, applicant, VaultRef(load(office, applicant).state.ref), ApplicantRecord)


def evaluation(office: Office, applicant: ApplicantId) -> tuple[tuple[tuple[str, int], ...], EvaluationRecord | None]:
    """The source's own last evaluation, its scores and its words; for that source only."""
    said = [e.event for e in office.log.history(applicant) if isinstance(e.event, EvaluationRecorded)]
    if not said:
        return (), None
    return said[-1].scores, _opened(office, applicant, VaultRef(said[-1].ref), EvaluationRecord)


def _opened(office: Office, applicant: ApplicantId, ref: VaultRef, kind: type[R]) -> R | None:
    subject = Subject(SubjectKind.APPLICANT, applicant)
    with office.database.transaction() as connection:
        try:
            return open_own(office.vault.keyring, connection, subject, ref, kind)
        except Refused as refused:
            if refused.code != "record-gone":
                raise
            return None


@once
def disown(office: Office, command: Command, /, *, applicant: ApplicantId, invitation: UUID) -> Appended:
    """「心当たりがない」: the address is suppressed for everyone, the record frozen, the source told."""
    loaded = load(office, applicant)
    event = applying.disown_invitation(loaded.state, invitation=invitation)
    rows = mail(
        command,
        Message(
            template="invitation-disowned",
            to=To.COMPANY,
            recipient=loaded.state.company,
            about={"applicant": str(applicant)},
        ),
    )
    if email := address_of(office, applicant, loaded.state):
        rows.append(office.vault.blind.suppress(AddressKind.EMAIL, email, Basis.DISOWNED, now=command.now))
    return office.log.append(command, {applicant: (loaded.version, [event])}, also=companions(*rows))


@once
def erase(office: Office, command: Command, /, *, applicant: ApplicantId, company: CompanyId, cause: str) -> Appended:
    """The source lets a record go: a tombstone stays, which refuses re-import."""
    loaded = _own(office, applicant, company)
    events = applying.erase(loaded.state, cause=cause)
    task = destroying(command, applicant)
    return office.log.append(command, {applicant: (loaded.version, events)}, also=companions(task))


def destroying(command: Command, applicant: ApplicantId) -> CompanionRow:
    """The task that destroys a record whose stream says in the same append that it is erased."""
    key = str(new_id(command, "task"))
    task = {"id": key, "kind": "destroy-applicant", "subject": str(applicant), "run_at": command.now.isoformat()}
    return CompanionRow("task", task)


def destroy(office: Office, applicant: ApplicantId, now: datetime) -> None:
    """Destroy the keys and the rows of a record whose stream says that it is erased; a second time changes nothing."""
    if load(office, applicant).state.erased:
        set_aside.erase_with(office, applicant, now)
        several = [Subject(kind, applicant) for kind in (SubjectKind.APPLICANT, SubjectKind.DEV_MAIL)]
        with office.database.transaction() as connection:
            erase_subjects(office.vault.keyring, connection, several, now=now, further=FURTHER_DELETIONS)
