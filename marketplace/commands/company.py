"""Companies: admitted by the operator, with their licences, groups, people and wishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce

import msgspec

from domain import company as decide
from domain import membership, partnership
from domain.calendar import jst_date
from domain.company import CompanyRole, MemberRole, RewardMode
from domain.event import Event
from domain.ids import CompanyId, UserId, VaultRef, partnership_of, sharing_policy_of
from domain.partnership import SharingMode
from domain.rules.licence import check_active
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.blind_index import AddressKind
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import Evidence, MemberRecord, Representative
from marketplace.vault.subject import Subject, SubjectKind


class FirstAdmin(msgspec.Struct, frozen=True):
    """Who joins a company in the append that admits it."""

    name: str
    email: str


@once
def admit(
    office: Office,
    command: Command,
    /,
    *,
    company_id: CompanyId,
    name: str,
    name_en: str,
    corporate_number: str,
    address: str,
    representative: str,
    roles: frozenset[CompanyRole],
    admin: FirstAdmin | None = None,
) -> Appended:
    """The operator lets a company in; its representative's name goes to the vault. Its admin joins with it, or later."""
    loaded = office.company(company_id)
    sealed = office.vault.sealer.seal(Subject(SubjectKind.COMPANY, company_id), Representative(name=representative))
    admitted: tuple[decide.CompanyEvent, ...] = decide.admit(
        loaded.state,
        company_id=company_id,
        name=name,
        name_en=name_en,
        corporate_number=corporate_number,
        token=office.vault.blind.company_token(corporate_number),
        address=address,
        representative_ref=sealed.ref,
        roles=roles,
    )
    events: list[Event] = [*admitted]
    several = [sealed.row]
    if admin is not None:
        state = reduce(decide.evolve, admitted, loaded.state)
        joined, rows = _joining(
            office, command, state, company_id=company_id, name=admin.name, email=admin.email, role=MemberRole.ADMIN
        )
        events, several = [*events, joined], [*several, *rows]
    return office.log.append(command, {company_id: (loaded.version, events)}, also=companions(*several))


def _change(
    office: Office, command: Command, company_id: CompanyId, decision: Callable[[decide.Company], Event]
) -> Appended:
    loaded = office.company(company_id)
    return office.log.append(command, {company_id: (loaded.version, [decision(loaded.state)])})


@once
def grant_roles(
    office: Office, command: Command, /, *, company_id: CompanyId, roles: frozenset[CompanyRole]
) -> Appended:
    """What the company may do from now on."""
    return _change(office, command, company_id, lambda state: decide.grant_roles(state, roles))


@once
def record_licence(
    office: Office, command: Command, /, *, company_id: CompanyId, number: str, granted_on: date, valid_until: date
) -> Appended:
    """The placement licence, as the operator checked it."""
    return _change(
        office,
        command,
        company_id,
        lambda state: decide.record_licence(state, number=number, granted_on=granted_on, valid_until=valid_until),
    )


@once
def record_invoice_registration(
    office: Office, command: Command, /, *, company_id: CompanyId, t_number: str, registered_from: date
) -> Appended:
    """The qualified-invoice number."""
    return _change(
        office,
        command,
        company_id,
        lambda state: decide.record_invoice_registration(state, t_number=t_number, registered_from=registered_from),
    )


@once
def declare_group(
    office: Office, command: Command, /, *, company_id: CompanyId, corporate_numbers: tuple[str, ...]
) -> Appended:
    """The other companies of its group, the whole list."""
    tokens = tuple(map(office.vault.blind.company_token, corporate_numbers))
    return _change(
        office,
        command,
        company_id,
        lambda state: decide.declare_group(state, corporate_numbers=corporate_numbers, tokens=tokens),
    )


@once
def set_cooling_off(office: Office, command: Command, /, *, company_id: CompanyId, days: int) -> Appended:
    """How long this source stays silent after a rejection."""
    return _change(office, command, company_id, lambda state: decide.set_cooling_off(state, days))


@once
def record_legal_opinion(
    office: Office, command: Command, /, *, company_id: CompanyId, reward_mode: RewardMode, opinion: str
) -> Appended:
    """The operator holds a legal opinion that lets this company have this reward; its words go to the vault."""
    loaded = office.company(company_id)
    sealed = office.vault.sealer.seal(Subject(SubjectKind.COMPANY, company_id), Evidence(text=opinion))
    event = decide.record_legal_opinion(loaded.state, reward_mode=reward_mode, opinion_ref=sealed.ref)
    return office.log.append(command, {company_id: (loaded.version, [event])}, also=companions(sealed.row))


@once
def choose_reward_mode(
    office: Office, command: Command, /, *, company_id: CompanyId, reward_mode: RewardMode
) -> Appended:
    """What the source wants for a hire."""
    today = jst_date(command.now)
    return _change(
        office, command, company_id, lambda state: decide.choose_reward_mode(state, reward_mode, today=today)
    )


@once
def accept_terms(office: Office, command: Command, /, *, company_id: CompanyId, terms_version: int) -> Appended:
    """The hiring company was shown fee table, refund scheme and penalty clause and accepts this version."""
    return _change(
        office, command, company_id, lambda state: decide.disclose_penalty_clause(state, terms_version=terms_version)
    )


@once
def join(
    office: Office,
    command: Command,
    /,
    *,
    company_id: CompanyId,
    name: str,
    email: str,
    role: MemberRole,
    from_outside: bool = False,
) -> Appended:
    """A person works for the company here from now on. One address is one user, whoever else they serve.

    `from_outside`: it is the operator who says so, not the company's own administrator.
    """
    loaded = office.company(company_id)
    if from_outside: membership.check_from_outside(loaded.state, role)
    event, several = _joining(office, command, loaded.state, company_id=company_id, name=name, email=email, role=role)
    return office.log.append(command, {company_id: (loaded.version, [event])}, also=companions(*several))


def _joining(
    office: Office,
    command: Command,
    state: decide.Company,
    *,
    company_id: CompanyId,
    name: str,
    email: str,
    role: MemberRole,
) -> tuple[decide.MemberJoined, list[CompanionRow]]:
    """The event, the member's row and record, and the mail that tells them."""
    known = user_of(office, email)
    user = known or UserId(new_id(command, "user"))
    subject = Subject(SubjectKind.COMPANY_USER, user)
    event = membership.join(state, user=user, role=role)
    member = {"user_id": str(user), "company": str(company_id), "role": str(role), "left_at": None}
    several = [CompanionRow("member", member)]
    if not known:
        sealed = office.vault.sealer.seal(subject, MemberRecord(name=name, email=email), ref=VaultRef(user))
        several += [sealed.row, office.vault.blind.row(subject, AddressKind.EMAIL, email)]
    several += mail(
        command, Message(template="member-joined", to=To.USER, recipient=user, about={"company": str(company_id)})
    )
    return event, several


def user_of(office: Office, email: str) -> UserId | None:
    """Who has this address, among the people of all companies."""
    with office.database.transaction() as connection:
        known = office.vault.blind.find(connection, SubjectKind.COMPANY_USER, AddressKind.EMAIL, email)
    return UserId(known[0]) if known else None


@once
def suspend(office: Office, command: Command, /, *, company_id: CompanyId, cause: str) -> Appended:
    """The company starts nothing new."""
    return _change(office, command, company_id, lambda state: decide.suspend(state, cause=cause))


@once
def reinstate(office: Office, command: Command, /, *, company_id: CompanyId) -> Appended:
    """The suspension is over."""
    return _change(office, command, company_id, decide.reinstate)


@once
def agree_partnership(
    office: Office,
    command: Command,
    /,
    *,
    source: CompanyId,
    hiring: CompanyId,
    nda_version: int,
    fee_rate_bps: int,
    commission_rate_bps: int,
    valid_until: date,
    no_hire_clause: bool,
) -> Appended:
    """A source and a hiring company agree on rates of their own."""
    check_active(office.company(source).state, CompanyRole.SOURCE)
    check_active(office.company(hiring).state, CompanyRole.HIRING)
    loaded = office.partnership(source, hiring)
    event = partnership.agree(
        loaded.state,
        source=source,
        hiring=hiring,
        nda_version=nda_version,
        fee_rate_bps=fee_rate_bps,
        commission_rate_bps=commission_rate_bps,
        valid_until=valid_until,
        no_hire_clause=no_hire_clause,
        today=jst_date(command.now),
    )
    return office.log.append(command, {partnership_of(source, hiring): (loaded.version, [event])})


@once
def end_partnership(office: Office, command: Command, /, *, source: CompanyId, hiring: CompanyId) -> Appended:
    """From now on the default rates hold again."""
    loaded = office.partnership(source, hiring)
    event = partnership.end(loaded.state, today=jst_date(command.now))
    return office.log.append(command, {partnership_of(source, hiring): (loaded.version, [event])})


@once
def set_sharing_policy(
    office: Office, command: Command, /, *, source: CompanyId, mode: SharingMode, companies: frozenset[CompanyId]
) -> Appended:
    """Whom a source lets see its recommendations."""
    check_active(office.company(source).state, CompanyRole.SOURCE)
    loaded = office.sharing_policy(source)
    event = partnership.set_sharing_policy(loaded.state, source=source, mode=mode, companies=companies)
    return office.log.append(command, {sharing_policy_of(source): (loaded.version, [event])})
