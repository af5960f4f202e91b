"""Giving a company an administrator again: the operator proposes, every member is told and may object, then it happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain import membership
from domain import recovery as decide
from domain.company import MemberRole
from domain.event import Event
from domain.ids import CompanyId, RecoveryId, UserId, VaultRef, recovery_of
from domain.recovery import Recovery, RecoveryCause
from domain.refusal import Refused
from marketplace.commands.company import user_of
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import Evidence, MemberRecord, open_own
from marketplace.vault.subject import Subject, SubjectKind


def load(office: Office, company_id: CompanyId) -> Loaded[Recovery]:
    """The latest proposal for the company."""
    return _load(office, recovery_of(company_id))


def nominee(office: Office, recovery: Recovery) -> MemberRecord | None:
    """Who shall be administrator; None where the record is gone."""
    subject = Subject(SubjectKind.COMPANY_USER, recovery.user)
    with office.database.transaction() as connection:
        try:
            return open_own(office.vault.keyring, connection, subject, VaultRef(recovery.user), MemberRecord)
        except Refused:
            return None


def evidence(office: Office, recovery: Recovery) -> str:
    """What the operator wrote down, for the operator."""
    subject = Subject(SubjectKind.COMPANY, recovery.company)
    with office.database.transaction() as connection:
        return open_own(office.vault.keyring, connection, subject, recovery.evidence_ref, Evidence).text


@once
def propose(
    office: Office,
    command: Command,
    /,
    *,
    company_id: CompanyId,
    name: str,
    email: str,
    cause: RecoveryCause,
    evidence: str,
) -> Appended:
    """The operator records why and on what evidence; every member of the company is told by mail."""
    loaded, company = load(office, company_id), office.company(company_id)
    known = user_of(office, email)
    user = known or UserId(new_id(command, "user"))
    proof = office.vault.sealer.seal(Subject(SubjectKind.COMPANY, company_id), Evidence(text=evidence))
    event = decide.propose(
        loaded.state, company.state, user=user, cause=cause, evidence_ref=proof.ref, now=command.now
    )
    several = [proof.row]
    if known is None:
        subject = Subject(SubjectKind.COMPANY_USER, user)
        several.append(office.vault.sealer.seal(subject, MemberRecord(name=name, email=email), ref=VaultRef(user)).row)
    several += _tell(command, company_id, "recovery-proposed")
    streams = {recovery_of(company_id): (loaded.version, [event]), company_id: (company.version, [])}
    return office.log.append(command, streams, also=companions(*several))


@once
def object_to(office: Office, command: Command, /, *, company_id: CompanyId, by: UserId) -> Appended:
    """A member ends it; everybody who was told of it is told of that too."""
    loaded, company = load(office, company_id), office.company(company_id)
    event = decide.object_to(loaded.state, company.state, by=by, now=command.now)
    return _ended(office, command, company_id, loaded, event)


@once
def withdraw(office: Office, command: Command, /, *, company_id: CompanyId) -> Appended:
    """The operator takes it back; everybody who was told of it is told of that too."""
    loaded = load(office, company_id)
    return _ended(office, command, company_id, loaded, decide.withdraw(loaded.state))


@once
def carry_out(office: Office, command: Command, /, *, recovery_id: RecoveryId) -> Appended:
    """The pause is over: the person is an administrator, and everybody is told."""
    loaded = _load(office, recovery_id)
    company_id, person = loaded.state.company, nominee(office, loaded.state)
    if person is None: raise Refused("recovery-over")
    company = office.company(company_id)
    known = user_of(office, person.email)
    user = known or loaded.state.user
    done = decide.carry_out(loaded.state, user=user, now=command.now)
    events: list[Event] = []
    several: list[CompanionRow] = []
    if company.state.role_of(user) is not MemberRole.ADMIN:
        events.append(membership.join(company.state, user=user, role=MemberRole.ADMIN))
        row: dict[str, Any] = {"user_id": str(user), "company": str(company_id), "role": "admin", "left_at": None}
        several.append(CompanionRow("member", row))
    if known is None:
        subject = Subject(SubjectKind.COMPANY_USER, user)
        several.append(office.vault.blind.row(subject, AddressKind.EMAIL, person.email))
    several += _tell(command, company_id, "recovery-carried-out")
    streams: dict[UUID, tuple[int, list[Event]]] = {
        recovery_id: (loaded.version, [done]),
        company_id: (company.version, events),
    }
    return office.log.append(command, streams, also=companions(*several))


def _load(office: Office, recovery_id: RecoveryId) -> Loaded[Recovery]:
    return office.log.load(recovery_id, decide.INITIAL, decide.evolve)


def _ended(
    office: Office, command: Command, company_id: CompanyId, loaded: Loaded[Recovery], event: Event
) -> Appended:
    told = _tell(command, company_id, "recovery-stopped")
    appended = office.log.append(command, {recovery_of(company_id): (loaded.version, [event])}, also=companions(*told))
    _forget(office, command, loaded.state.user)
    return appended


def _forget(office: Office, command: Command, user: UserId) -> None:
    """Whoever never came to work for anybody here leaves no name behind."""
    with office.database.transaction() as connection:
        works = connection.execute("SELECT FROM member WHERE user_id = %s LIMIT 1", (user,)).fetchone()
    if works is None: office.vault.keyring.destroy([Subject(SubjectKind.COMPANY_USER, user)], now=command.now)


def _tell(command: Command, company_id: CompanyId, template: str) -> list[CompanionRow]:
    about = {"company": str(company_id)}
    return mail(command, Message(template=template, to=To.COMPANY, recipient=company_id, about=about))
