"""A company: who it is, what it may do here, and its licences."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec

from domain.corporate_number import is_corporate_number
from domain.event import Event
from domain.ids import NIL, CompanyId, CompanyToken, UserId, VaultRef
from domain.refusal import Refused


class CompanyRole(StrEnum):
    """What a company comes to do."""

    SOURCE = "source"
    HIRING = "hiring"
    OPERATOR = "operator"


class RewardMode(StrEnum):
    """What a source gets for a hire (報酬の形)."""

    CASH = "cash"
    CREDIT = "credit"
    SLOT = "slot"
    NONE = "none"


class MemberRole(StrEnum):
    """What a person may do for a company."""

    ADMIN = "admin"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring-manager"
    FINANCE = "finance"
    VIEWER = "viewer"


class CompanyAdmitted(Event, frozen=True, kw_only=True):
    """The operator let a company in. Its name, number and address are public; its representative is in the vault."""

    company: CompanyId
    name: str
    name_en: str
    corporate_number: str
    token: CompanyToken
    address: str
    representative_ref: VaultRef


class RolesGranted(Event, frozen=True, kw_only=True):
    """What the company may do here from now on."""

    roles: tuple[CompanyRole, ...]


class LicenceRecorded(Event, frozen=True, kw_only=True):
    """The placement licence (許可番号), valid from `granted_on` to `valid_until`, both inclusive."""

    number: str
    granted_on: date
    valid_until: date


class InvoiceRegistrationRecorded(Event, frozen=True, kw_only=True):
    """The qualified-invoice number (T and 13 digits)."""

    t_number: str
    registered_from: date


class GroupDeclared(Event, frozen=True, kw_only=True):
    """The other companies of its group, whole list each time; `tokens` are their keyed digests in the same order.

    `left` are the digests of those that were in the list before and no longer are.
    """

    corporate_numbers: tuple[str, ...]
    tokens: tuple[CompanyToken, ...]
    left: tuple[CompanyToken, ...]


class CoolingOffSet(Event, frozen=True, kw_only=True):
    """How long after a rejection this source stays silent."""

    days: int


class LegalOpinionRecorded(Event, frozen=True, kw_only=True):
    """The operator holds a legal opinion that this reward mode is lawful for this company."""

    reward_mode: RewardMode
    opinion_ref: VaultRef


class RewardModeChosen(Event, frozen=True, kw_only=True):
    """What the source wants for a hire; what it gets is decided when terms freeze (rule 8)."""

    reward_mode: RewardMode


class PenaltyClauseDisclosed(Event, frozen=True, kw_only=True):
    """The hiring company saw fee table, refund scheme and penalty clause (違約金規約) and accepted this version."""

    terms_version: int


class MemberJoined(Event, frozen=True, kw_only=True):
    """A person works for this company here; who it is, is in the vault."""

    user: UserId
    role: MemberRole


class MemberLeft(Event, frozen=True, kw_only=True):
    """The person no longer does."""

    user: UserId


class WorkHandedOver(Event, frozen=True, kw_only=True):
    """What the person began for the company is looked after by another from now on."""

    user: UserId
    to: UserId


class CompanySuspended(Event, frozen=True, kw_only=True):
    """The operator stopped the company: it starts nothing new."""

    cause: str


class CompanyReinstated(Event, frozen=True, kw_only=True):
    """The suspension is over."""


CompanyEvent = (
    CompanyAdmitted
    | RolesGranted
    | LicenceRecorded
    | InvoiceRegistrationRecorded
    | GroupDeclared
    | CoolingOffSet
    | LegalOpinionRecorded
    | RewardModeChosen
    | PenaltyClauseDisclosed
    | MemberJoined
    | MemberLeft
    | WorkHandedOver
    | CompanySuspended
    | CompanyReinstated
)


_LICENCE = re.compile(r"[0-9]{2}-ユ-[0-9]{6}")
_NEED_OPINION = frozenset({RewardMode.CREDIT, RewardMode.SLOT})
COOLING_OFF_DAYS_LEAST = 30
COOLING_OFF_DAYS_MOST = 730


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """One placement licence, valid from `granted_on` to `valid_until`, both inclusive."""

    number: str
    granted_on: date
    valid_until: date


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A person who works for the company here."""

    user: UserId
    role: MemberRole


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a company. `cooling_off_days` and `reward_mode` are None until it has chosen."""

    id: CompanyId = CompanyId(NIL)
    name: str = ""
    name_en: str = ""
    corporate_number: str = ""
    token: CompanyToken = CompanyToken(NIL)
    address: str = ""
    representative_ref: VaultRef = VaultRef(NIL)
    roles: frozenset[CompanyRole] = frozenset()
    licences: tuple[Licence, ...] = ()
    t_number: str = ""
    registered_from: date | None = None
    group_numbers: tuple[str, ...] = ()
    group_tokens: frozenset[CompanyToken] = frozenset()
    cooling_off_days: int | None = None
    legal_opinions: frozenset[RewardMode] = frozenset()
    reward_mode: RewardMode | None = None
    accepted_terms_version: int = 0
    members: tuple[Member, ...] = ()
    handed_over: dict[UserId, UserId] = {}
    suspended: bool = False

    @property
    def admitted(self) -> bool:
        """The operator let it in."""
        return self.id != NIL

    @property
    def tokens(self) -> frozenset[CompanyToken]:
        """Its own token and those of its declared group (rule 5)."""
        return self.group_tokens | {self.token} if self.admitted else frozenset()

    def licence_on(self, day: date) -> Licence | None:
        """The licence valid on that day, if there is one."""
        return next((held for held in self.licences if held.granted_on <= day <= held.valid_until), None)

    def role_of(self, user: UserId) -> MemberRole | None:
        """What this person may do for the company, or None."""
        return next((member.role for member in self.members if member.user == user), None)


INITIAL = Company()


def evolve(state: Company, event: CompanyEvent) -> Company:
    """The company after `event`."""
    match event:
        case CompanyAdmitted():
            said = msgspec.structs.asdict(event)
            return msgspec.structs.replace(state, id=said.pop("company"), **said)
        case RolesGranted():
            return msgspec.structs.replace(state, roles=frozenset(event.roles))
        case LicenceRecorded():
            held = Licence(number=event.number, granted_on=event.granted_on, valid_until=event.valid_until)
            return msgspec.structs.replace(state, licences=(*state.licences, held))
        case InvoiceRegistrationRecorded():
            return msgspec.structs.replace(state, t_number=event.t_number, registered_from=event.registered_from)
        case GroupDeclared():
            tokens = frozenset(event.tokens)
            return msgspec.structs.replace(state, group_numbers=event.corporate_numbers, group_tokens=tokens)
        case CoolingOffSet():
            return msgspec.structs.replace(state, cooling_off_days=event.days)
        case LegalOpinionRecorded():
            return msgspec.structs.replace(state, legal_opinions=state.legal_opinions | {event.reward_mode})
        case RewardModeChosen():
            return msgspec.structs.replace(state, reward_mode=event.reward_mode)
        case PenaltyClauseDisclosed():
            return msgspec.structs.replace(state, accepted_terms_version=event.terms_version)
        case MemberJoined():
            joined = Member(user=event.user, role=event.role)
            return msgspec.structs.replace(state, members=(*_without(state, event.user), joined))
        case MemberLeft():
            return msgspec.structs.replace(state, members=_without(state, event.user))
        case WorkHandedOver():
            return msgspec.structs.replace(state, handed_over={**state.handed_over, event.user: event.to})
        case CompanySuspended():
            return msgspec.structs.replace(state, suspended=True)
        case CompanyReinstated():
            return msgspec.structs.replace(state, suspended=False)
        case _:
            assert_never(event)


def admit(
    company: Company,
    *,
    company_id: CompanyId,
    name: str,
    name_en: str,
    corporate_number: str,
    token: CompanyToken,
    address: str,
    representative_ref: VaultRef,
    roles: frozenset[CompanyRole],
) -> tuple[CompanyAdmitted, RolesGranted]:
    """The operator lets a company in, with at least one role."""
    if company.admitted: raise Refused("company-already-admitted")
    if not name.strip(): raise Refused("company-name-missing")
    if not address.strip(): raise Refused("company-address-missing")
    if not is_corporate_number(corporate_number): raise Refused("corporate-number-wrong", number=corporate_number)
    admitted = CompanyAdmitted(
        company=company_id,
        name=name.strip(),
        name_en=name_en.strip(),
        corporate_number=corporate_number,
        token=token,
        address=address.strip(),
        representative_ref=representative_ref,
    )
    return admitted, grant_roles(evolve(company, admitted), roles)


def grant_roles(company: Company, roles: frozenset[CompanyRole]) -> RolesGranted:
    """What the company may do from now on, the whole list; never nothing: for that there is suspension."""
    _admitted(company)
    if not roles: raise Refused("company-role-missing")
    return RolesGranted(roles=tuple(sorted(roles)))


def record_licence(company: Company, *, number: str, granted_on: date, valid_until: date) -> LicenceRecorded:
    """A fee-charging placement licence (有料職業紹介事業許可番号), such as 13-ユ-316864."""
    _admitted(company)
    if _LICENCE.fullmatch(number) is None: raise Refused("licence-number-wrong", number=number)
    if valid_until <= granted_on: raise Refused("licence-dates-wrong", granted_on=granted_on, valid_until=valid_until)
    return LicenceRecorded(number=number, granted_on=granted_on, valid_until=valid_until)


def record_invoice_registration(
    company: Company, *, t_number: str, registered_from: date
) -> InvoiceRegistrationRecorded:
    """The qualified-invoice number (適格請求書発行事業者登録番号): for a corporation T and its own corporate number."""
    _admitted(company)
    if not (t_number.startswith("T") and is_corporate_number(t_number[1:])):
        raise Refused("t-number-wrong", number=t_number)
    if t_number[1:] != company.corporate_number: raise Refused("t-number-of-another-company", number=t_number)
    return InvoiceRegistrationRecorded(t_number=t_number, registered_from=registered_from)


def declare_group(
    company: Company, *, corporate_numbers: tuple[str, ...], tokens: tuple[CompanyToken, ...]
) -> GroupDeclared:
    """The whole list of the other companies of its group (rule 5); `tokens` in the same order, else ValueError."""
    _admitted(company)
    if len(corporate_numbers) != len(tokens): raise ValueError("one token for each corporate number")
    for number in corporate_numbers:
        if not is_corporate_number(number): raise Refused("corporate-number-wrong", number=number)
    if company.corporate_number in corporate_numbers: raise Refused("group-names-itself")
    if len(set(corporate_numbers)) != len(corporate_numbers): raise Refused("group-names-twice")
    left = tuple(sorted(company.group_tokens - set(tokens)))
    return GroupDeclared(corporate_numbers=corporate_numbers, tokens=tokens, left=left)


def set_cooling_off(company: Company, days: int) -> CoolingOffSet:
    """How long this source stays silent after a rejection, within what is still decent (rule 4)."""
    _admitted(company)
    if not COOLING_OFF_DAYS_LEAST <= days <= COOLING_OFF_DAYS_MOST:
        raise Refused("cooling-off-out-of-range", least=COOLING_OFF_DAYS_LEAST, most=COOLING_OFF_DAYS_MOST)
    return CoolingOffSet(days=days)


def record_legal_opinion(company: Company, *, reward_mode: RewardMode, opinion_ref: VaultRef) -> LegalOpinionRecorded:
    """Credit and slots wait for a legal opinion; cash hangs on the licence alone, nothing needs none (rule 8)."""
    _admitted(company)
    if reward_mode not in _NEED_OPINION: raise Refused("legal-opinion-not-needed", mode=reward_mode.value)
    return LegalOpinionRecorded(reward_mode=reward_mode, opinion_ref=opinion_ref)


def choose_reward_mode(company: Company, reward_mode: RewardMode, *, today: date) -> RewardModeChosen:
    """A source says what it wants for a hire, among what it could get today (rule 8)."""
    _admitted(company)
    if CompanyRole.SOURCE not in company.roles: raise Refused("company-is-no-source")
    if reward_mode is RewardMode.CASH and company.licence_on(today) is None: raise Refused("licence-not-valid")
    if reward_mode in _NEED_OPINION - company.legal_opinions:
        raise Refused("legal-opinion-missing", mode=reward_mode.value)
    return RewardModeChosen(reward_mode=reward_mode)


def disclose_penalty_clause(company: Company, *, terms_version: int) -> PenaltyClauseDisclosed:
    """A hiring company saw fee table, refund scheme and penalty clause (違約金規約) and accepts this version."""
    _admitted(company)
    if CompanyRole.HIRING not in company.roles: raise Refused("company-does-not-hire")
    if terms_version <= company.accepted_terms_version: raise Refused("terms-already-accepted")
    return PenaltyClauseDisclosed(terms_version=terms_version)


def suspend(company: Company, *, cause: str) -> CompanySuspended:
    """The operator stops the company: it starts nothing new."""
    _admitted(company)
    if company.suspended: raise Refused("company-already-suspended")
    return CompanySuspended(cause=cause)


def reinstate(company: Company) -> CompanyReinstated:
    """The operator lifts the suspension."""
    if not company.suspended: raise Refused("company-not-suspended")
    return CompanyReinstated()


def _admitted(company: Company) -> None:
    if not company.admitted: raise Refused("company-not-admitted")


def _without(company: Company, user: UserId) -> tuple[Member, ...]:
    return tuple(member for member in company.members if member.user != user)
