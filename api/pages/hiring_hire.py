"""Reporting a hire: what it will cost, before it is reported; and what is said of the hire afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.hiring_introduction import PATH, hires_of, show_introduction
from api.pages.showing import carry_out, filled, same, show
from api.route import Done, ThisVisit, form
from api.text_types import Body, Yen
from api.v1 import hires, leaves
from api.v1.facts import introduction_facts
from api.visit import Visit
from domain.calendar import jst_date, month_rung_end
from domain.hire import EmploymentTerm
from domain.ids import IntroductionId
from domain.money import portion
from domain.prior_contact import PriorContact
from domain.refusal import Refused
from domain.rules.terms import Price, price, tax_rate_on
from marketplace.commands import hire as commands
from marketplace.texts.translation import word


class HireForm(Body, frozen=True):
    """What was agreed: the yearly salary in its parts, of which commuting money is no part of the fee base."""

    offer_accepted_on: date
    started_on: date
    salary_yen: Annotated[int, Meta(ge=1, le=10_000_000_000)]
    term: EmploymentTerm
    bonus_yen: Yen = 0
    allowances_yen: Yen = 0
    commuting_yen: Yen = 0

    def new_hire(self, visit: Visit) -> hires.NewHire:
        """As the API takes it."""
        parts = (
            ("salary", self.salary_yen, True),
            ("bonus", self.bonus_yen, True),
            ("allowances", self.allowances_yen, True),
            ("commuting", self.commuting_yen, False),
        )
        salary = tuple(
            hires.Salary(label=word(visit.language, "salary-part", name), amount_yen=amount_yen, included=included)
            for name, amount_yen, included in parts
            if amount_yen
        )
        return hires.NewHire(
            offer_accepted_on=self.offer_accepted_on, started_on=self.started_on, salary=salary, term=self.term
        )


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the guarantee, by its dates."""

    until: date
    return_bps: int
    returns_yen: int


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The fee that follows from the frozen terms, when it is due, and what of it returns."""

    price: Price
    rate_bps: int
    tax_bps: int
    due_on: date
    steps: tuple[Step, ...]
    prior_contact: PriorContact
    prior_contact_fee_bps: int


@form(PATH + "/hire-preview", policy=hires.HIRER, facts=introduction_facts)
def preview(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """What the hire would cost. Nothing is reported yet."""
    found: list[tuple[HireForm, Preview]] = []

    def act() -> None:
        given = filled(visit, HireForm)
        found.append((given, _preview(visit, introduction, given)))

    refused = carry_out(visit, act, then="", again=lambda: show_introduction(visit, introduction))
    if not found: return refused
    given, told = found[0]
    fields = msgspec.to_builtins(given)
    return show(visit, "hiring_hire.html", given=given, told=told, fields=fields, introduction=introduction)


@form(PATH + "/hires", policy=hires.HIRER, facts=introduction_facts)
def report(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
    """Hired; the person is asked to confirm."""

    def act() -> Done:
        done: Done = same(hires.report)(visit, introduction, filled(visit, HireForm).new_hire(visit))
        return done

    return _do(visit, introduction, act)


def _preview(visit: Visit, introduction: UUID, given: HireForm) -> Preview:
    """By the rules that report the hire and accrue its fee later. Refused as the report is."""
    office, key = visit.house.office, IntroductionId(introduction)
    event = commands.would_report(
        office,
        introduction=key,
        offer_accepted_on=given.offer_accepted_on,
        started_on=given.started_on,
        base_yen=given.salary_yen + given.bonus_yen + given.allowances_yen,
        term=given.term,
        today=jst_date(visit.now),
    )
    terms, asked = event.terms, office.introduction(key).state
    tax_bps = tax_rate_on(terms, given.started_on)
    whole = price(event.base_yen, terms.fee_rate_bps, tax_bps)
    return Preview(
        price=whole,
        rate_bps=terms.fee_rate_bps,
        tax_bps=tax_bps,
        due_on=given.started_on + timedelta(days=terms.payment_due_days),
        steps=tuple(
            Step(
                until=month_rung_end(given.started_on, rung.until_months),
                return_bps=rung.return_bps,
                returns_yen=portion(whole.total_yen, rung.return_bps),
            )
            for rung in sorted(terms.ladder, key=lambda rung: rung.until_months)
        ),
        prior_contact=asked.prior_contact,
        prior_contact_fee_bps=terms.prior_contact_fee_bps,
    )


def _button(name: str, handler: Any, kind: type[Any] | None = None) -> Any:  # noqa: ANN401  route handlers
    """One thing to say about the hire of an introduction."""

    def said(visit: ThisVisit, introduction: FromPath[UUID]) -> Response[str]:
        def act() -> Done:
            own = hires_of(visit, introduction)
            if not own: raise Refused("hire-not-reported")
            more = (filled(visit, kind),) if kind else ()
            done: Done = same(handler)(visit, own[-1].hire, *more)
            return done

        return _do(visit, introduction, act)

    return form(f"{PATH}/hire/{name}", policy=hires.HIRER, facts=introduction_facts)(said)


def _do(visit: Visit, introduction: UUID, act: Any) -> Response[str]:  # noqa: ANN401  a command of the API
    then = f"/hiring/introductions/{introduction}"
    return carry_out(visit, act, then=then, again=lambda: show_introduction(visit, introduction))


ROUTES = [
    preview,
    report,
    _button("confirmation", hires.confirm),
    _button("contest", hires.contest, hires.Cause),
    _button("postponement", hires.postpone, hires.Start),
    _button("offer-withdrawal", hires.withdraw_offer),
    _button("six-month-result", hires.six_months, hires.SixMonths),
    _button("leave", leaves.report, leaves.Leave),
    _button("leave-challenge", leaves.challenge, leaves.Leave),
]
