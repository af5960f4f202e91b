"""One card, and asking for the person behind it: price, guarantee, known-already rules and what they will see, before the click."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from api.pages.hiring import HIRING
from api.pages.hiring_job_choice import choice_of
from api.pages.hiring_search import Facet, fit_of, job_of
from api.pages.showing import carry_out, filled, same, show, wait_for
from api.reading import At
from api.route import Done, ThisVisit, form, page
from api.text_types import Body, Count, Text
from api.v1 import catalogue, introductions
from api.v1.introductions import Quote
from api.visit import Visit
from domain.calendar import end_of_jst_day, jst_date
from domain.introduction import Item
from domain.money import portion
from domain.refusal import Refused
from domain.rules.terms import Price, price
from marketplace.texts.catalogue import sentence
from projections.jobs import Job

CARD = "/hiring/cards/{card:uuid}"
FIRST_ITEMS = (Item.NAME, Item.EMAIL, Item.CAREER)


class AskForm(Body, frozen=True):
    """For which job at which version of its conditions, what the company would like to see, and why this person."""

    job: UUID
    job_version: Count
    why: Text
    items: Annotated[tuple[Item, ...], Meta(max_length=len(Item))] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the guarantee for a price: what returns, tax included."""

    until_months: int
    return_bps: int
    returns_yen: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the table before the click: the price at both ends of the band, and what of it returns."""

    quote: Quote
    ends: tuple[Price, Price]
    steps: tuple[Step, ...]
    answer_by: object


@page(CARD, policy=HIRING)
def card_page(visit: ThisVisit, card: FromPath[UUID], job: Facet = "", at: At = None) -> Response[str]:
    """One card; with a job chosen, the price and the terms."""
    wait_for(visit, at, *catalogue.READS)
    return _card(visit, card, job_of(job))


@form(CARD + "/request", policy=introductions.ASKER)
def request(visit: ThisVisit, card: FromPath[UUID]) -> Response[str]:
    """The person is asked; the terms that were shown freeze."""
    made: list[str | None] = []

    def act() -> Done:
        given = filled(visit, AskForm)
        data = introductions.AskFor(
            card=card, job=given.job, job_version=given.job_version, items=frozenset(given.items), why=given.why
        )
        done: Done = same(introductions.request)(visit, data)
        made.append(done.id)
        return done

    chosen = visit.fields.get("job", [""])[0]
    answer = carry_out(visit, act, then="/hiring/introductions/%s", again=lambda: _card(visit, card, job_of(chosen)))
    if made: answer.headers["Location"] = answer.headers["Location"].replace("%s", str(made[0]))
    return answer


def _card(visit: Visit, card: UUID, job: UUID | None) -> Response[str]:
    found = same(catalogue.read_card)(visit, card)
    mine, chosen = choice_of(visit, job)
    terms, problem = None, ""
    if job is not None:
        try:
            terms = _terms(visit, card, job, chosen)
        except Refused as refused:
            problem = sentence(refused.code, visit.language, dict(refused.values))
    return show(
        visit,
        "hiring_card.html",
        card=found,
        jobs=mine,
        job=chosen,
        fit=fit_of(found.card, chosen) if chosen else None,
        terms=terms,
        problem=problem,
        items=list(Item),
        first_items=FIRST_ITEMS,
        policy=visit.house.office.policy,
    )


def _terms(visit: Visit, card: UUID, job: UUID, chosen: Job | None) -> Terms:
    """As the frozen terms would have them now. Refuses as `introductions.quote`, and a job that is not theirs to see."""
    quote: Quote = same(introductions.quote)(visit, card=card, job=job)
    if chosen is None: raise Refused("job-not-open")
    band = (chosen.conditions.annual_salary_from_yen, chosen.conditions.annual_salary_to_yen)
    low, high = (price(base_yen, quote.fee_rate_bps, quote.tax_rate_bps) for base_yen in band)
    return Terms(
        quote=quote,
        ends=(low, high),
        steps=tuple(
            Step(
                until_months=rung.until_months,
                return_bps=rung.return_bps,
                returns_yen=portion(high.total_yen, rung.return_bps),
            )
            for rung in quote.ladder
        ),
        answer_by=end_of_jst_day(_last_day(visit)),
    )


def _last_day(visit: Visit) -> date:
    return date.fromordinal(jst_date(visit.now).toordinal() + visit.house.office.policy.answer_days)


ROUTES = [card_page, request]
