"""What a dispute's page shows: what each side said and when, what the frozen terms make of it, and whether it is open."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from api.visit import Visit
from api.wording import called
from domain.event import Recorded
from domain.events import AnyEvent
from domain.frozen_terms import Terms
from domain.hire import Hire, HireContested, HireReported, HireStatus, Leave, LeaveChallenged, LeaveReported, Side
from domain.ids import HireId, IntroductionId
from domain.introduction import Introduction, PriorContactClaimed, ShareApproved
from domain.prior_contact import PriorContact
from domain.rules import guarantee
from marketplace.commands.standing import referrals_of
from projections import directory


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said. `facts`: a kind of word and what was said under it; `return_bps`: what the ladder makes of it."""

    side: str
    at: datetime | None
    facts: list[tuple[str, date | int | str]]
    return_bps: int | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A source that the candidate confirmed, and whether its window covers the offer."""

    source: UUID
    name: str
    confirmed_at: datetime | None
    window_until: datetime | None


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """One dispute as its page shows it. `answer_until`: the last day on which the other side could say otherwise."""

    kind: str
    about: UUID
    there: str
    introduction: UUID
    candidate: UUID
    company: str
    number: str
    statements: list[Statement]
    terms: Terms
    is_open: bool
    answer_until: date | None = None
    outcome: str = ""
    hire: Hire | None = None
    claims: list[Claim] = []


def of_hire(visit: Visit, hire: UUID) -> Dispute:
    """Who reported what, and why the other side contests it, if it does."""
    state, history = _hire(visit, hire)
    statements: list[Statement] = []
    for entry in history:
        match entry.event:
            case HireReported() as said:
                reported: list[tuple[str, date | int | str]] = [
                    ("offer_accepted_on", said.offer_accepted_on),
                    ("started_on", said.started_on),
                    ("base_yen", said.base_yen),
                    ("term", said.term),
                ]
                statements.append(Statement(side=said.reported_by, at=entry.meta.recorded_at, facts=reported))
            case HireContested(contested_by=side, cause=cause):
                statements.append(Statement(side=side, at=entry.meta.recorded_at, facts=[("contest", cause)]))
            case _:
                pass
    return _dispute(visit, "hire", hire, state, statements, is_open=state.status is HireStatus.CONTESTED)


def of_leave(visit: Visit, hire: UUID) -> Dispute:
    """When and why the person left, as each side says."""
    state, history = _hire(visit, hire)
    said = [each for each in (state.leave, state.answer) if each is not None]
    said_at = [e.meta.recorded_at for e in history if isinstance(e.event, LeaveReported | LeaveChallenged)]
    statements = [_left(state, leave, at) for leave, at in zip(said, said_at, strict=False)]
    is_open = len({(each.left_on, each.fault) for each in said}) > 1 and guarantee.is_leave_open(state)
    return _dispute(visit, "leave", hire, state, statements, is_open=is_open, answer_until=state.challenge_until)


def of_ownership(visit: Visit, hire: UUID) -> Dispute:
    """The sources that may have earned the fee, in the order in which the candidate confirmed them."""
    state, _ = _hire(visit, hire)
    found = [each for each in referrals_of(visit.house.office, state.candidate) if each.confirmed_at is not None]
    with visit.house.database.transaction() as connection:
        names = directory.names(connection, [each.source for each in found])
    claims = [
        Claim(
            source=each.source,
            name=called(visit.language, names, each.source),
            confirmed_at=each.confirmed_at,
            window_until=each.window_until,
        )
        for each in found
    ]
    is_open = state.resolved is None and state.status in {HireStatus.CONFIRMED, HireStatus.STARTED, HireStatus.LEFT}
    return _dispute(visit, "ownership", hire, state, [], is_open=is_open, claims=claims)


def of_prior_contact(visit: Visit, introduction: UUID) -> Dispute:
    """What the company claims, if it does, and what the candidate had answered when they approved."""
    ask = visit.house.office.introduction(IntroductionId(introduction)).state
    statements = []
    for entry in visit.house.log.history(introduction):
        match entry.event:
            case PriorContactClaimed(last_contact_on=day):
                claimed: list[tuple[str, date | int | str]] = [("last_contact_on", day)]
                statements.append(Statement(side=Side.HIRING, at=entry.meta.recorded_at, facts=claimed))
            case ShareApproved(known_to_company=known):
                answered: list[tuple[str, date | int | str]] = [("known", "yes" if known else "no")]
                statements.append(Statement(side=Side.CANDIDATE, at=entry.meta.recorded_at, facts=answered))
            case _:
                pass
    settled = "" if ask.prior_contact is PriorContact.CLAIMED else str(ask.prior_contact)
    return Dispute(
        kind="prior-contact",
        about=introduction,
        there=f"/operator/disputes/prior-contact/{introduction}",
        introduction=introduction,
        candidate=ask.candidate,
        company=_company(visit, ask.hiring),
        number=ask.number,
        statements=statements,
        terms=ask.terms,
        is_open=not settled,
        answer_until=ask.prior_contact_until,
        outcome=settled,
    )


def _hire(visit: Visit, hire: UUID) -> tuple[Hire, list[Recorded[AnyEvent]]]:
    return visit.house.office.hire(HireId(hire)).state, visit.house.log.history(hire)


def _left(state: Hire, leave: Leave, at: datetime) -> Statement:
    said: list[tuple[str, date | int | str]] = [("left_on", leave.left_on), ("fault", leave.fault)]
    returns = guarantee.return_bps(state.terms, started_on=state.started_on, left_on=leave.left_on, fault=leave.fault)
    return Statement(side=leave.said_by, at=at, facts=said, return_bps=returns)


def _dispute(
    visit: Visit,
    kind: str,
    hire: UUID,
    state: Hire,
    statements: list[Statement],
    *,
    is_open: bool,
    answer_until: date | None = None,
    claims: list[Claim] | None = None,
) -> Dispute:
    ask: Introduction = visit.house.office.introduction(state.introduction).state
    return Dispute(
        kind=kind,
        about=hire,
        there=f"/operator/disputes/{kind}/{hire}",
        introduction=state.introduction,
        candidate=state.candidate,
        company=_company(visit, state.hiring),
        number=ask.number,
        statements=statements,
        terms=state.terms,
        is_open=is_open,
        answer_until=answer_until,
        outcome=str(state.status),
        hire=state,
        claims=claims or [],
    )


def _company(visit: Visit, company: UUID) -> str:
    with visit.house.database.transaction() as connection:
        return called(visit.language, directory.names(connection, [company]), company)
