"""One introduction of a hiring company: where it stands, the person's details, stages, the hire and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api import pictures
from api.charts import Picture
from api.pages.hiring import MONEY
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At, viewer_of
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Yen
from api.v1 import disclosures, hires, introductions, jobs, leaves, prior_contacts, stages
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.hire import EmploymentTerm, Side
from domain.ids import HireId
from domain.introduction import CloseCause, Stage
from domain.refusal import Refused
from marketplace.texts.translation import word
from projections import fees, placements

PATH = "/hiring/introductions/{introduction:uuid}"
READS = ("introduction_board", "placements", "jobs", "fees")


class HireForm(Body, frozen=True):
    """What was agreed: the yearly salary in its parts, of which commuting money is no part of the fee base."""

    offer_accepted_on: date
    started_on: date
    salary_yen: Annotated[int, Meta(ge=1, le=10_000_000_000)]
    term: EmploymentTerm
    bonus_yen: Yen = 0
    allowances_yen: Yen = 0
    commuting_yen: Yen = 0


class HireShown(msgspec.Struct, frozen=True, kw_only=True):
    """A hire as its company may see it, with the codes of its frozen fault table."""

    hire: UUID
    status: str
    by_us: bool
    started_on: date
    left_on: date | None
    return_bps: int | None
    challenge_until: date | None
    left_said_by_us: bool
    faults: tuple[str, ...]


@page(PATH, policy=introductions.READER, facts=introduction_facts)
def introduction_page(visit: ThisVisit, introduction: FromPath[UUID], at: At = None) -> Response[str]:
    """Where it stands, and what can be done now."""
    wait_for(visit, at, *READS)
    return _show(visit, introduction)


@form(PATH + "/person", policy=disclosures.OPENER, facts=introduction_facts)
def open_person(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The received copy. The look is written down for the person before anything is shown, so this is no link."""
    opened: list[disclosures.Person] = []

    def act() -> None:
        opened.append(same(disclosures.open_person)(visit, introduction))

    refused = carry_out(visit, act, then="", again=lambda: _show(visit, introduction))
    return show(visit, "hiring_person.html", person=opened[0], introduction=introduction) if opened else refused


@form(PATH + "/stages", policy=disclosures.WRITER, facts=introduction_facts)
def reach(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Selection goes on."""
    return _do(visit, introduction, lambda: same(stages.reach)(visit, introduction, filled(visit, stages.Reached)))


@form(PATH + "/closing", policy=disclosures.WRITER, facts=introduction_facts)
def close(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Selection is over."""
    return _do(visit, introduction, lambda: same(stages.close)(visit, introduction, filled(visit, stages.Closing)))


@form(PATH + "/deletion-confirmation", policy=disclosures.WRITER, facts=introduction_facts)
def confirm_deletion(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """What was taken out of a copy that was closed is deleted."""
    return _do(visit, introduction, lambda: same(disclosures.confirm_deletion)(visit, introduction))


@form(PATH + "/prior-contact", policy=introductions.ASKER, facts=introduction_facts)
def claim_prior_contact(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """The company knew the person already, with its proof."""
    return _do(
        visit,
        introduction,
        lambda: same(prior_contacts.claim)(visit, introduction, filled(visit, prior_contacts.PriorContact)),
    )


@form(PATH + "/hires", policy=hires.HIRER, facts=introduction_facts)
def report_hire(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Hired; the person is asked to confirm."""

    def act() -> Done:
        given = filled(visit, HireForm)
        parts = (
            ("salary", given.salary_yen, True),
            ("bonus", given.bonus_yen, True),
            ("allowances", given.allowances_yen, True),
            ("commuting", given.commuting_yen, False),
        )
        salary = tuple(
            hires.Salary(label=word(visit.language, "salary-part", name), amount_yen=amount_yen, included=included)
            for name, amount_yen, included in parts
            if amount_yen
        )
        data = hires.NewHire(
            offer_accepted_on=given.offer_accepted_on, started_on=given.started_on, salary=salary, term=given.term
        )
        done: Done = same(hires.report)(visit, introduction, data)
        return done

    return _do(visit, introduction, act)


def _button(name: str, handler: Any, kind: type[Any] | None = None) -> Any:  # noqa: ANN401  route handlers
    """One thing to say about the hire of an introduction."""

    def said(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
        def act() -> Done:
            own = _hires(visit, introduction)
            if not own: raise Refused("hire-not-reported")
            more = (filled(visit, kind),) if kind else ()
            done: Done = same(handler)(visit, own[-1].hire, *more)
            return done

        return _do(visit, introduction, act)

    return form(f"{PATH}/hire/{name}", policy=hires.HIRER, facts=introduction_facts)(said)


def _show(visit: Visit, introduction: UUID) -> Response[str]:
    asked = same(introductions.read_introduction)(visit, introduction)
    job = same(jobs.read_job)(visit, asked.job).content
    return show(
        visit,
        "hiring_introduction.html",
        asked=asked,
        job=job,
        hires=_hires(visit, introduction),
        stages=list(Stage),
        causes=list(CloseCause),
        terms=list(EmploymentTerm),
        cost=_cost(visit, introduction),
    )


def _cost(visit: Visit, introduction: UUID) -> Picture | None:
    if visit.actor.role not in MONEY: return None
    with visit.house.database.transaction() as connection:
        owed = fees.of_introduction(connection, viewer_of(visit), introduction)
    return pictures.fee_of(visit, owed)


def _hires(visit: Visit, introduction: UUID) -> list[HireShown]:
    with visit.house.database.transaction() as connection:
        found = placements.of_introduction(connection, introduction)
    shown = []
    for key in found:
        state = visit.house.office.hire(HireId(key)).state
        shown.append(
            HireShown(
                hire=key,
                status=str(state.status),
                by_us=state.reported_by is Side.HIRING,
                started_on=state.started_on,
                left_on=state.leave.left_on if state.leave else None,
                return_bps=state.determined.return_bps if state.determined else None,
                challenge_until=state.challenge_until,
                left_said_by_us=state.leave is not None and state.leave.said_by is Side.HIRING,
                faults=tuple(fault.code for fault in state.terms.faults),
            )
        )
    return shown


def _do(visit: Visit, introduction: UUID, act: Any) -> Response[str]:  # noqa: ANN401  a command of the API
    then = f"/hiring/introductions/{introduction}"
    return carry_out(visit, act, then=then, again=lambda: _show(visit, introduction))


ROUTES = [
    introduction_page,
    open_person,
    reach,
    close,
    confirm_deletion,
    claim_prior_contact,
    report_hire,
    _button("confirmation", hires.confirm),
    _button("contest", hires.contest, hires.Cause),
    _button("postponement", hires.postpone, hires.Start),
    _button("offer-withdrawal", hires.withdraw_offer),
    _button("six-month-result", hires.six_months, hires.SixMonths),
    _button("leave", leaves.report, leaves.Leave),
    _button("leave-challenge", leaves.challenge, leaves.Leave),
]
