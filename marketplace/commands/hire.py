"""Hires: reported by one side, confirmed by the other, started, and perhaps left early."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from domain import hiring as decide
from domain.calendar import jst_date
from domain.candidate import Candidate
from domain.event import Event
from domain.hire import EmploymentTerm, Hire, HireReported, HireStatus, Share, Side, SixMonthResult, evolve
from domain.ids import NIL, CandidateId, CompanyId, HireId, IntroductionId, VaultRef, hire_of
from domain.introduction import Introduction
from domain.refusal import Refused
from domain.rules import guarantee, ownership
from domain.rules.ownership import Claim
from marketplace.commands.candidate import lives_as
from marketplace.commands.office import Office, mail, new_id, once
from marketplace.commands.standing import referrals_of
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command, Loaded
from marketplace.vault.companion import CompanionRow, companions
from marketplace.vault.records import Component, HireComponents
from marketplace.vault.subject import Subject, SubjectKind


class SalaryPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the yearly salary (理論年収), in yen, and whether the fee base includes it."""

    label: str
    amount_yen: int
    included: bool


@once
def report(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    by: Side,
    offer_accepted_on: date,
    started_on: date,
    salary: tuple[SalaryPart, ...],
    term: EmploymentTerm,
) -> Appended:
    """One side says: hired. The fee base is the sum of the included parts; the parts themselves go to the vault."""
    ask = office.introduction(introduction).state
    number, previous = _last_employment(office, ask.candidate, ask.hiring)
    person = office.candidate(ask.candidate)
    components_ref, rows = _sealed(office, command, ask.candidate, person.state, salary)
    event = decide.report(
        previous.state,
        ask,
        by=by,
        offer_accepted_on=offer_accepted_on,
        started_on=started_on,
        base_yen=sum(part.amount_yen for part in salary if part.included),
        components_ref=components_ref,
        term=term,
        today=jst_date(command.now),
    )
    about = {"introduction": str(introduction), "hire": str(event.hire)}
    other = (
        Message(template="hire-reported", to=To.CANDIDATE, recipient=lives_as(office, ask.candidate), about=about)
        if by is Side.HIRING
        else Message(template="hire-reported", to=To.COMPANY, recipient=ask.hiring, about=about)
    )
    # With the person's version: what is written while they are being erased would outlive their key.
    streams: dict[UUID, tuple[int, list[Event]]] = {event.hire: (0, [event]), ask.candidate: (person.version, [])}
    if number:
        streams[hire_of(ask.candidate, ask.hiring, number)] = (previous.version, [])
    return office.log.append(command, streams, also=companions(*rows, *mail(command, other)))


def would_report(
    office: Office, *, introduction: IntroductionId, offer_accepted_on: date, started_on: date, base_yen: int,
    term: EmploymentTerm, today: date,
) -> HireReported:
    """What the company's report would say; nothing is written. Refused as the report is."""
    ask = office.introduction(introduction).state
    _, previous = _last_employment(office, ask.candidate, ask.hiring)
    return decide.report(
        previous.state, ask, by=Side.HIRING, offer_accepted_on=offer_accepted_on, started_on=started_on,
        base_yen=base_yen, components_ref=VaultRef(NIL), term=term, today=today,
    )  # fmt: skip


def _sealed(
    office: Office, command: Command, candidate: CandidateId, person: Candidate, salary: Sequence[SalaryPart]
) -> tuple[VaultRef, list[CompanionRow]]:
    """The parts of the salary under the person's key; of somebody who is being erased only their sum is kept."""
    if person.erasing:
        return VaultRef(new_id(command, "components")), []
    parts = tuple(Component(**msgspec.structs.asdict(part)) for part in salary)
    sealed = office.vault.sealer.seal(Subject(SubjectKind.CANDIDATE, candidate), HireComponents(components=parts))
    return sealed.ref, [sealed.row]


def _last_employment(office: Office, candidate: CandidateId, hiring: CompanyId) -> tuple[int, Loaded[Hire]]:
    number, loaded = 0, office.hire(hire_of(candidate, hiring, 1))
    while loaded.version:
        number += 1
        last, loaded = loaded, office.hire(hire_of(candidate, hiring, number + 1))
        if not loaded.version:
            return number, last
    return number, loaded


def by_introduction(office: Office, ask: Introduction) -> HireId:
    """The hire that an introduction led to: the last employment of the person by the company."""
    number, _ = _last_employment(office, ask.candidate, ask.hiring)
    return hire_of(ask.candidate, ask.hiring, number)


def _change(office: Office, command: Command, hire: HireId, decision: Callable[[Hire], Event]) -> Appended:
    loaded = office.hire(hire)
    return office.log.append(command, {hire: (loaded.version, [decision(loaded.state)])})


def side_of(hire: Hire, *, hiring: CompanyId | None = None, candidate: CandidateId | None = None) -> Side:
    """Which side speaks; whoever is neither finds no such hire."""
    if hire.status is not HireStatus.NONE:
        if hiring is not None and hire.hiring == hiring:
            return Side.HIRING
        if candidate is not None and hire.candidate == candidate:
            return Side.CANDIDATE
    raise Refused("hire-unknown")


@once
def confirm(office: Office, command: Command, /, *, hire: HireId, by: Side) -> Appended:
    """The other side says the same."""
    loaded = office.hire(hire)
    event = decide.confirm(loaded.state, by=by)
    about = {"hire": str(hire)}
    rows = mail(
        command,
        Message(template="hire-confirmed", to=To.CANDIDATE, recipient=lives_as(office, loaded.state.candidate), about=about),
        Message(template="hire-confirmed", to=To.COMPANY, recipient=loaded.state.hiring, about=about),
    )
    return office.log.append(command, {hire: (loaded.version, [event])}, also=companions(*rows))


@once
def contest(office: Office, command: Command, /, *, hire: HireId, by: Side, cause: str) -> Appended:
    """The other side says otherwise; a person of the operator looks at it."""
    return _change(office, command, hire, lambda state: decide.contest(state, by=by, cause=cause))


@once
def resolve_ownership(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """Who earned it, by the ladder of rule 7; refused while a claim of prior contact may still come or is undecided."""
    loaded = office.hire(hire)
    state = loaded.state
    introduction = office.introduction(state.introduction)
    resolution = ownership.resolve(
        _claims(office, state.candidate),
        introduction.state,
        offer_accepted_on=state.offer_accepted_on,
        today=jst_date(command.now),
    )
    event = decide.resolve(state, resolution)
    return office.log.append(command, {hire: (loaded.version, [event]), state.introduction: (introduction.version, [])})


@once
def decide_ownership(
    office: Office, command: Command, /, *, hire: HireId, shares: tuple[Share, ...], fee_bps: int
) -> Appended:
    """The operator settles a contested case."""
    loaded = office.hire(hire)
    claims = _claims(office, loaded.state.candidate)
    resolution = ownership.decide(claims, shares, loaded.state.terms, by=Side.OPERATOR, fee_bps=fee_bps)
    return office.log.append(command, {hire: (loaded.version, [decide.resolve(loaded.state, resolution)])})


def _claims(office: Office, candidate: CandidateId) -> list[Claim]:
    return [
        Claim(source=each.source, confirmed_at=each.confirmed_at, window_until=each.window_until)
        for each in referrals_of(office, candidate)
        if each.confirmed_at is not None and each.window_until is not None
    ]


@once
def postpone(office: Office, command: Command, /, *, hire: HireId, started_on: date) -> Appended:
    """The first day of work moves."""
    return _change(office, command, hire, lambda state: decide.postpone(state, started_on=started_on))


@once
def withdraw_offer(office: Office, command: Command, /, *, hire: HireId, by: Side) -> Appended:
    """There will be no start."""
    return _change(office, command, hire, lambda state: decide.withdraw_offer(state, by=by))


@once
def start(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """The first day of work came."""
    return _change(office, command, hire, lambda state: decide.start(state, today=jst_date(command.now)))


@once
def cancel(office: Office, command: Command, /, *, hire: HireId, by: Side, cause: str) -> Appended:
    """It was no hire after all."""
    return _change(office, command, hire, lambda state: decide.cancel(state, by=by, cause=cause))


@once
def report_leave(office: Office, command: Command, /, *, hire: HireId, by: Side, left_on: date, fault: str) -> Appended:
    """One side says that the person left. If the other had said the same, it is determined in the same append."""
    loaded = office.hire(hire)
    today = jst_date(command.now)
    reported = guarantee.report_leave(
        loaded.state, by=by, left_on=left_on, fault=fault, today=today, holidays=office.holidays
    )
    events: list[Event] = [reported]
    state = evolve(loaded.state, reported)
    if state.answer is not None:
        events.append(guarantee.determine(state, today=today))
    about = {"hire": str(hire)}
    other = (
        Message(template="leave-reported", to=To.CANDIDATE, recipient=lives_as(office, state.candidate), about=about)
        if by is Side.HIRING
        else Message(template="leave-reported", to=To.COMPANY, recipient=state.hiring, about=about)
    )
    rows = mail(command, other) if state.answer is None else []
    return office.log.append(command, {hire: (loaded.version, events)}, also=companions(*rows))


@once
def challenge_leave(
    office: Office, command: Command, /, *, hire: HireId, by: Side, left_on: date, fault: str
) -> Appended:
    """The other side says otherwise."""
    today = jst_date(command.now)
    return _change(
        office,
        command,
        hire,
        lambda state: guarantee.challenge_leave(state, by=by, left_on=left_on, fault=fault, today=today),
    )


@once
def determine_leave(office: Office, command: Command, /, *, hire: HireId) -> Appended:
    """The challenge window closed: what was said stands."""
    return _change(office, command, hire, lambda state: guarantee.determine(state, today=jst_date(command.now)))


@once
def determine_contested_leave(
    office: Office, command: Command, /, *, hire: HireId, left_on: date, fault: str
) -> Appended:
    """The operator decides a challenged leave."""
    today = jst_date(command.now)
    return _change(
        office,
        command,
        hire,
        lambda state: guarantee.determine_contested(state, by=Side.OPERATOR, left_on=left_on, fault=fault, today=today),
    )


@once
def check_six_months(
    office: Office, command: Command, /, *, hire: HireId, result: SixMonthResult = SixMonthResult.UNKNOWN
) -> Appended:
    """Six months after the start: what is known of a leave by then, else it is not known until a side says."""
    loaded = office.hire(hire)
    known = SixMonthResult.LEFT if loaded.state.status is HireStatus.LEFT else result
    event = decide.check_six_months(loaded.state, known, today=jst_date(command.now))
    rows = mail(
        command,
        Message(template="six-month-check", to=To.COMPANY, recipient=loaded.state.hiring, about={"hire": str(hire)}),
    )
    return office.log.append(command, {hire: (loaded.version, [event])}, also=companions(*rows))
